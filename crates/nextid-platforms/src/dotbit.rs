//! .bit: a profile record `nextid` of the account, `0x<compressed key>:<signature>`.

use async_trait::async_trait;
use nextid_core::{Avatar, Platform};
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::json;

use crate::author::{Author, exactly};
use crate::endpoint::{Endpoint, read_json};
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier, post,
};

/// Type and key of the record, as evidence names it.
const RECORD: &str = "profile.nextid";

/// Numbers of the API's errors that say that there is no such account: of the registration service and of the indexer,
/// then that it has expired.
const NO_ACCOUNT: [i64; 3] = [30_003, 20_007, 30_010];

/// `platforms.dotbit`.
#[derive(Debug, Clone)]
pub struct DotbitSettings {
    /// The API's base; `/v1/account/records` is put after it. `https://register-api.did.id`.
    pub base_url: String,
}

impl Default for DotbitSettings {
    fn default() -> Self {
        Self { base_url: "https://register-api.did.id".to_owned() }
    }
}

/// Fetches and judges records of .bit accounts.
#[derive(Debug, Clone)]
pub struct DotbitVerifier {
    api: Endpoint,
}

impl DotbitVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &DotbitSettings) -> Result<Self, SettingsError> {
        let api = Endpoint::parse("platforms.dotbit.base_url", &settings.base_url)?;
        Ok(Self { api })
    }
}

#[async_trait]
impl Verifier for DotbitVerifier {
    fn platform(&self) -> Platform {
        Platform::Dotbit
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let account = claim.identity.as_str();
        let request = FetchRequest::post(self.api.url(&["v1", "account", "records"]))
            .accept("application/json")
            .json(&json!({ "account": account }));
        let response = self.api.fetch(request, net).await?;
        evidence(account, &response.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, exactly)?;
        // Other Avatars may have records of the same key.
        let ours = evidence.texts.iter().find_map(|record| {
            let (key, signature) = record.content.trim().split_once(':')?;
            let fits = record.name == RECORD && Avatar::parse(key).is_ok_and(|key| key == claim.avatar);
            fits.then_some(signature)
        });
        let Some(signature) = ours else {
            return Err(CheckError::Missing {
                expected: format!("a profile record \"nextid\" with {}:<signature>", claim.avatar),
            });
        };
        let signature = post::judge_text(claim, &post::tidied(signature))?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What the API's answer about the records of this account shows.
///
/// # Errors
/// [`FetchError::NotFound`] if there is no such account, [`FetchError::Unavailable`] or [`FetchError::Odd`] for other
/// errors and for what is not such an answer.
pub fn evidence(account: &str, body: &[u8]) -> Result<Evidence, FetchError> {
    let answer: Answer = read_json(body, "a list of records")?;
    match answer.err_no {
        0 => {}
        number if NO_ACCOUNT.contains(&number) => return Err(FetchError::NotFound),
        number @ 500..=599 => return Err(FetchError::unavailable(format!("it answers with error {number}"))),
        number => return Err(FetchError::Odd(format!("error {number}"))),
    }
    let Some(data) = answer.data else {
        return Err(FetchError::Odd("not a list of records".to_owned()));
    };
    let records = data.records.unwrap_or_default().into_iter();
    Ok(Evidence {
        account: Some(Account {
            name: account.to_owned(),
            other_names: Vec::new(),
            id: Some(account.to_owned()),
            display_name: None,
        }),
        texts: records
            .map(|record| ProofText {
                name: format!("{}.{}", record.kind, record.key),
                content: record.value,
                truncated: false,
            })
            .collect(),
        location: Some(account.to_owned()),
    })
}

#[derive(Debug, Deserialize)]
struct Answer {
    err_no: i64,
    data: Option<Data>,
}

#[derive(Debug, Deserialize)]
struct Data {
    records: Option<Vec<Record>>,
}

#[derive(Debug, Deserialize)]
struct Record {
    key: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
}
