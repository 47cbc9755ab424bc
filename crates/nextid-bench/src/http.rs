//! An HTTP/1.1 client that does as little as possible: it shares the cores with what it measures.
//!
//! One request at a time on a connection that stays open. A request is bytes; of an answer it knows the status and where
//! the body is. Bodies with a length only: that is what the services send, but for the event stream, which has its own
//! reader.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// More than the longest head that the services write.
const LONGEST_HEAD: usize = 16 * 1024;

/// A connection that stays open.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer, in the connection's buffer.
#[derive(Debug)]
pub struct Answer<'c> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'c [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// The system's.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 8 * 1024], filled: 0 })
    }

    /// Sends a whole request and reads its answer.
    ///
    /// # Errors
    /// The system's, and an answer that is not what this client understands.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let (status, head, length) = loop {
            self.fill().await?;
            let read = self.buffer.get(..self.filled).unwrap_or_default();
            if let Some(head) = memchr::memmem::find(read, b"\r\n\r\n") {
                let text = read.get(..head).unwrap_or_default();
                break (status_of(text)?, head + 4, length_of(text)?);
            }
            if self.filled > LONGEST_HEAD {
                return Err(Error::new(ErrorKind::InvalidData, "an answer without an end of its head"));
            }
        };
        let end = head + length;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        while self.filled < end {
            self.fill().await?;
        }
        Ok(Answer { status, body: self.buffer.get(head..end).unwrap_or_default() })
    }

    async fn fill(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let read = self.stream.read(room).await?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.filled += read;
        Ok(())
    }
}

/// The request `GET path`.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes()
}

/// The request `POST path` with a JSON body.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// `HTTP/1.1 200 OK`
pub(crate) fn status_of(head: &[u8]) -> Result<u16> {
    head.get(9..12)
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "an answer without a status"))
}

fn length_of(head: &[u8]) -> Result<usize> {
    let name = b"content-length: ";
    let mut lines = head.split(|byte| *byte == b'\n');
    lines
        .find_map(|line| {
            let (start, rest) = line.split_at_checked(name.len())?;
            if !start.eq_ignore_ascii_case(name) {
                return None;
            }
            std::str::from_utf8(rest.trim_ascii()).ok()?.parse().ok()
        })
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "an answer without a length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let head = b"HTTP/1.1 201 Created\r\nServer: x\r\nCONTENT-LENGTH: 12\r\nA: b";
        assert_eq!(status_of(head).unwrap(), 201);
        assert_eq!(length_of(head).unwrap(), 12);
        assert!(length_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked").is_err());
        assert!(status_of(b"HTTP").is_err());
    }
}
