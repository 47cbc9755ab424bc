//! A server that answers each connection with the next of the given answers, and keeps what it was sent.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests, which fail with them"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// What is done with one connection.
pub enum Reply {
    /// This status with this body, and optionally another header.
    Answer(u16, String, &'static str),
    /// A head that promises more than comes.
    CutOff,
    /// Nothing, until the client goes away.
    Silence,
}

pub struct StandIn {
    pub base: String,
    requests: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl StandIn {
    pub fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let thread = std::thread::spawn(move || {
            for reply in replies {
                let (stream, _) = listener.accept().unwrap();
                serve(stream, reply, &log);
            }
        });
        Self { base, requests, thread: Some(thread) }
    }

    /// One answer of this status.
    pub fn answering(status: u16, body: impl Into<String>) -> Self {
        Self::start(vec![Reply::Answer(status, body.into(), "X-Nothing: 1")])
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::answering(status, body.to_string())
    }

    /// The requests, head and body, after the last reply.
    pub fn requests(mut self) -> Vec<String> {
        self.thread.take().unwrap().join().unwrap();
        self.requests.lock().unwrap().clone()
    }

    /// The first line of the only request.
    pub fn request_line(self) -> String {
        self.requests()[0].lines().next().unwrap().to_owned()
    }

    /// The body of the only request.
    pub fn request_body(self) -> Value {
        let requests = self.requests();
        serde_json::from_str(requests[0].split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

fn serve(mut stream: TcpStream, reply: Reply, log: &Mutex<Vec<String>>) {
    log.lock().unwrap().push(read_request(&mut stream));
    match reply {
        Reply::Answer(status, body, header) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\n{header}\r\nContent-Length: {}\r\nConnection: close",
                body.len()
            );
            // A client that has read enough may be gone.
            drop(write!(stream, "{head}\r\n\r\n{body}"));
        }
        Reply::CutOff => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{{\"hello\":").unwrap()
        }
        Reply::Silence => drop(stream.read(&mut [0; 16])),
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .map(|length| length.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) || count == 0 {
                return text.into_owned();
            }
        }
        assert!(count > 0, "the client left in the middle");
    }
}
