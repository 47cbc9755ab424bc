//! `GET /v1/events`, which is the same in both services.

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use nextid_core::Avatar;
use nextid_core::avatar::KeyError;
use serde::Deserialize;
use utoipa::IntoParams;

use super::filter::EventFilter;
use super::frame;
use super::hub::Hub;
use super::reader::Reader;
use super::shared::Place;
use crate::http::fields::{self, AvatarFields};
use crate::http::{ApiError, ErrorCode};

/// The media type of server-sent events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// The header in which a client says what it has.
pub const LAST_EVENT_ID: &str = "Last-Event-ID";

/// Which events are wanted, and from where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Only events about this Avatar, in hexadecimal.
    #[param(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    pub avatar: Option<String>,
    /// As `avatar`.
    pub persona: Option<String>,
    /// As `avatar`.
    pub public_key: Option<String>,
    /// Only events about identities on this platform.
    #[param(example = "github")]
    pub platform: Option<String>,
    /// The last id that the reader has, for clients that cannot set `Last-Event-ID`, which counts if both are given; 0 to
    /// begin with the first event. Without either, the stream begins with what happens from now on.
    #[param(example = 0)]
    pub last_id: Option<i64>,
    /// The `epoch` that the reader knows: another one is answered `410 stale_cursor`.
    pub epoch: Option<String>,
}

impl EventsQuery {
    fn filter(&self, parse: fn(&str) -> Result<Avatar, KeyError>) -> Result<EventFilter, ApiError> {
        let keys = [&self.avatar, &self.persona, &self.public_key];
        let is_given = |text: &&Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let avatar = if keys.iter().any(is_given) {
            let fields = AvatarFields {
                avatar: self.avatar.as_deref(),
                persona: self.persona.as_deref(),
                public_key: self.public_key.as_deref(),
            };
            Some(fields.parse("avatar", parse)?)
        } else {
            None
        };
        let platform = self.platform.as_deref().filter(|text| !text.is_empty());
        Ok(EventFilter { avatar, platform: platform.map(fields::platform).transpose()? })
    }
}

/// Answers with a stream of events. `parse` reads an Avatar's key.
///
/// # Errors
/// `bad_field`, `bad_public_key`, `unknown_platform`, `stale_cursor`, `overloaded`, and what the database answers.
pub async fn stream(
    hub: &Hub,
    request: &HttpRequest,
    query: &EventsQuery,
    parse: fn(&str) -> Result<Avatar, KeyError>,
) -> Result<HttpResponse, ApiError> {
    let filter = query.filter(parse)?;
    let last_id = last_event_id(request)?.or(query.last_id);
    let Some(place) = Place::take(&hub.shared) else {
        hub.shared.metrics.dropped("overloaded");
        return Err(ApiError::new(ErrorCode::Overloaded, "too many streams of events are open"));
    };
    let (epoch, latest) = (place.source.epoch().await?, place.source.latest_id().await?);
    let is_other_life = query.epoch.as_deref().is_some_and(|known| !known.is_empty() && known != epoch);
    if is_other_life || last_id.is_some_and(|id| id > latest) {
        return Err(ApiError::new(
            ErrorCode::StaleCursor,
            "the id is none of this feed: begin again at 0, or from now on",
        )
        .with("epoch", epoch)
        .with("latest_id", latest));
    }
    let position = last_id.unwrap_or(latest).max(0);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, EVENT_STREAM))
        // Nor may anything on the way change the stream, such as compress it, which would hold events back.
        .insert_header((header::CACHE_CONTROL, "no-store, no-transform"))
        // nginx, and what understands its headers, gathers answers otherwise.
        .insert_header(("X-Accel-Buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.streaming(stream::empty::<Result<Bytes, std::convert::Infallible>>()));
    }
    let hello = frame::hello(&epoch, position);
    Ok(response.streaming(Reader::new(place, filter, position, hello).into_stream()))
}

/// The id in the request's head. Browsers send none at first; an empty one is none.
fn last_event_id(request: &HttpRequest) -> Result<Option<i64>, ApiError> {
    let Some(value) = request.headers().get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    id.map(Some).ok_or_else(|| ApiError::bad_field(LAST_EVENT_ID, "must be a whole number"))
}
