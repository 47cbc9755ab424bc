//! The JSON object that describes a link: the same in chain pages, feeds, answers, events and exports.

mod kv;
mod proof;

use serde::{Deserialize, Serialize};

pub use kv::KvLink;
pub use proof::ProofLink;

/// By which rules a link's signed string is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkFormat {
    /// Today's rules.
    V1,
    /// A proof link of before 2022-03-15, whose payload has neither `created_at` nor `uuid`. Only by import.
    #[serde(rename = "legacy_2021")]
    Legacy2021,
    /// A KV link of before 2022-07-12, whose payload says `persona` for the Avatar. Only by import.
    KvPersona,
}

impl LinkFormat {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Legacy2021 => "legacy_2021",
            Self::KvPersona => "kv_persona",
        }
    }

    /// Reads what [`LinkFormat::as_str`] writes.
    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::V1, Self::Legacy2021, Self::KvPersona].into_iter().find(|format| format.as_str() == text)
    }
}
