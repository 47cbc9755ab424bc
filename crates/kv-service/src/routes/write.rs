//! The fields that say what is to be written, which both POST requests have.

use nextid_core::Avatar;
use nextid_service::config::LimitsConfig;
use nextid_service::http::ApiError;
use nextid_service::http::fields::{self, AvatarFields};
use serde_json::Value;

use crate::submit::{Patch, Write};

/// The fields as they came.
#[derive(Debug)]
pub(super) struct WriteFields<'a> {
    pub(super) avatar: AvatarFields<'a>,
    pub(super) platform: Option<&'a str>,
    pub(super) identity: Option<&'a str>,
    pub(super) patch: Option<Value>,
}

impl WriteFields<'_> {
    pub(super) fn parse(self, limits: &LimitsConfig) -> Result<Write, ApiError> {
        let avatar = self.avatar.parse("avatar", Avatar::parse_with_raw)?;
        let platform = fields::platform(fields::required("platform", self.platform)?)?;
        let signed_identity = fields::required("identity", self.identity)?;
        let identity = fields::identity(platform, signed_identity, limits.identity_bytes)?;
        let patch = self.patch.ok_or_else(|| ApiError::missing_field("patch"))?;
        let patch = Patch::new(patch, limits.patch_bytes)?;
        Ok(Write { avatar, identity, signed_identity: signed_identity.to_owned(), patch })
    }
}
