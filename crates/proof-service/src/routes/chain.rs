//! `GET /v1/proofchain`

use actix_web::web::Data;
use nextid_core::Avatar;
use nextid_core::link::ProofLink;
use nextid_service::http::fields::AvatarFields;
use nextid_service::http::{ApiError, Json, Page, Pagination, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;

/// Links on a page.
const PER_PAGE: i64 = 40;

/// Whose chain, and which page of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChainQuery {
    /// The Avatar, in hexadecimal.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    avatar: Option<String>,
    /// As `avatar`.
    persona: Option<String>,
    /// As `avatar`.
    public_key: Option<String>,
    /// The page, from 1.
    #[param(value_type = Option<i64>, example = 1)]
    page: Option<Page>,
}

/// A page of a chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainResponse {
    pagination: Pagination,
    /// The links, ascending by `seq`.
    proof_chain: Vec<ProofLink>,
}

/// The links of an Avatar's chain, from the first on.
#[utoipa::path(
    get, path = "/v1/proofchain", tag = "proof", params(ChainQuery),
    responses((status = 200, description = "A page of the chain.", body = ChainResponse))
)]
pub async fn chain(app: Data<App>, Query(query): Query<ChainQuery>) -> Result<Json<ChainResponse>, ApiError> {
    let avatar = AvatarFields {
        avatar: query.avatar.as_deref(),
        persona: query.persona.as_deref(),
        public_key: query.public_key.as_deref(),
    }
    .parse("avatar", Avatar::parse)?;
    let page = query.page.unwrap_or_default();
    let (links, total) = app.submitter.store.chain_page(avatar, page.offset(PER_PAGE), PER_PAGE).await?;
    Ok(Json::ok(ChainResponse {
        pagination: page.pagination(PER_PAGE, total, links.len()),
        proof_chain: links.iter().map(|link| link.to_link()).collect(),
    }))
}
