//! What an event of proof-service says of bindings.

use nextid_core::{Action, Avatar, Identity, Platform};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::bindings::Account;
use crate::store::follow::{Change, Effect};

/// An event that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct Malformed {
    /// What is wrong with it.
    pub why: String,
    /// What cannot be relied on any more, because the event may have been about it; none where nothing tells.
    pub doubt: Option<Box<Change>>,
}

/// A link, as far as it is needed.
#[derive(Debug, Deserialize)]
struct LinkEvent {
    link: LinkBody,
    /// False where proof-service took the link over from elsewhere and has not looked at the proof yet.
    #[serde(default = "yes")]
    is_valid: bool,
}

#[derive(Debug, Deserialize)]
struct LinkBody {
    action: String,
    #[serde(default)]
    alt_id: String,
}

/// A change of state, as far as it is needed.
#[derive(Debug, Deserialize)]
struct StateEvent {
    is_valid: bool,
    #[serde(default)]
    alt_id: String,
}

/// What an event changes; none where it is about nothing that can be written under: aliases, and kinds of events and
/// platforms that only a newer proof-service knows.
///
/// # Errors
/// [`Malformed`].
pub fn read(body: &Value) -> Result<Option<Change>, Malformed> {
    let Some(kind) = body.get("type").and_then(Value::as_str) else {
        return Err(malformed("it has no type", None));
    };
    let about = match kind {
        "link" => body.get("link").unwrap_or(&Value::Null),
        "state" => body,
        _ => return Ok(None),
    };
    let avatar = text(about, "avatar", None)?;
    let avatar =
        Avatar::parse(avatar).map_err(|error| malformed(format!("its Avatar is none: {error}"), None))?;
    let everything = Change { avatar, identity: None, effect: doubtful() };
    let Ok(platform) = text(about, "platform", Some(&everything))?.parse::<Platform>() else {
        return Ok(None);
    };
    if platform == Platform::Nextid {
        return Ok(None);
    }
    let identity = Identity::parse(platform, text(about, "identity", Some(&everything))?)
        .map_err(|error| malformed(format!("its identity is none: {error}"), Some(&everything)))?;
    let change = |effect| Change { avatar, identity: Some((platform, identity.as_str().to_owned())), effect };
    let doubt = change(doubtful());
    let misfit = |error: &serde_json::Error| malformed(error, Some(&doubt));
    let effect = match kind {
        "link" => {
            let LinkEvent { link: LinkBody { action, alt_id }, is_valid } =
                LinkEvent::deserialize(body).map_err(|error| misfit(&error))?;
            match action.parse() {
                Ok(Action::Create) => {
                    Effect::Bound { is_valid, alt_id: Account::new(&identity, &alt_id).alt_id }
                }
                Ok(Action::Delete) => Effect::Unbound,
                Err(_) => return Err(malformed("its action is neither create nor delete", Some(&doubt))),
            }
        }
        _ => {
            let StateEvent { is_valid, alt_id } =
                StateEvent::deserialize(body).map_err(|error| misfit(&error))?;
            Effect::Judged { is_valid, alt_id: Account::new(&identity, &alt_id).alt_id }
        }
    };
    Ok(Some(change(effect)))
}

fn yes() -> bool {
    true
}

/// Until an item that can be understood says otherwise.
fn doubtful() -> Effect {
    Effect::Judged { is_valid: false, alt_id: String::new() }
}

fn text<'b>(body: &'b Value, name: &str, doubt: Option<&Change>) -> Result<&'b str, Malformed> {
    let text = body.get(name).and_then(Value::as_str);
    text.ok_or_else(|| malformed(format!("it has no {name}"), doubt))
}

fn malformed(why: impl ToString, doubt: Option<&Change>) -> Malformed {
    Malformed { why: why.to_string(), doubt: doubt.cloned().map(Box::new) }
}

#[cfg(test)]
mod tests {
    use nextid_core::SecretKey;
    use serde_json::json;

    use super::*;

    fn avatar() -> Avatar {
        SecretKey::from_bytes(&[7; 32]).unwrap().avatar()
    }

    fn link(action: &str, platform: &str, identity: &str) -> Value {
        json!({"id": 1, "type": "link", "avatar": avatar().to_hex(), "link": {
            "avatar": avatar().to_hex(), "action": action, "platform": platform, "identity": identity, "alt_id": "7",
        }})
    }

    fn state(is_valid: Value) -> Value {
        json!({"id": 1, "type": "state", "avatar": avatar().to_hex(), "platform": "github", "identity": "alice",
            "alt_id": "7", "state": "missing", "is_valid": is_valid})
    }

    fn effect(body: &Value) -> Option<Effect> {
        read(body).unwrap().map(|change| {
            assert_eq!(change.avatar, avatar());
            assert_eq!(change.identity, Some((Platform::Github, "alice".to_owned())));
            change.effect
        })
    }

    #[test]
    fn links_and_states() {
        let alt_id = "7".to_owned();
        let bound = |is_valid| Some(Effect::Bound { is_valid, alt_id: "7".to_owned() });
        let mut create = link("create", "github", "Alice");
        assert_eq!(effect(&create), bound(true));
        create["is_valid"] = json!(false);
        assert_eq!(effect(&create), bound(false));
        assert_eq!(effect(&link("delete", "github", "alice")), Some(Effect::Unbound));
        let judged = Effect::Judged { is_valid: false, alt_id };
        assert_eq!(effect(&state(json!(false))), Some(judged));
    }

    #[test]
    fn what_is_not_for_us_is_passed_over() {
        let other_kind = json!({"type": "subkey", "avatar": 5});
        let own = link("create", "nextid", &avatar().to_hex());
        for body in [link("create", "myspace", "tom"), own, other_kind] {
            assert_eq!(read(&body), Ok(None), "{body}");
        }
    }

    #[test]
    fn what_cannot_be_understood_puts_in_doubt_what_it_may_be_about() {
        let mut no_avatar = link("create", "github", "alice");
        no_avatar["link"]["avatar"] = json!("0x00");
        for body in [json!(null), json!([]), json!({"type": 5}), json!({"type": "link"}), no_avatar] {
            assert_eq!(read(&body).unwrap_err().doubt, None, "{body}");
        }
        let mut no_platform = link("create", "github", "alice");
        no_platform["link"]["platform"] = json!(5);
        for body in [no_platform, link("create", "github", "a b")] {
            let doubt = read(&body).unwrap_err().doubt.unwrap();
            assert_eq!((doubt.avatar, doubt.identity, doubt.effect), (avatar(), None, doubtful()), "{body}");
        }
        let mut neither = link("create", "github", "alice");
        neither["is_valid"] = Value::Null;
        for body in [link("suspend", "github", "alice"), neither, state(json!("no")), state(Value::Null)] {
            let doubt = read(&body).unwrap_err().doubt.unwrap();
            assert_eq!(doubt.identity, Some((Platform::Github, "alice".to_owned())), "{body}");
        }
    }
}
