//! `GET /v1/subkey`

use actix_web::web::Data;
use nextid_core::payload::SubkeyAlgorithm;
use nextid_core::{Avatar, signature_text};
use nextid_service::http::{ApiError, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fields;
use crate::app::App;
use crate::store::subkeys::StoredSubkey;

/// Whose subkeys, or which one: either `avatar`, or `algorithm` and `public_key`. If both are given, `avatar` counts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubkeyQuery {
    /// The Avatar, in hexadecimal.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// The subkey's algorithm.
    #[param(value_type = Option<SubkeyAlgorithm>, example = "es256")]
    algorithm: Option<String>,
    /// The subkey, in hexadecimal, in any spelling.
    public_key: Option<String>,
}

/// Subkeys in force, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubkeysResponse {
    /// The oldest first.
    subkeys: Vec<ShownSubkey>,
}

/// A subkey in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSubkey {
    /// Who certified it: `0x` and 66 hexadecimal digits.
    avatar: String,
    /// The subkey's algorithm.
    #[schema(value_type = SubkeyAlgorithm)]
    algorithm: String,
    /// The subkey, as it was sent and signed.
    public_key: String,
    /// What its owner calls it.
    #[schema(example = "my phone")]
    name: String,
    /// The relying party.
    #[schema(example = "example.com")]
    rp_id: String,
    /// When it was stored: seconds since 1970.
    #[schema(example = 1_700_000_000)]
    created_at: i64,
    /// The Avatar's signature over `sign_payload`: `personal_sign`, in base64.
    signature: String,
    /// The exact string that was signed.
    sign_payload: String,
}

/// The subkeys of an Avatar, or the Avatars that certified a subkey. What was revoked is not shown.
#[utoipa::path(
    get, path = "/v1/subkey", operation_id = "list_subkeys", tag = "subkey", params(SubkeyQuery),
    responses((status = 200, description = "The subkeys in force.", body = SubkeysResponse))
)]
pub async fn list(
    app: Data<App>,
    Query(query): Query<SubkeyQuery>,
) -> Result<Json<SubkeysResponse>, ApiError> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let by_avatar = given(&query.avatar) || given(&query.persona);
    let by_key = given(&query.algorithm) || given(&query.public_key);
    let store = &app.submitter.store;
    let found = if by_avatar || !by_key {
        let avatar = fields::avatar(query.avatar.as_deref(), query.persona.as_deref())?;
        store.subkeys_of(avatar).await?
    } else {
        let (key, _) = fields::key(query.algorithm.as_deref(), query.public_key.as_deref())?;
        store.certificates_of(key, app.limits.subkeys).await?
    };
    Ok(Json::ok(SubkeysResponse { subkeys: found.into_iter().map(ShownSubkey::from).collect() }))
}

impl From<StoredSubkey> for ShownSubkey {
    fn from(stored: StoredSubkey) -> Self {
        Self {
            avatar: Avatar::from_sec1(&stored.avatar).map(|avatar| avatar.to_hex()).unwrap_or_default(),
            algorithm: stored.algorithm,
            public_key: stored.public_key_text,
            name: stored.name,
            rp_id: stored.rp_id,
            created_at: stored.created_at,
            signature: signature_text::encode_base64(&stored.signature),
            sign_payload: stored.sign_payload,
        }
    }
}
