//! The relay itself, on a thread and runtime of its own.

use std::io;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use nextid_core::nostr::Event;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::{NostrKey, State};
use crate::outcome::{Outcome, lock};

/// Starts the relay; it ends when the sender is dropped.
pub(super) fn spawn(listener: std::net::TcpListener, state: Arc<State>) -> io::Result<oneshot::Sender<()>> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let (stop, stopped) = oneshot::channel::<()>();
    std::thread::Builder::new().name("nostr-stand-in".to_owned()).spawn(move || {
        runtime.spawn(serve(listener, state));
        // An error here is the sender's end, which is the signal.
        drop(runtime.block_on(stopped));
    })?;
    Ok(stop)
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move { talk(stream, &state).await });
    }
}

/// Answers one client until it leaves.
async fn talk(stream: TcpStream, state: &State) {
    let outcome = lock(&state.script).take();
    let refusal = match &outcome {
        Outcome::Status(status) => Some((*status, None)),
        Outcome::Redirect(to) => Some((302, Some(to.clone()))),
        _ => None,
    };
    #[expect(clippy::result_large_err, reason = "the library asks for this type")]
    let handshake = accept_hdr_async(stream, |_: &Request, response: Response| match &refusal {
        Some((status, to)) => Err(refused(*status, to.as_deref())),
        None => Ok(response),
    });
    let Ok(mut socket) = handshake.await else { return };
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        lock(&state.asked).push(text.as_str().to_owned());
        if answer(&mut socket, text.as_str(), &outcome, state).await.is_none() {
            return;
        }
    }
}

fn refused(status: u16, to: Option<&str>) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some("refused".to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(to) = to.and_then(|to| HeaderValue::from_str(to).ok()) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// Sends the answer to one message; none if the connection is at its end.
async fn answer(
    socket: &mut WebSocketStream<TcpStream>,
    text: &str,
    outcome: &Outcome,
    state: &State,
) -> Option<()> {
    let said = lock(&state.said).clone();
    if let Some(messages) = said {
        for message in messages {
            socket.send(Message::text(message)).await.ok()?;
        }
        drop(socket.close(None).await);
        return None;
    }
    let question: Value = serde_json::from_str(text).ok()?;
    let name = question.get(1)?.clone();
    let id = question.pointer("/2/ids/0")?.as_str()?;
    if let Outcome::Slow(delay) = outcome {
        tokio::time::sleep(*delay).await;
    }
    if *outcome == Outcome::Garbage {
        return socket.send(Message::text("<!doctype html><title>Something is wrong</title>")).await.ok();
    }
    // What relays say without being asked.
    socket.send(Message::text(json!(["NOTICE", "a stand-in on this machine"]).to_string())).await.ok()?;
    let found = lock(&state.events).get(id).cloned();
    if let Some(event) = found.and_then(|event| shown(event, outcome)) {
        let mut text = json!(["EVENT", name, event]).to_string();
        if let Outcome::Huge(bytes) = outcome {
            text.push_str(&" ".repeat(*bytes));
        }
        socket.send(Message::text(text)).await.ok()?;
    }
    socket.send(Message::text(json!(["EOSE", name]).to_string())).await.ok()?;
    Some(())
}

/// The event as the outcome shows it; none if it does not.
fn shown(event: Event, outcome: &Outcome) -> Option<Event> {
    match outcome {
        Outcome::Missing => None,
        Outcome::Tampered => {
            Some(Event { content: event.content.replacen("account", "accounT", 1), ..event })
        }
        Outcome::OtherAuthor => {
            let other = NostrKey::of("somebody else").ok()?;
            let other = other.event(event.kind, event.tags, event.content).ok()?;
            Some(Event { id: event.id, ..other })
        }
        Outcome::WrongCase => {
            Some(Event { id: event.id.to_uppercase(), pubkey: event.pubkey.to_uppercase(), ..event })
        }
        _ => Some(event),
    }
}
