//! What to do about an error.

use nextid_client::{ApiError, ClientError, codes};
use nextid_service::import::ImportError;
use nextid_service::mirror::{MarkError, Stop};

use crate::error::{CliError, ServiceName};
use crate::keys::KeystoreError;

impl CliError {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Usage { remedy, .. } => remedy.clone(),
            Self::Service { service, error } => client_remedy(*service, error),
            Self::NoKey { .. } => {
                "Make one with `nextid avatar new`, or name one with --name, --keystore or NEXTID_AVATAR_KEY."
                    .to_owned()
            }
            Self::KeyExists { .. } => "It is left as it is; choose another name with --name.".to_owned(),
            Self::Keystore { error: KeystoreError::WrongPassword, .. } => {
                "Try again with the right one.".to_owned()
            }
            Self::Keystore { .. } => "Name another keystore, or restore this one from a copy.".to_owned(),
            Self::BadKeyVariable { .. } | Self::BadKey => {
                "A private key has 64 hexadecimal digits.".to_owned()
            }
            Self::NoPassword { variable, file } => format!("Set {variable} or {file}."),
            Self::BadPassword(_) => "Choose another one.".to_owned(),
            Self::Prompt(_) => "Give the password by NEXTID_PASSWORD or NEXTID_PASSWORD_FILE.".to_owned(),
            Self::NoInput(_) => "Type it, or pipe it in.".to_owned(),
            Self::NoDataDir => "Set HOME, or name the directory with --data-dir.".to_owned(),
            Self::Read { .. } => "Check the path and its permissions.".to_owned(),
            Self::Write { .. } => "Check the permissions and the space that is left.".to_owned(),
            Self::ChainBroken { .. } => {
                "Do not believe what it says; get it again from another source.".to_owned()
            }
            Self::NotProved { .. } => "Do not rely on what is marked above.".to_owned(),
            Self::NotReached { .. } => {
                "It says nothing about them. Try again later, or check NEXTID__PLATFORMS__….".to_owned()
            }
            Self::Contradiction(_) => "Do not trust this service.".to_owned(),
            Self::AddressTaken { .. } => {
                "End that program, or choose other addresses with --proof-listen and --kv-listen.".to_owned()
            }
            Self::Database(_) | Self::Import { error: ImportError::Db(_), .. } => {
                "Check --to, and that the database is the right service's and migrated.".to_owned()
            }
            Self::Import { error, .. } => match error {
                ImportError::Conflict { .. } => {
                    "Nothing of this chain was taken over. Keep both: together they show who signed twice."
                }
                ImportError::Mirror { .. } => "Name the origin's own database with --to.",
                ImportError::Read { .. } | ImportError::Changed => "Check the file, and try again.",
                _ => "Nothing was taken over. Get the chain again from another source.",
            }
            .to_owned(),
            Self::Mirror(stop) => match stop {
                Stop::Fork { .. } => {
                    "Look at both with `nextid mirror --status --json`, and ask whose key signed twice and who runs the origin."
                }
                Stop::Broken { .. } => "Do not believe this origin; what was copied before holds.",
                Stop::Rewritten { .. } | Stop::WentBack { .. } | Stop::Mark(MarkError::OtherEpoch { .. }) => {
                    "Keep this copy: it has what the origin has no more. Mirror into an empty database besides."
                }
                Stop::OtherService { .. } => "Name a proof-service or a kv-service, of the kind that was copied before.",
                Stop::Mark(_) | Stop::Db(_) => "Name the database of a mirror, or an empty one, with --to.",
            }
            .to_owned(),
            Self::Start { .. } => "Change what is named, and start again.".to_owned(),
        }
    }
}

fn client_remedy(service: ServiceName, error: &ClientError) -> String {
    let option = service.option();
    match error {
        ClientError::BadUrl { .. } => format!("Change {option}."),
        ClientError::Unsendable { .. } => "Leave them out.".to_owned(),
        ClientError::Setup { .. } => "Install the system's CA certificates.".to_owned(),
        ClientError::Connect { .. } => format!("Start it with `nextid up`, or name another with {option}."),
        ClientError::Timeout { .. } | ClientError::Interrupted { .. } => {
            "Look with `nextid proofs` whether it was done, and try again if not.".to_owned()
        }
        ClientError::TooLarge { .. } | ClientError::Unexpected { .. } => {
            format!("Check what listens there, or name another with {option}.")
        }
        ClientError::PayloadDiffers { .. } => "Nothing was signed. Do not use this service.".to_owned(),
        ClientError::Api(api) => api_remedy(api),
    }
}

fn api_remedy(api: &ApiError) -> String {
    let known = match api.code.as_deref() {
        Some(codes::CHAIN_CONFLICT) => "Something else writes to this chain at the same time; try again.",
        Some(codes::NOT_BOUND) => "See `nextid proofs` for what is bound.",
        Some("not_bound_for_kv") => "Bind it first with `nextid prove`.",
        Some(codes::PROOF_MISSING) => {
            "Check that the post is public and at the place that you gave, and try again."
        }
        Some("proof_mismatch") => "Publish the text exactly as it was printed, under the account itself.",
        Some(codes::PLATFORM_NOT_CONFIGURED) => "Ask the operator of the service to set the platform up.",
        Some("created_at_too_old" | "created_at_in_future") => {
            "Check this computer's clock, and begin again."
        }
        _ => "",
    };
    let mut remedy = match api.retry_after {
        _ if !known.is_empty() => known.to_owned(),
        Some(after) => format!("Try again in {} s.", after.as_secs()),
        None if api.status >= 500 => "Try again later.".to_owned(),
        None => "Correct what is named, and try again.".to_owned(),
    };
    if let (Some(id), true) = (&api.request_id, api.status >= 500) {
        remedy.push_str(&format!(" Its operator finds the cause under request {id}."));
    }
    remedy
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Map;

    use super::*;

    fn remedy(status: u16, code: &str, retry_after: Option<u64>) -> String {
        api_remedy(&ApiError {
            status,
            code: Some(code.to_owned()),
            message: "m".to_owned(),
            request_id: Some("r1".to_owned()),
            retry_after: retry_after.map(Duration::from_secs),
            data: Map::new(),
        })
    }

    #[test]
    fn every_refusal_has_a_remedy() {
        let passing = "Try again in 7 s. Its operator finds the cause under request r1.";
        assert_eq!(remedy(503, "overloaded", Some(7)), passing);
        assert_eq!(remedy(409, "not_bound", None), "See `nextid proofs` for what is bound.");
        assert_eq!(remedy(418, "teapot", None), "Correct what is named, and try again.");
    }
}
