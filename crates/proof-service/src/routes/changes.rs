//! `GET /v1/proofchain/changes`

use actix_web::web::Data;
use nextid_core::link::ProofLink;
use nextid_service::db::DbError;
use nextid_service::events::Hub;
use nextid_service::http::{ApiError, Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The last id that the reader has; 0 to begin.
    #[param(example = 0)]
    last_id: Option<i64>,
    /// How many links at most: 10 if not positive, and never more than 100.
    #[param(example = 100)]
    count: Option<i64>,
    /// Seconds to wait when there is nothing yet: the answer comes as soon as there is something, and with no links when
    /// the time is over. Never more than 30.
    #[param(example = 0)]
    wait: Option<i64>,
}

/// A link in the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// The link's place in the feed.
    id: i64,
    #[serde(flatten)]
    link: ProofLink,
}

/// Links of all chains, in the order in which they were accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesResponse {
    /// Ascending by `id`.
    links: Vec<Change>,
    /// Which life of the database this is: when it changes, a reader begins again at 0.
    #[schema(example = "5f0c6f4e6c1d4c0f9b1e7b0a2f3d4c5e")]
    epoch: String,
}

/// Every accepted link, once, for readers that follow from 0.
#[utoipa::path(
    get, path = "/v1/proofchain/changes", tag = "proof", params(ChangesQuery),
    responses((status = 200, description = "The links that follow, oldest first.", body = ChangesResponse))
)]
pub async fn changes(
    app: Data<App>,
    hub: Data<Hub>,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<ChangesResponse>, ApiError> {
    let count = match query.count.unwrap_or(0) {
        ..=0 => 10,
        count => count.min(100),
    };
    let (store, last_id) = (&app.submitter.store, query.last_id.unwrap_or(0));
    let (rows, epoch) = match query.wait.unwrap_or(0) {
        ..=0 => store.changes(last_id, count).await?,
        wait => {
            hub.read_when_there_is(last_id, wait, || async move {
                let page = store.latest_changes(last_id, count).await?;
                let is_something = !page.0.is_empty();
                Ok::<_, DbError>((page, is_something))
            })
            .await?
        }
    };
    let links = rows.into_iter().map(|(id, link)| Change { id, link: link.to_link() }).collect();
    Ok(Json::ok(ChangesResponse { links, epoch }))
}
