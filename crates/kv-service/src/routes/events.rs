//! `GET /v1/events`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use nextid_core::Avatar;
use nextid_service::events::{EventsQuery, Hub, stream};
use nextid_service::http::{ApiError, Query};

/// Every link, as it happens: server-sent events.
#[utoipa::path(
    get, path = "/v1/events", operation_id = "events", tag = "kv",
    params(
        EventsQuery,
        (
            "Last-Event-ID" = Option<i64>, Header,
            description = "The last id that the reader has, as browsers send it when they come back."
        ),
    ),
    responses((
        status = 200, body = String, content_type = "text/event-stream",
        description = "A stream without an end. Each event has the `id` by which to resume:\n\n\
                       - `hello`: the first; `{\"epoch\", \"last_id\"}`, the life of the database and the id after which the \
                       stream begins.\n\
                       - `link`: a link was appended; the data is a `LinkEvent`.\n\
                       - `resume`: the last, where the service ends the stream; `{\"last_id\", \"reason\"}`, the id to resume at, \
                       and `slow`, `stopping` or `unavailable`.\n\n\
                       In silence, an id without data comes as a sign of life."
    ))
)]
pub async fn events(
    hub: Data<Hub>,
    request: HttpRequest,
    Query(query): Query<EventsQuery>,
) -> Result<HttpResponse, ApiError> {
    stream(&hub, &request, &query, Avatar::parse_with_raw).await
}
