//! What core says of a link, as a defect of its row.

use nextid_core::verify::Defect as Rule;

use super::{Defect, LinkPlace};

/// Of a link, what a defect compares with.
#[derive(Debug, Clone, Copy)]
pub struct LinkTexts<'a> {
    /// The signed second.
    pub created_at: i64,
    /// The uuid, as text.
    pub uuid: &'a str,
    /// Who signed.
    pub signer: &'a str,
    /// The signature, in base64.
    pub signature: &'a str,
    /// The exact string that was signed.
    pub signature_payload: &'a str,
}

impl Defect {
    /// A link that breaks a rule. `before` is the place of the link that was pushed before it.
    pub fn of_link(place: LinkPlace<'_>, before: Option<i64>, texts: LinkTexts<'_>, rule: &Rule) -> Self {
        let (code, message) = match rule {
            Rule::WrongSeq { .. } if before == Some(place.seq) => {
                ("fork", "two links have this place".to_owned())
            }
            rule => (rule.code(), rule_text(rule)),
        };
        let defect = Self::new(code, "links", message).row(place.id).of(place.avatar).at(place.seq);
        match rule {
            Rule::WrongSeq { expected } => defect.expected(expected, place.seq),
            Rule::WrongPrev { expected, found } => defect.expected(or_null(expected), or_null(found)),
            Rule::UuidReused => defect.expected("a uuid of its own", texts.uuid),
            Rule::TimeGoesBack { before } => defect.expected(format!(">= {before}"), texts.created_at),
            Rule::PayloadDiffers { rebuilt } => defect.expected(rebuilt, texts.signature_payload),
            Rule::SignerMayNot { .. } => defect.expected("somebody who may sign this link", texts.signer),
            Rule::Signature(why) => defect
                .expected(format!("a signature by {}", texts.signer), format!("{} ({why})", texts.signature)),
            Rule::OtherAvatar { .. }
            | Rule::BadField { .. }
            | Rule::CounterSignature(_)
            | Rule::CounterSignatureMissing { .. }
            | Rule::NotBound
            | Rule::OwnAlias
            | Rule::WrongFormat => defect,
        }
    }
}

/// Core's own words, without what is said as expected and found.
fn rule_text(rule: &Rule) -> String {
    match rule {
        Rule::WrongSeq { .. } => "the places have a gap".to_owned(),
        Rule::WrongPrev { .. } => "prev is not the signature of the link before".to_owned(),
        Rule::PayloadDiffers { .. } => "signature_payload is not what the columns make".to_owned(),
        Rule::TimeGoesBack { .. } => "created_at lies before that of the link before".to_owned(),
        rule => rule.to_string(),
    }
}

fn or_null(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("null")
}
