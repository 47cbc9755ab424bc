//! Steam: the summary of the account's public profile.

use std::collections::BTreeMap;

use async_trait::async_trait;
use nextid_core::{Identity, Platform, Signature};
use nextid_net::{FetchRequest, GuardedClient};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use crate::endpoint::Endpoint;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, SettingsError, Verified, Verifier, author, post,
};

const LABEL: &str = "NextID proof: ";

/// Summaries keep old proofs, so that several are looked at.
const MOST_PROOFS: usize = 10;

/// `platforms.steam`.
#[derive(Debug, Clone)]
pub struct SteamSettings {
    /// Where profiles are; `/profiles/{id}/?xml=1` is put after it. `https://steamcommunity.com`.
    pub base_url: String,
}

impl Default for SteamSettings {
    fn default() -> Self {
        Self { base_url: "https://steamcommunity.com".to_owned() }
    }
}

/// Fetches and judges Steam profiles.
#[derive(Debug, Clone)]
pub struct SteamVerifier {
    site: Endpoint,
}

impl SteamVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &SteamSettings) -> Result<Self, SettingsError> {
        let site = Endpoint::parse("platforms.steam.base_url", &settings.base_url)?;
        Ok(Self { site })
    }

    /// The profile of a SteamID64 (`profiles`) or of a custom name (`id`).
    async fn profile(&self, kind: &str, name: &str, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let mut url = self.site.url(&[kind, name, ""]);
        url.set_query(Some("xml=1"));
        let request = FetchRequest::get(url).accept("text/xml, application/xml");
        let response = self.site.fetch(request, net).await?;
        evidence(&response.body)
    }
}

#[async_trait]
impl Verifier for SteamVerifier {
    fn platform(&self) -> Platform {
        Platform::Steam
    }

    /// A name that stands for no account is no evidence about a proof, but an answer that cannot be used.
    async fn resolve(&self, identity: &Identity, net: &GuardedClient) -> Result<Identity, FetchError> {
        if !identity.needs_resolving() {
            return Ok(identity.clone());
        }
        let profile = match self.profile("id", identity.as_str(), net).await {
            Err(FetchError::NotFound) => {
                return Err(FetchError::Odd("no account has this custom name".to_owned()));
            }
            other => other?,
        };
        profile
            .account
            .and_then(|account| Identity::parse(Platform::Steam, &account.name).ok())
            .filter(|identity| !identity.needs_resolving())
            .ok_or_else(|| FetchError::Odd("the profile names no SteamID64 of a person".to_owned()))
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        self.profile("profiles", claim.identity.as_str(), net).await
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        // The identity is the immutable id itself.
        let author = author::Author::of(&Claim { alt_id: None, ..claim.clone() }, evidence, author::exactly)?;
        let signature = judge(claim, &post::tidied(&post::html_text(evidence.content())))?;
        let verified = author.verified(claim, evidence, signature);
        Ok(Verified {
            alt_id: match verified.alt_id {
                none if none.is_empty() => claim.identity.as_str().to_owned(),
                custom_name => custom_name,
            },
            ..verified
        })
    }
}

/// Judges the proofs in a summary: one that is valid is enough; else what is wrong with the first.
fn judge(claim: &Claim, summary: &str) -> Result<Signature, CheckError> {
    let mut verdict = Err(CheckError::Missing {
        expected: format!("\"{LABEL}<signature>:…\" in the summary of a public profile"),
    });
    for text in proofs(summary).take(MOST_PROOFS) {
        match (post::judge_text(claim, text), &verdict) {
            (Ok(signature), _) => return Ok(signature),
            (error, Err(CheckError::Missing { .. })) => verdict = error,
            _ => {}
        }
    }
    verdict
}

/// What stands between the label and the next colon on its line.
fn proofs(summary: &str) -> impl Iterator<Item = &str> {
    summary.match_indices(LABEL).filter_map(|(at, label)| {
        let rest = summary.get(at + label.len()..)?.lines().next()?;
        rest.split_once(':').map(|(text, _)| text).filter(|text| !text.is_empty())
    })
}

