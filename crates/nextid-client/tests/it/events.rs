//! Streams of events.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use std::time::Duration;

use nextid_client::{
    ClientError, ClientOptions, Event, EventBody, EventFilter, EventReader, Hello, ProofClient, RawEvent,
    codes,
};
use nextid_core::Platform;
use nextid_core::link::ProofLink;
use nextid_testkit::keys;

use crate::stand_in::{Reply, StandIn};

const HELLO: &str = "retry: 1000\nevent: hello\nid: 3\ndata: {\"epoch\":\"e\",\"last_id\":3}\n\n";

fn state(id: i64) -> String {
    let data = r#"{"type":"state","avatar":"0x02","platform":"github","identity":"octocat","state":"missing",
        "state_before":"valid","is_valid":false,"is_valid_before":true,"invalid_reason":"gone","changed_at":7}"#;
    format!("event: state\nid: {id}\ndata: {}\n\n", data.replace('\n', ""))
}

async fn open(stand_in: &StandIn, options: &ClientOptions) -> Result<EventReader<ProofLink>, ClientError> {
    ProofClient::new(&stand_in.base, options).unwrap().events(Some(3), &EventFilter::default()).await
}

async fn read(stream: String) -> (Vec<Event<ProofLink>>, i64, Option<ClientError>) {
    let stand_in = StandIn::answering(200, stream);
    let mut reader = open(&stand_in, &ClientOptions::default()).await.unwrap();
    let mut events = Vec::new();
    let error = loop {
        match reader.next().await {
            Ok(Some(event)) => events.push(event),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    (events, reader.last_id(), error)
}

#[tokio::test]
async fn events_come_one_by_one_and_the_place_to_resume_is_known() {
    let stream = format!(
        ": first\n\n{HELLO}{}: heartbeat\nid: 9\n\nevent: news\nid: 10\ndata: {{}}\n\n{}event: resume\nid: 11\n\
         data: {{\"last_id\":12,\"reason\":\"slow\"}}\n\n{}",
        state(4),
        state(11),
        state(13)
    );
    let (events, last_id, error) = read(stream).await;
    assert!(error.is_none(), "{error:?}");
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    // Nothing after the end counts.
    assert_eq!((ids, last_id), (vec![4, 11], 12));
    let Some(EventBody::State(change)) = events.first().map(|event| &event.body) else {
        unreachable!("{events:?}")
    };
    assert_eq!((change.identity.as_str(), change.is_valid, change.changed_at), ("octocat", false, 7));
}

#[tokio::test]
async fn raw_events_are_given_whatever_they_say() {
    let stream = format!(
        ": first\n\n{HELLO}: heartbeat\nid: 4\n\nevent: state\nid: 6\ndata: [not what\ndata: it should be\n\n\
         event: news\nid: 7\ndata: {{}}\n\nevent: link\nid: 8\ndata: {{\"link\":1}}\n\n{}event: resume\nid: 11\n\
         data: {{\"last_id\":12,\"reason\":\"slow\"}}\n\n{}",
        state(10),
        state(13)
    );
    let stand_in = StandIn::answering(200, stream);
    let mut reader = open(&stand_in, &ClientOptions::default()).await.unwrap();
    let raw = |id, kind: &str, data: &str| RawEvent { id, kind: kind.to_owned(), data: data.to_owned() };
    let unreadable = raw(6, "state", "[not what\nit should be");
    assert_eq!((reader.next_raw().await.unwrap(), reader.last_id()), (Some(unreadable), 6));
    // What is of no known kind is passed over; the place to resume stays behind what was returned.
    let link = raw(8, "link", r#"{"link":1}"#);
    assert_eq!((reader.next_raw().await.unwrap(), reader.last_id()), (Some(link), 8));
    // The stream goes on behind both, for either way of reading.
    assert_eq!(reader.next().await.unwrap().map(|event| event.id), Some(10));
    for _ in 0..2 {
        assert_eq!((reader.next_raw().await.unwrap(), reader.last_id()), (None, 12));
    }
}

#[tokio::test]
async fn a_raw_event_has_a_new_id() {
    for bad in [state(3), state(0), state(4).replace("id: 4", "id: four")] {
        let stand_in = StandIn::answering(200, format!("{HELLO}{bad}{}", state(5)));
        let mut reader = open(&stand_in, &ClientOptions::default()).await.unwrap();
        let error = reader.next_raw().await.unwrap_err();
        assert!(matches!(error, ClientError::Unexpected { .. }), "{bad}: {error}");
        assert_eq!(reader.last_id(), 3);
    }
}

#[tokio::test]
async fn what_is_asked_for_is_said() {
    let stand_in = StandIn::answering(200, HELLO);
    let avatar = keys::key("alice").avatar();
    let filter = EventFilter { avatar: Some(avatar), platform: Some(Platform::Github) };
    let client = ProofClient::new(&stand_in.base, &ClientOptions::default()).unwrap();
    let mut reader = client.events(Some(3), &filter).await.unwrap();
    assert_eq!(*reader.hello(), Hello { epoch: "e".to_owned(), last_id: 3 });
    assert_eq!(reader.next().await.unwrap(), None);
    let requests = stand_in.requests();
    let request = requests.first().unwrap();
    assert!(
        request.starts_with(&format!("GET /v1/events?avatar={avatar}&platform=github HTTP/1.1")),
        "{request}"
    );
    for header in ["accept: text/event-stream", "last-event-id: 3", "accept-encoding: identity"] {
        assert!(request.contains(header), "{request}");
    }
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    for bad in [
        state(3),
        state(0),
        state(4).replace("id: 4", "id: four"),
        state(4).replace("{", "["),
        "event: link\nid: 4\ndata: {\"link\":{}}\n\n".to_owned(),
    ] {
        let (events, last_id, error) = read(format!("{HELLO}{bad}")).await;
        assert!(matches!(error, Some(ClientError::Unexpected { .. })), "{bad}: {error:?}");
        assert_eq!((events.len(), last_id), (0, 3));
    }
    for no_hello in [state(4), String::new(), HELLO.replace("epoch", "era")] {
        let stand_in = StandIn::answering(200, no_hello);
        let error = open(&stand_in, &ClientOptions::default()).await.unwrap_err();
        assert!(matches!(error, ClientError::Unexpected { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_event_without_end_is_given_up() {
    let stand_in = StandIn::answering(200, format!("{HELLO}data: {}", "x".repeat(10_000)));
    let options = ClientOptions { max_bytes: 1000, ..ClientOptions::default() };
    let outcome = match open(&stand_in, &options).await {
        Ok(mut reader) => reader.next().await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(outcome, Err(ClientError::TooLarge { limit: 1000, .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_stale_cursor_and_a_silent_service_are_errors() {
    let body = r#"{"message":"m","code":"stale_cursor","epoch":"f","latest_id":1}"#;
    let error = open(&StandIn::answering(410, body), &ClientOptions::default()).await.unwrap_err();
    assert!(error.is_code(codes::STALE_CURSOR), "{error}");
    assert_eq!(error.api().and_then(|error| error.data.get("epoch")?.as_str()), Some("f"));
    let stand_in = StandIn::start(vec![Reply::Silence]);
    let options = ClientOptions { timeout: Duration::from_millis(50), ..ClientOptions::default() };
    let error = open(&stand_in, &options).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
}
