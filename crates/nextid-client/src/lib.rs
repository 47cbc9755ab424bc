//! Typed async client of proof-service and kv-service.
//!
//! - [`ProofClient`] and [`KvClient`] have one method for each endpoint. They are cheap to clone and share connections.
//! - What goes wrong is a [`ClientError`]: the service said no ([`ApiError`], with its code and data), or it could not be
//!   reached, took too long, broke off, or answered something else than its contract says.
//! - What a service asks to be signed is rebuilt from what was asked of it ([`IssuedProofPayload::check`],
//!   [`IssuedKvPayload::check`]): a service cannot have anything else signed.
//!
//! ```no_run
//! use nextid_client::{ClientOptions, ProofClient};
//! use nextid_core::{Avatar, Identity, Platform};
//!
//! # async fn example(avatar: Avatar) -> Result<(), Box<dyn std::error::Error>> {
//! let proofs = ProofClient::new("http://127.0.0.1:9800", &ClientOptions::default())?;
//! let account = Identity::parse(Platform::Github, "octocat")?;
//! if let Some(proof) = proofs.exists(&account, &avatar).await? {
//!     assert!(proof.is_valid);
//! }
//! # Ok(())
//! # }
//! ```

mod error;
mod events;
mod export;
mod gist;
mod kv;
mod page;
mod proof;
mod transport;

pub use error::{ApiError, ClientError, Head, codes};
pub use events::{Event, EventBody, EventFilter, EventReader, Hello, RawEvent, StateChange};
pub use export::ExportLines;
pub use gist::{GistClient, GistFile};
pub use kv::{
    IdentityContent, IssuedKvPayload, KvClient, KvContent, KvHealth, KvPage, KvPayloadRequest, KvSubmission,
    KvSubmitted, Namespace,
};
pub use page::Pagination;
pub use proof::{
    ChangedLink, Changes, FoundAvatar, FoundProof, IssuedProofPayload, ProofClient, ProofHealth, ProofPage,
    ProofPayloadRequest, ProofSearch, ProofState, ProofSubmission, ProofSubmitted, SearchPage,
};
pub use transport::ClientOptions;
