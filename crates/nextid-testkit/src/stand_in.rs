//! What the stand-ins of platforms with posts have in common: they publish posts, answer over real HTTP what was scripted,
//! and remember what they were asked. What a platform's answers look like, its own module says.
//!
//! None of them is the platform, and every answer says so.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::outcome::{LoggedRequest, Outcome, Script, lock, tampered};
use crate::serve::{Server, logged};

/// Seconds until a scripted rate limit ends.
const RATE_LIMIT_SECONDS: &str = "60";

/// An account of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The name that identities are made of, in the letter case that the account shows.
    pub name: String,
    /// The immutable id, or what the platform has in its place; empty if it has none.
    pub id: String,
    /// The name that people see.
    pub display_name: String,
}

impl Author {
    /// An account.
    pub fn new(name: impl Into<String>, id: impl Into<String>, display_name: impl Into<String>) -> Self {
        Self { name: name.into(), id: id.into(), display_name: display_name.into() }
    }
}

/// A published text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) author: Author,
    pub(crate) text: String,
}

impl Post {
    /// This post as a scripted outcome shows it; `other` is somebody else.
    fn under(mut self, outcome: &Outcome, other: &Author) -> Self {
        match outcome {
            Outcome::Missing => self.text = "Nothing to prove here.".to_owned(),
            Outcome::Tampered => self.text = tampered(&self.text),
            Outcome::OtherAuthor => self.author = other.clone(),
            Outcome::WrongCase => self.author.name = swapped_case(&self.author.name),
            _ => {}
        }
        self
    }
}

/// One request, and what there is to answer it with.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// The parts of the path, without the empty ones.
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: &'a str,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) outcome: &'a Outcome,
    posts: &'a BTreeMap<String, Post>,
    other: Author,
}

impl Asked<'_> {
    /// The post of this key, as the outcome shows it.
    pub(crate) fn post(&self, key: &str) -> Option<Post> {
        self.find(|found, _| found == key)
    }

    /// The first post that fits, as the outcome shows it.
    pub(crate) fn find(&self, fits: impl Fn(&str, &Post) -> bool) -> Option<Post> {
        let (_, post) = self.posts.iter().find(|(key, post)| fits(key, post))?;
        Some(post.clone().under(self.outcome, &self.other))
    }

    /// The keys of the posts that fit.
    pub(crate) fn keys(&self, fits: impl Fn(&str, &Post) -> bool) -> Vec<String> {
        self.posts.iter().filter(|(key, post)| fits(key, post)).map(|(key, _)| key.clone()).collect()
    }

    /// Who published the first post that fits, whatever the outcome shows.
    pub(crate) fn publisher(&self, fits: impl Fn(&Author) -> bool) -> Option<&Author> {
        self.posts.values().map(|post| &post.author).find(|author| fits(author))
    }

    /// A parameter of the query; empty if there is none.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

/// An answer of a platform.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    media_type: &'static str,
    body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, media_type, body: body.into() }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", value.to_string())
    }
}

/// How a platform answers.
pub(crate) trait Behaviour: fmt::Debug + Send + Sync + 'static {
    /// What it stands in for.
    fn name(&self) -> &'static str;

    /// The account that [`Outcome::OtherAuthor`] shows.
    fn other_author(&self) -> Author {
        Author::new("somebody_else", "77", "Somebody Else")
    }

    /// The answer to a request; none if the platform has no such address.
    fn answer(&self, asked: &Asked<'_>) -> Option<Reply>;

    /// The body that goes with an error of this status.
    fn error(&self, status: u16) -> Reply;
}

/// A platform on a port and thread of its own, stopped when dropped.
#[derive(Debug)]
pub struct StandIn {
    shared: Arc<Shared>,
    _server: Server,
}

#[derive(Debug)]
struct Shared {
    behaviour: Box<dyn Behaviour>,
    base_url: String,
    posts: Mutex<BTreeMap<String, Post>>,
    script: Mutex<Script<Outcome>>,
    requests: Mutex<Vec<LoggedRequest>>,
}

