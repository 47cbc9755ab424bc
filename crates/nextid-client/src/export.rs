//! Exports of chains, read line by line.

use nextid_core::Avatar;
use reqwest::Response;

use crate::error::ClientError;
use crate::transport::Transport;

/// The media type of JSON Lines.
const JSON_LINES: &str = "application/x-ndjson";

/// The lines of an export, as they come: a header, then links. Nothing in them is to be believed; that is for
/// [`ExportVerifier`](nextid_core::export::ExportVerifier). Needs the memory of one line and of what arrived with it.
#[derive(Debug)]
pub struct ExportLines {
    transport: Transport,
    response: Response,
    /// What has arrived and is not returned yet begins at `begin`.
    arrived: Vec<u8>,
    begin: usize,
    /// Up to where there is no end of a line.
    searched: usize,
}

impl ExportLines {
    /// `GET /v1/avatar/{key}/export`, which both services have.
    pub(crate) async fn open(transport: &Transport, avatar: &Avatar) -> Result<Self, ClientError> {
        let response = transport.download(&format!("/v1/avatar/{avatar}/export"), JSON_LINES).await?;
        Ok(Self { transport: transport.clone(), response, arrived: Vec::new(), begin: 0, searched: 0 })
    }

    /// The next line without its end; none when the service has said everything.
    ///
    /// # Errors
    /// [`ClientError::Interrupted`] where the service broke off, [`ClientError::Timeout`], [`ClientError::TooLarge`] for a
    /// line that is longer than an answer may be.
    pub async fn next_line(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        loop {
            let unread = self.arrived.get(self.searched..).unwrap_or_default();
            if let Some(length) = unread.iter().position(|byte| *byte == b'\n') {
                let end = self.searched + length;
                let line = self.arrived.get(self.begin..end).unwrap_or_default().to_vec();
                (self.begin, self.searched) = (end + 1, end + 1);
                return Ok(Some(line));
            }
            self.arrived.drain(..self.begin);
            (self.begin, self.searched) = (0, self.arrived.len());
            match self.response.chunk().await.map_err(|error| self.transport.failure(&error))? {
                Some(_) if self.arrived.len() > self.transport.max_bytes => {
                    let (host, limit) = (self.transport.host(), self.transport.max_bytes);
                    return Err(ClientError::TooLarge { host, limit });
                }
                Some(chunk) => self.arrived.extend_from_slice(&chunk),
                None if self.arrived.is_empty() => return Ok(None),
                None => {
                    self.searched = 0;
                    return Ok(Some(std::mem::take(&mut self.arrived)));
                }
            }
        }
    }
}
