//! What a link of a ProofChain does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Binding or revoking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Binds an identity to the Avatar, or binds it again at another place.
    Create,
    /// Revokes the binding.
    Delete,
}

/// The text names no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("unknown action; known are create and delete")]
pub struct UnknownAction;

impl Action {
    /// As it is spelled in payloads: `create` or `delete`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        match text {
            "create" => Ok(Self::Create),
            "delete" => Ok(Self::Delete),
            _ => Err(UnknownAction),
        }
    }
}
