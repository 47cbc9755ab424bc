//! Proofs in TXT records of domains and in text records of ENS names:
//! `ps:true;v:1;sig:<base64>;ca:<seconds>;uuid:<uuid>;prev:<base64 or null>`.

use std::collections::BTreeMap;

use nextid_core::signature_text::decode_base64_proof;
use nextid_core::{LinkUuid, Signature};

use crate::{CheckError, Claim, post};

/// What counts in a record of the grammar. `ca` and `prev` must be well-formed, but only the signature over our own payload
/// says what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TxtProof<'a> {
    /// Which link it is the proof of.
    pub uuid: LinkUuid,
    /// The signature's text, which may still be anything.
    pub signature: &'a str,
}

impl<'a> TxtProof<'a> {
    /// Reads one record. None if it is none of ours, as most TXT records are.
    pub fn parse(record: &'a str) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for piece in record.trim_matches('"').split(';') {
            let (key, value) = piece.split_once(':')?;
            if value.contains(':') {
                return None;
            }
            fields.insert(key, value);
        }
        let field = |key: &str| fields.get(key).copied();
        let marked = field("ps")? == "true" && field("v")? == "1";
        let created_at_fits = field("ca")?.parse::<i64>().is_ok();
        let prev = field("prev")?;
        let prev_fits = prev == "null" || decode_base64_proof(prev).is_ok();
        if !(marked && created_at_fits && prev_fits) {
            return None;
        }
        Some(Self { uuid: LinkUuid::parse(field("uuid")?).ok()?, signature: field("sig")? })
    }
}

/// Judges the records of a name: those of the claim's uuid decide, and of several one that is valid is enough.
///
/// # Errors
/// [`CheckError::Missing`] if no record has the uuid, else [`CheckError::Signature`] about the first that has it.
pub fn judge<'a>(claim: &Claim, records: impl IntoIterator<Item = &'a str>) -> Result<Signature, CheckError> {
    let mut verdict = Err(CheckError::Missing {
        expected: format!("a TXT record of the form ps:true;v:1;… with uuid:{}", claim.uuid),
    });
    let ours = records.into_iter().filter_map(TxtProof::parse).filter(|proof| proof.uuid == claim.uuid);
    for proof in ours {
        match (post::judge_base64(claim, proof.signature), &verdict) {
            (Ok(signature), _) => return Ok(signature),
            (error, Err(CheckError::Missing { .. })) => verdict = error,
            _ => {}
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "80c98711-f4f6-43c7-b05c-8d86372f6131";
    const SIGNATURE: &str =
        "3QgQUPrPiBloBev8uf1wyjpa4roK4xjN2OXeBpqQFYMOHFo+blMR0Ppyc/JVj0jtdLDGBTrOFdOJPMfvUXZkwAE=";

    fn record() -> String {
        format!("ps:true;v:1;sig:{SIGNATURE};ca:1664267795;uuid:{UUID};prev:null")
    }

    #[test]
    fn a_published_record_is_read() {
        let quoted = format!("\"{}\"", record());
        let proof = TxtProof::parse(&quoted).unwrap();
        assert_eq!((proof.uuid.to_string().as_str(), proof.signature), (UUID, SIGNATURE));
    }

    #[test]
    fn the_grammar_is_kept() {
        let accepted = [
            ("", ""),
            ("prev:null", "prev:AAAA"),
            ("ca:1664267795", "ca:-1"),
            ("ps:true;v:1", "v:1;ps:true"),
            ("prev:null", "prev:null;note:more"),
            ("sig:3QgQ", "sig:!"),
            ("80c98711", "80C98711"),
        ];
        for (from, to) in accepted {
            let text = record().replacen(from, to, 1);
            assert!(TxtProof::parse(&text).is_some(), "{text}");
        }
        let refused = [
            ("ps:true", "ps:false"),
            ("ps:true;", ""),
            ("v:1", "v:2"),
            ("v:1;", ""),
            ("sig:", "signature:"),
            ("ca:1664267795", "ca:now"),
            ("ca:1664267795;", ""),
            ("uuid:80c98711", "uuid:80c9871"),
            ("prev:null", "prev:nil!"),
            (";prev:null", ""),
            ("prev:null", "prev:null;"),
            ("prev:null", "prev:null:null"),
            ("prev:null", "prev"),
            ("ps:true", " ps:true"),
            ("ps:true", "PS:true"),
        ];
        for (from, to) in refused {
            let text = record().replacen(from, to, 1);
            assert_ne!(text, record());
            assert_eq!(TxtProof::parse(&text), None, "{text}");
        }
        for text in ["", "\"\"", ";", ":", "v=spf1 -all", "google-site-verification=x"] {
            assert_eq!(TxtProof::parse(text), None, "{text}");
        }
    }
}
