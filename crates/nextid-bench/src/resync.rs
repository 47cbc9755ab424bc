//! After an error it is not known which links were taken: the service is asked for every head again.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::failure::{Context as _, Result};
use crate::http::{Connection, post};
use crate::people::Person;
use crate::writers::Append;

/// The signature of an Avatar's head in base64; none for a chain without links.
///
/// # Errors
/// When the service does not answer.
pub async fn head(connection: &mut Connection, append: Append, person: &Person) -> Result<Option<String>> {
    let key = person.avatar.to_hex();
    let (path, body, field) = match append {
        Append::Kv => (
            "/v1/kv/payload",
            json!({ "avatar": key, "platform": "nextid", "identity": key, "patch": {} }),
            "previous",
        ),
        Append::Wallet => (
            "/v1/proof/payload",
            json!({ "action": "create", "platform": "twitter", "identity": "somebody", "public_key": key }),
            "prev",
        ),
    };
    let answer = connection.ask(&post(path, &body.to_string())).await.context("asking for a head")?;
    let body: Value = serde_json::from_slice(answer.body).context("a payload")?;
    let payload = body.get("sign_payload").and_then(Value::as_str).context("no payload in the answer")?;
    let payload: Value = serde_json::from_str(payload).context("a signed string")?;
    Ok(payload.get(field).and_then(Value::as_str).map(str::to_owned))
}

/// Connects for [`head`].
///
/// # Errors
/// The system's.
pub async fn connect(address: SocketAddr) -> Result<Connection> {
    Connection::open(address).await.context(format_args!("connecting to {address}"))
}