/// What a profile in XML shows.
///
/// # Errors
/// [`FetchError::NotFound`] if Steam says that there is no such profile, [`FetchError::Unavailable`] for its other errors,
/// [`FetchError::Odd`] for what is no profile.
pub fn evidence(body: &[u8]) -> Result<Evidence, FetchError> {
    let (root, mut fields) = children(&String::from_utf8_lossy(body))
        .filter(|(root, _)| root == "profile" || root == "response")
        .ok_or_else(|| FetchError::Odd("not a profile".to_owned()))?;
    let mut field =
        |name: &str| fields.remove(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if root == "response" {
        return Err(match field("error") {
            Some(error) if error.contains("could not be found") => FetchError::NotFound,
            Some(_) => FetchError::unavailable("it answers with an error"),
            None => FetchError::Odd("not a profile".to_owned()),
        });
    }
    let Some(id) = field("steamID64") else {
        return Err(FetchError::Odd("a profile without steamID64".to_owned()));
    };
    let location = format!("https://steamcommunity.com/profiles/{id}");
    let account =
        Account { name: id, other_names: Vec::new(), id: field("customURL"), display_name: field("steamID") };
    // Private profiles have no summary.
    let summary = field("summary").unwrap_or_default();
    Ok(Evidence::post(Some(account), summary, location))
}

/// The name of the root element, and the texts of the elements in it, of several with the same name the first. None if it
/// is not XML.
fn children(xml: &str) -> Option<(String, BTreeMap<String, String>)> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<String> = Vec::new();
    let mut root = None;
    let mut fields = BTreeMap::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(start.name().0.to_owned());
                match open.as_slice() {
                    [first] if root.is_none() => root = Some(first.clone()),
                    [_, _] => text.clear(),
                    _ => {}
                }
            }
            Event::End(_) => {
                if let [_, name] = open.as_slice() {
                    fields.entry(name.clone()).or_insert_with(|| std::mem::take(&mut text));
                }
                open.pop();
            }
            Event::Eof => break,
            event if open.len() == 2 => match event {
                Event::Text(more) => text.push_str(&more.xml10_content()),
                Event::CData(more) => text.push_str(&more.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => text.push(c),
                    _ => text.push_str(resolve_xml_entity(&reference)?),
                },
                _ => {}
            },
            _ => {}
        }
    }
    root.filter(|_| open.is_empty()).map(|root| (root, fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_in_a_summary() {
        for (summary, found) in [
            ("NextID proof: a=:1:u:null", vec!["a="]),
            ("x NextID proof: a=:1\nNextID proof: b=:2 NextID proof: c=:3", vec!["a=", "b=", "c="]),
            ("NextID proof: a=", vec![]),
            ("NextID proof: a=\n:", vec![]),
            ("NextID proof: :", vec![]),
            ("nextid proof: a=:", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(proofs(summary).collect::<Vec<_>>(), found, "{summary}");
        }
    }

    #[test]
    fn elements_in_the_root() {
        let (root, fields) = children(
            "<?xml version=\"1.0\"?><profile><a>1 &amp; &#50;</a><b><![CDATA[<c>&amp;]]>x</b><d><e>5</e></d><a>6</a><f/>\
             </profile>",
        )
        .unwrap();
        assert_eq!(root, "profile");
        let field = |name: &str| fields.get(name).map(String::as_str);
        assert_eq!(field("a"), Some("1 & 2"));
        assert_eq!(field("b"), Some("<c>&amp;x"));
        assert_eq!((field("d"), field("e"), field("f")), (Some(""), None, None));
        for text in ["", "x", "<a>", "<a></b>", "<a><b></a>", "<a>&lt</a>", "<a><b>&x;</b></a>"] {
            assert!(children(text).is_none_or(|(_, fields)| fields.is_empty()), "{text}");
        }
    }
}
