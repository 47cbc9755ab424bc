//! `GET /v1/kvchain`

use actix_web::web::Data;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_service::http::fields::AvatarFields;
use nextid_service::http::{ApiError, Json, Page, Pagination, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::store::chain::ChainOrder;

/// Links on a page.
const PER_PAGE: i64 = 40;

/// Whose chain, and which page of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChainQuery {
    /// The Avatar, in hexadecimal. One of the three names has to be given.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// The page, from 1.
    #[param(value_type = Option<i64>, example = 1)]
    page: Option<Page>,
    /// `asc`, the oldest first, or `desc`, the newest first; without it `asc`.
    #[param(example = "desc")]
    order: Option<String>,
}

/// A page of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainResponse {
    pagination: Pagination,
    /// The links, in the order that was asked for.
    kv_chain: Vec<KvLink>,
}

/// The links of an Avatar's chain.
#[utoipa::path(
    get, path = "/v1/kvchain", operation_id = "chain", tag = "kv", params(ChainQuery),
    responses((status = 200, description = "A page of the chain.", body = ChainResponse))
)]
pub async fn chain(app: Data<App>, Query(query): Query<ChainQuery>) -> Result<Json<ChainResponse>, ApiError> {
    let avatar = AvatarFields {
        avatar: query.avatar.as_deref(),
        persona: query.persona.as_deref(),
        public_key: query.public_key.as_deref(),
    }
    .parse("avatar", Avatar::parse_with_raw)?;
    let order = parse_order(query.order.as_deref())?;
    let page = query.page.unwrap_or_default();
    let store = &app.submitter.store;
    let (links, length) = store.chain_page(avatar, order, page.offset(PER_PAGE), PER_PAGE).await?;
    Ok(Json::ok(ChainResponse {
        pagination: page.pagination(PER_PAGE, length, links.len()),
        kv_chain: links.iter().map(|link| link.to_link()).collect(),
    }))
}

fn parse_order(text: Option<&str>) -> Result<ChainOrder, ApiError> {
    match text.unwrap_or_default() {
        "" | "asc" => Ok(ChainOrder::OldestFirst),
        "desc" => Ok(ChainOrder::NewestFirst),
        _ => Err(ApiError::bad_field("order", "must be asc or desc").expected(["asc", "desc"])),
    }
}
