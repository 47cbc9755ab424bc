//! The client of proof-service.

mod answer;
mod request;

use nextid_core::link::ProofLink;
use nextid_core::{Avatar, Identity};

pub use answer::{
    ChangedLink, Changes, FoundAvatar, FoundProof, IssuedProofPayload, ProofHealth, ProofPage, ProofState,
    ProofSubmitted, SearchPage,
};
pub use request::{ProofPayloadRequest, ProofSearch, ProofSubmission};

use crate::error::ClientError;
use crate::events::{EventFilter, EventReader};
use crate::export::ExportLines;
use crate::transport::{ClientOptions, Transport};

/// The client of one proof-service.
#[derive(Debug, Clone)]
pub struct ProofClient {
    transport: Transport,
}

impl ProofClient {
    /// A client of the service at `base`, such as `http://127.0.0.1:9800`.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] or [`ClientError::Setup`].
    pub fn new(base: &str, options: &ClientOptions) -> Result<Self, ClientError> {
        Ok(Self { transport: Transport::new(base, options)? })
    }

    /// Where the service is, without a slash at the end.
    pub fn base(&self) -> &str {
        self.transport.base()
    }

    /// `GET /healthz`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn healthz(&self) -> Result<ProofHealth, ClientError> {
        self.transport.get("/healthz", &[]).await
    }

    /// `POST /v1/proof/payload`: the string to sign, and the text to publish. Nothing is stored.
    ///
    /// The string is checked by [`IssuedProofPayload::check`] before it is returned.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::PayloadDiffers`] for a string that the request does not make.
    pub async fn payload(
        &self,
        request: &ProofPayloadRequest<'_>,
    ) -> Result<IssuedProofPayload, ClientError> {
        let issued: IssuedProofPayload = self.transport.post("/v1/proof/payload", request).await?;
        issued.check(request)?;
        Ok(issued)
    }

    /// `POST /v1/proof`: appends a link to a ProofChain.
    ///
    /// Submitting the same once more is harmless: the answer is the first one's, with `replayed` set.
    ///
    /// # Errors
    /// [`ClientError`]; `chain_conflict` when another link was appended since the payload was made.
    pub async fn submit(&self, submission: &ProofSubmission<'_>) -> Result<ProofSubmitted, ClientError> {
        self.transport.post("/v1/proof", submission).await
    }

    /// `GET /v1/proof`: Avatars by what is bound to them.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn search(&self, search: &ProofSearch<'_>) -> Result<SearchPage, ClientError> {
        let query = search.query();
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.transport.get("/v1/proof", &query).await
    }

    /// `GET /v1/proof/exists`: whether an identity is bound to an Avatar, and in which state its proof is. None if it is
    /// not bound.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn exists(
        &self,
        identity: &Identity,
        avatar: &Avatar,
    ) -> Result<Option<ProofState>, ClientError> {
        let avatar = avatar.to_hex();
        let query = [
            ("platform", identity.platform().as_str()),
            ("identity", identity.as_str()),
            ("public_key", avatar.as_str()),
        ];
        match self.transport.get("/v1/proof/exists", &query).await {
            Ok(state) => Ok(Some(state)),
            // An error of the contract's shape comes from a service that has this path.
            Err(error) if error.api().is_some_and(|error| error.status == 404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `GET /v1/proofchain`: a page of an Avatar's links, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn chain_page(&self, avatar: &Avatar, page: i64) -> Result<ProofPage, ClientError> {
        let (avatar, page) = (avatar.to_hex(), page.to_string());
        self.transport.get("/v1/proofchain", &[("avatar", avatar.as_str()), ("page", page.as_str())]).await
    }

    /// `GET /v1/proofchain/changes`: links of all chains whose feed id is greater than `last_id`, at most `count`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn changes(&self, last_id: i64, count: u32) -> Result<Changes, ClientError> {
        let (last_id, count) = (last_id.to_string(), count.to_string());
        let query = [("last_id", last_id.as_str()), ("count", count.as_str())];
        self.transport.get("/v1/proofchain/changes", &query).await
    }

    /// `GET /v1/events`: what happens, as it happens, after the id `after`; 0 for everything from the first on, none from now
    /// on.
    ///
    /// # Errors
    /// [`ClientError`]; `stale_cursor` when the service has no such id yet, since its database is another one.
    pub async fn events(
        &self,
        after: Option<i64>,
        filter: &EventFilter,
    ) -> Result<EventReader<ProofLink>, ClientError> {
        EventReader::open(&self.transport, after, filter).await
    }

    /// `GET /v1/avatar/{key}/export`: the whole chain of an Avatar, which may be empty.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn export(&self, avatar: &Avatar) -> Result<ExportLines, ClientError> {
        ExportLines::open(&self.transport, avatar).await
    }
}
