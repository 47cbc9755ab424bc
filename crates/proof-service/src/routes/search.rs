//! `GET /v1/proof`

use actix_web::web::Data;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::http::fields;
use nextid_service::http::{ApiError, ErrorCode, Json, Page, Pagination, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::store::bindings::BindingRow;
use crate::store::search::{AvatarBindings, Search, SearchBy, Sort};

/// Bindings on a page.
const PER_PAGE: i64 = 40;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// On this platform only. With `nextid`, `identity` are Avatars.
    #[param(value_type = Option<Platform>, example = "github")]
    platform: Option<String>,
    /// What to look for; several, separated by commas.
    #[param(required, value_type = String, min_length = 1, example = "octocat")]
    identity: Option<String>,
    /// The page, from 1.
    #[param(value_type = Option<i64>, example = 1)]
    page: Option<Page>,
    /// Whether an identity has to match as a whole: otherwise a part of it is enough.
    #[param(example = true)]
    exact: Option<bool>,
    /// One of `id`, `last_arweave_id`, `created_at`, `last_checked_at`, `proof_chain_id`, `platform`, `identity`, `alt_id`,
    /// `activated_at`; anything else is `id`.
    #[param(example = "activated_at")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(example = "desc")]
    order: Option<String>,
}

/// Avatars, each with everything that is bound to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResponse {
    pagination: SearchPagination,
    /// The Avatars of the matches, each once, in the order of the matches.
    ids: Vec<FoundAvatar>,
}

/// Where in the matches this page is; matches are bindings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPagination {
    #[serde(flatten)]
    pagination: Pagination,
    /// False if `total` was only counted so far.
    #[serde(skip_serializing_if = "Clone::clone")]
    total_exact: bool,
}

/// An Avatar with everything that is bound to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundAvatar {
    /// The Avatar: `0x` and 66 hexadecimal digits.
    persona: String,
    /// As `persona`.
    avatar: String,
    /// Other Avatars of the same person.
    alias: Vec<String>,
    /// Empty.
    last_arweave_id: String,
    /// The second of the newest link, as a decimal string; `0` without one.
    activated_at: String,
    /// Every binding in force.
    proofs: Vec<FoundProof>,
}

/// A binding in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundProof {
    /// Where the identity lives.
    platform: String,
    /// The identity, normalised.
    identity: String,
    /// The platform's own id of the account.
    alt_id: String,
    /// The account's present display name.
    alt_name: String,
    /// When it was bound first: seconds since 1970.
    created_at: String,
    /// When its proof was looked at last: seconds since 1970.
    last_checked_at: String,
    /// Whether its proof was still there.
    is_valid: bool,
    /// Why not.
    invalid_reason: String,
    /// What the last look at the proof said: valid, missing, mismatch, unreachable, unchecked.
    state: String,
    /// `origin` in a mirror, which only passes on what its origin says of proofs; otherwise not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "origin")]
    state_source: Option<&'static str>,
}

/// Finds Avatars by what is bound to them.
#[utoipa::path(
    get, path = "/v1/proof", tag = "proof", params(SearchQuery),
    responses((status = 200, description = "A page of what was found.", body = SearchResponse))
)]
pub async fn search(
    app: Data<App>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchResponse>, ApiError> {
    let platform = match query.platform.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(fields::platform(text)?),
        None => None,
    };
    let page = query.page.unwrap_or_default();
    let found = app
        .submitter
        .store
        .search(Search {
            by: parse_identities(&app, &query, platform)?,
            sort: parse_sort(query.sort.as_deref()),
            ascending: parse_ascending(query.order.as_deref()),
            offset: page.offset(PER_PAGE),
            limit: PER_PAGE,
        })
        .await?;
    Ok(Json::ok(SearchResponse {
        pagination: SearchPagination {
            pagination: page.pagination(PER_PAGE, found.total, found.matched),
            total_exact: found.total_exact,
        },
        ids: found.avatars.into_iter().map(|found| FoundAvatar::new(found, app.state_source())).collect(),
    }))
}

fn parse_identities(
    app: &App,
    query: &SearchQuery,
    platform: Option<Platform>,
) -> Result<SearchBy, ApiError> {
    let text = fields::required("identity", query.identity.as_deref())?;
    if text.contains('\0') {
        return Err(ApiError::new(ErrorCode::BadIdentity, "identity: no NUL").field("identity"));
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(ApiError::missing_field("identity"));
    }
    if parts.len() > app.limits.identities {
        return Err(ApiError::new(ErrorCode::TooManyIdentities, "too many identities in one search")
            .field("identity")
            .expected(app.limits.identities));
    }
    if let Some(long) = parts.iter().find(|part| part.len() > app.limits.identity_bytes) {
        return Err(ApiError::new(ErrorCode::BadIdentity, "identity: too long")
            .field("identity")
            .found(long.len()));
    }
    if platform == Some(Platform::Nextid) {
        let avatars = parts
            .iter()
            .map(|part| Avatar::parse(part).map_err(|error| fields::bad_public_key("identity", &error)));
        return Ok(SearchBy::Avatars(avatars.collect::<Result<_, _>>()?));
    }
    let mut keys: Vec<String> = parts.iter().flat_map(|part| spellings(platform, part)).collect();
    keys.sort_unstable();
    keys.dedup();
    Ok(if query.exact.unwrap_or(false) {
        SearchBy::Exact { platform, keys }
    } else {
        SearchBy::Fuzzy { platform, parts: keys }
    })
}

/// The spellings in which a text may stand in the index: folded, as it is where letter case tells accounts apart, and
/// normalised by the platform's rules where it is a whole identity.
fn spellings(platform: Option<Platform>, text: &str) -> Vec<String> {
    match platform {
        Some(platform) => match Identity::parse(platform, text) {
            Ok(identity) => vec![identity.folded()],
            Err(_) => vec![nextid_core::identity::fold(platform, text)],
        },
        None => vec![text.to_lowercase(), text.to_owned()],
    }
}

fn parse_sort(text: Option<&str>) -> Sort {
    match text.unwrap_or_default() {
        "created_at" => Sort::CreatedAt,
        "last_checked_at" => Sort::LastCheckedAt,
        "proof_chain_id" => Sort::ProofChainId,
        "platform" => Sort::Platform,
        "identity" => Sort::Identity,
        "alt_id" => Sort::AltId,
        "activated_at" => Sort::ActivatedAt,
        _ => Sort::Id,
    }
}

fn parse_ascending(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.eq_ignore_ascii_case("asc"))
}

impl FoundAvatar {
    fn new(found: AvatarBindings, state_source: Option<&'static str>) -> Self {
        Self {
            persona: found.avatar.clone(),
            avatar: found.avatar,
            alias: found.alias,
            last_arweave_id: String::new(),
            activated_at: found.activated_at.to_string(),
            proofs: found.proofs.into_iter().map(|row| FoundProof::new(row, state_source)).collect(),
        }
    }
}

impl FoundProof {
    fn new(row: BindingRow, state_source: Option<&'static str>) -> Self {
        Self {
            platform: row.platform,
            identity: row.identity,
            alt_id: row.alt_id,
            alt_name: row.alt_name,
            created_at: row.created_at.to_string(),
            last_checked_at: row.last_checked_at.to_string(),
            is_valid: row.is_valid,
            invalid_reason: row.invalid_reason,
            state: row.state,
            state_source,
        }
    }
}
