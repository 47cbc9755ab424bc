//! What the handlers share.

use nextid_core::{Action, Avatar, CreatedAt, Identity, Platform};
use nextid_service::boot;
use nextid_service::build_info::BuildInfo;
use nextid_service::config::LimitsConfig;
use nextid_service::http::ApiError;

use crate::recheck::Rechecker;
use crate::routes::errors::fetch_failed;
use crate::submit::{SubmitError, Submitter};

/// What the handlers share, on all threads.
pub struct App {
    /// Appends links.
    pub submitter: Submitter,
    /// How much a request may hold.
    pub limits: LimitsConfig,
    /// Which build this is.
    pub build: BuildInfo,
    /// Looks at proofs again, for whoever asks for it.
    pub rechecker: Rechecker,
    /// The service that this one is a mirror of.
    pub mirror_of: Option<String>,
}

/// Who says what is said of a proof, where it is not this service.
pub const ORIGIN: &str = "origin";

impl App {
    /// `state_source` of proofs: a mirror has not looked at them itself.
    pub fn state_source(&self) -> Option<&'static str> {
        self.mirror_of.is_some().then_some(ORIGIN)
    }

    /// The clock's second.
    pub fn now(&self) -> CreatedAt {
        boot::now()
    }

    /// Refuses what needs a platform that is not configured. Revocations need none.
    ///
    /// # Errors
    /// `platform_not_configured`.
    pub fn check_configured(&self, action: Action, platform: Platform) -> Result<(), ApiError> {
        if action == Action::Delete || self.submitter.registry.is_configured(platform) {
            return Ok(());
        }
        Err(SubmitError::PlatformNotConfigured.into())
    }

    /// The identity that is signed. Where a name stands for another identity, the platform is asked for it; what is already
    /// bound under that name is found without it, so that a revocation never needs the platform.
    ///
    /// # Errors
    /// What the platform or the database answers.
    pub async fn resolve(
        &self,
        avatar: Avatar,
        action: Action,
        identity: Identity,
    ) -> Result<Identity, ApiError> {
        let platform = identity.platform();
        if !identity.needs_resolving() {
            return Ok(identity);
        }
        if action == Action::Delete {
            let bound = self.submitter.store.bound_by_other_name(avatar, platform, identity.as_str()).await?;
            return match bound.and_then(|bound| Identity::parse(platform, &bound).ok()) {
                Some(bound) => Ok(bound),
                None => Err(SubmitError::NotBound.into()),
            };
        }
        let registry = &self.submitter.registry;
        let verifier = registry.get(platform).ok_or(SubmitError::PlatformNotConfigured)?;
        verifier.resolve(&identity, registry.net()).await.map_err(fetch_failed)
    }
}
