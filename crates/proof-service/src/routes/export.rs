//! `GET /v1/avatar/{key}/export`

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use nextid_core::Avatar;
use nextid_core::export::{ChainService, ExportHead, ExportHeader};
use nextid_service::http::fields::bad_public_key;
use nextid_service::http::{self, ApiError};

use crate::app::App;
use crate::store::StoredLink;

/// Links that are read at a time; they have few KiB each.
const PER_READ: i64 = 100;

/// The whole chain of an Avatar, for anyone who wants to check it: JSON Lines, first a header that names the chain's head,
/// then the links ascending by `seq`, of which the last is that head. What is appended meanwhile is not in it. An Avatar
/// that nobody has heard of has an empty chain.
#[utoipa::path(
    get, path = "/v1/avatar/{key}/export", operation_id = "export", tag = "proof",
    params((
        "key" = String, Path, description = "The Avatar, in hexadecimal.",
        example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9"
    )),
    responses((
        status = 200, description = "A line for the header, and one for each link.", body = ExportHeader,
        content_type = "application/x-ndjson"
    ))
)]
pub async fn export(
    app: Data<App>,
    request: HttpRequest,
    key: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let avatar = Avatar::parse(&key).map_err(|error| bad_public_key("key", &error))?;
    let store = app.submitter.store.clone();
    let head = store.head(avatar).await?.map(|head| ExportHead {
        seq: u64::try_from(head.seq).unwrap_or_default(),
        signature: head.signature_base64(),
    });
    let header = ExportHeader::new(ChainService::Proof, avatar.to_hex(), head);
    Ok(http::export(&request, &header, PER_READ, move |places| {
        let store = store.clone();
        async move { Ok(store.links_at(avatar, places).await?.iter().map(StoredLink::to_link).collect()) }
    }))
}