impl StandIn {
    pub(crate) fn start(behaviour: impl Behaviour) -> io::Result<Self> {
        let mut made = None;
        let name = behaviour.name();
        let server = Server::start(&format!("{name}-stand-in"), |address| {
            let shared = Arc::new(Shared {
                behaviour: Box::new(behaviour),
                base_url: format!("http://{address}"),
                posts: Mutex::default(),
                script: Mutex::default(),
                requests: Mutex::default(),
            });
            made = Some(Arc::clone(&shared));
            let data = Data::from(shared);
            move |config: &mut web::ServiceConfig| {
                config.app_data(data.clone()).default_service(web::to(answer));
            }
        })?;
        let shared = made.ok_or_else(|| io::Error::other("the server was not set up"))?;
        Ok(Self { shared, _server: server })
    }

    /// Where it listens: what the platform's `base_url` takes, `http://127.0.0.1:port` without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// From now on requests end like this; what was queued is forgotten.
    pub fn script(&self, outcome: Outcome) {
        lock(&self.shared.script).set(outcome);
    }

    /// The next requests end like this, one each; after them the steady outcome holds again.
    pub fn script_next(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        lock(&self.shared.script).queue(outcomes);
    }

    /// Everything that was asked so far, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.shared.requests).clone()
    }

    /// Makes a post available under a key, in place of an earlier one.
    pub(crate) fn put(&self, key: impl Into<String>, author: Author, text: impl Into<String>) {
        lock(&self.shared.posts).insert(key.into(), Post { author, text: text.into() });
    }

    /// The next post's number, counted from this one.
    pub(crate) fn number(&self, first: u64) -> u64 {
        first + lock(&self.shared.posts).len() as u64
    }
}

/// Makes a platform's stand-in of how it behaves.
macro_rules! stand_in {
    ($(#[$doc:meta])* $name:ident, $behaviour:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(crate::stand_in::StandIn);

        impl $name {
            /// Starts it on a free loopback port. It answers when this returns.
            ///
            /// # Errors
            /// When no port can be bound or no thread be started.
            pub fn start() -> std::io::Result<Self> {
                crate::stand_in::StandIn::start($behaviour).map(Self)
            }
        }

        impl std::ops::Deref for $name {
            type Target = crate::stand_in::StandIn;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}
pub(crate) use stand_in;

async fn answer(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let logged = logged(&request, &body);
    let text = logged.body.clone();
    lock(&shared.requests).push(logged);
    let outcome = lock(&shared.script).take();
    match &outcome {
        Outcome::Status(status) => return send(&shared, shared.behaviour.error(*status), 0),
        Outcome::Redirect(to) => {
            return HttpResponse::Found().insert_header((LOCATION, to.as_str())).finish();
        }
        Outcome::Garbage => {
            let page = "<!doctype html><title>Something is wrong</title>";
            return send(&shared, Reply::new(200, "text/html", page), 0);
        }
        Outcome::Slow(delay) => actix_web::rt::time::sleep(*delay).await,
        _ => {}
    }
    let padding = match outcome {
        Outcome::Huge(bytes) => bytes,
        _ => 0,
    };
    let posts = lock(&shared.posts).clone();
    let header = request.headers().get("Authorization");
    let asked = Asked {
        method: request.method().as_str(),
        path: request.path().split('/').filter(|part| !part.is_empty()).collect(),
        query: Query::<BTreeMap<String, String>>::from_query(request.query_string())
            .map(Query::into_inner)
            .unwrap_or_default(),
        body: &text,
        authorization: header.and_then(|value| value.to_str().ok()),
        outcome: &outcome,
        posts: &posts,
        other: shared.behaviour.other_author(),
    };
    let reply = shared.behaviour.answer(&asked);
    send(&shared, reply.unwrap_or_else(|| shared.behaviour.error(404)), padding)
}

/// Sends a reply, with so many spaces after it, which mean nothing in JSON, XML and HTML.
fn send(shared: &Shared, reply: Reply, padding: usize) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    builder.insert_header((CONTENT_TYPE, reply.media_type)).insert_header((
        "X-Stand-In",
        format!("not {}: a stand-in on this machine", shared.behaviour.name()),
    ));
    if matches!(reply.status, 403 | 429) {
        builder
            .insert_header((RETRY_AFTER, RATE_LIMIT_SECONDS))
            .insert_header(("X-RateLimit-Remaining", "0"));
    }
    builder.body(reply.body + &" ".repeat(padding))
}

pub(crate) fn swapped_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

/// Text with the characters replaced that mean something in HTML and XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
