//! What hubs answer: messages of the protocol, as JSON.

use serde::Deserialize;
use serde_json::Value;

use super::{CastHash, REPLY};
use crate::endpoint::read_json;
use crate::{Account, Evidence, FetchError};

/// Who a name belongs to.
#[derive(Debug, Deserialize)]
pub(super) struct NameProof {
    pub(super) name: String,
    pub(super) fid: u64,
}

#[derive(Debug, Deserialize)]
struct Messages {
    messages: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Message {
    data: Data,
    hash: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(rename = "type")]
    kind: String,
    fid: u64,
    cast_add_body: Option<Cast>,
    user_data_body: Option<UserData>,
}

/// What the account wrote. What it embeds is beside it; a channel that it is in (`parentUrl`) makes it no reply.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cast {
    text: String,
    #[serde(default)]
    parent_cast_id: Value,
}

#[derive(Debug, Deserialize)]
struct UserData {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

/// Whether the body of a bad request says that there is no such thing. Hubble has `{"errCode":"not_found"}` or
/// `{"details":"not_found/…"}`, Snapchain `{"errorDetail":"status: NotFound, …"}`.
pub(super) fn says_not_found(body: &[u8]) -> bool {
    let Ok(Value::Object(problem)) = serde_json::from_slice(body) else {
        return false;
    };
    problem.values().filter_map(Value::as_str).any(|text| {
        let text = text.to_lowercase();
        ["not_found", "notfound", "not found"].iter().any(|phrase| text.contains(phrase))
    })
}

/// The one message in a list whose hash begins like this.
///
/// # Errors
/// [`FetchError::NotFound`] if there is none, [`FetchError::Odd`] if there are several, or for what is no list.
pub fn newest_with(hash: &CastHash, body: &[u8]) -> Result<Vec<u8>, FetchError> {
    let list: Messages = read_json(body, "a list of casts")?;
    let mut found = list
        .messages
        .iter()
        .filter(|message| message.get("hash").and_then(Value::as_str).is_some_and(|found| hash.fits(found)));
    match (found.next(), found.next()) {
        (Some(message), None) => Ok(message.to_string().into_bytes()),
        (Some(_), Some(_)) => Err(FetchError::Odd("several casts have such a hash".to_owned())),
        (None, _) => Err(FetchError::NotFound),
    }
}

/// What the hub's answers about the cast of this hash, and about its author's profile, show. An empty profile is none.
///
/// # Errors
/// [`FetchError::Odd`] for what is not such an answer.
pub fn evidence(hash: &CastHash, cast: &[u8], profile: &[u8]) -> Result<Evidence, FetchError> {
    let message: Message = read_json(cast, "a cast")?;
    if !hash.fits(&message.hash) {
        return Err(FetchError::Odd("it is another cast".to_owned()));
    }
    let (kind, Some(cast)) = (message.data.kind, message.data.cast_add_body) else {
        return Err(FetchError::Odd("not a cast".to_owned()));
    };
    if kind != "MESSAGE_TYPE_CAST_ADD" {
        return Err(FetchError::Odd("not a cast".to_owned()));
    }
    let fid = message.data.fid.to_string();
    let (username, display_name) = names(profile)?;
    let account = Account {
        name: username.unwrap_or_else(|| fid.clone()),
        other_names: vec![fid.clone()],
        id: Some(fid),
        display_name,
    };
    let mut evidence = Evidence::post(Some(account), cast.text, message.hash.to_ascii_lowercase());
    if !cast.parent_cast_id.is_null() {
        evidence.texts.iter_mut().for_each(|text| text.name = REPLY.to_owned());
    }
    Ok(evidence)
}

/// The name that an account goes by, and the one that people see.
fn names(profile: &[u8]) -> Result<(Option<String>, Option<String>), FetchError> {
    if profile.is_empty() {
        return Ok((None, None));
    }
    let list: Messages = read_json(profile, "a profile")?;
    let (mut username, mut display_name) = (None, None);
    for message in list.messages {
        let Ok(Message { data: Data { user_data_body: Some(field), .. }, .. }) =
            serde_json::from_value(message)
        else {
            continue;
        };
        match field.kind.as_str() {
            "USER_DATA_TYPE_USERNAME" => username = Some(field.value).filter(|name| !name.is_empty()),
            "USER_DATA_TYPE_DISPLAY" => display_name = Some(field.value).filter(|name| !name.is_empty()),
            _ => {}
        }
    }
    Ok((username, display_name))
}
