//! What ends a command: its cause, what to do about it, and the exit status.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use nextid_client::ClientError;
use nextid_service::db::DbError;
use nextid_service::import::ImportError;
use nextid_service::mirror::{MarkError, Stop};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::exit::Exit;
use crate::keys::KeystoreError;

/// Which of the two services a call went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceName {
    /// proof-service.
    Proof,
    /// kv-service.
    Kv,
    /// GitHub, or the stand-in for it.
    Github,
    /// The service that is mirrored.
    Mirrored,
}

impl ServiceName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Proof => "proof-service",
            Self::Kv => "kv-service",
            Self::Github => "GitHub",
            Self::Mirrored => "the service that is mirrored",
        }
    }

    /// The option that says where it is.
    pub fn option(self) -> &'static str {
        match self {
            Self::Proof => "--proof-url",
            Self::Kv => "--kv-url",
            Self::Github => "--github-url",
            Self::Mirrored => "the first argument",
        }
    }
}

/// Why a command cannot do what was asked.
#[derive(Debug, Error)]
pub enum CliError {
    /// What was typed makes no sense.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A call of a service failed.
    #[error("{}: {error}", service.as_str())]
    Service {
        /// Which service.
        service: ServiceName,
        /// Why.
        error: ClientError,
    },
    /// There is no keystore.
    #[error("there is no key at {}", path.display())]
    NoKey {
        /// Where.
        path: PathBuf,
    },
    /// A keystore is in the way.
    #[error("there is a key at {} already", path.display())]
    KeyExists {
        /// Where.
        path: PathBuf,
    },
    /// A keystore gives no key.
    #[error("{}: {error}", path.display())]
    Keystore {
        /// Which.
        path: PathBuf,
        /// Why.
        error: KeystoreError,
    },
    /// A variable that should hold a key does not.
    #[error("{variable} is no private key")]
    BadKeyVariable {
        /// Which.
        variable: &'static str,
    },
    /// What was typed in is no key.
    #[error("what was typed in is no private key")]
    BadKey,
    /// A password is needed and nobody can be asked.
    #[error("a password is needed, and there is no terminal to ask at")]
    NoPassword {
        /// The variable that can hold it.
        variable: &'static str,
        /// The variable that can name a file with it.
        file: &'static str,
    },
    /// A password that cannot be one.
    #[error("{0}")]
    BadPassword(&'static str),
    /// The terminal cannot be read.
    #[error("the terminal cannot be read: {0}")]
    Prompt(io::Error),
    /// Nothing was typed where something was needed.
    #[error("{0} was expected on standard input, and nothing came")]
    NoInput(&'static str),
    /// There is no data directory.
    #[error("it is not known where this user's data is: HOME is not set")]
    NoDataDir,
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A chain does not hold.
    #[error("{place}: {why}")]
    ChainBroken {
        /// The file with the line, or the service.
        place: String,
        /// The line, where there is one.
        line: Option<usize>,
        /// What is wrong.
        why: String,
    },
    /// A chain holds, but bindings are not proved now.
    #[error("what should prove {} is not there", bindings(*count))]
    NotProved {
        /// How many.
        count: usize,
    },
    /// Bindings could not be looked at. The others are proved.
    #[error("{} could not be looked at", bindings(*count))]
    NotReached {
        /// How many.
        count: usize,
    },
    /// A service did not do what it confirmed.
    #[error("{0}")]
    Contradiction(String),
    /// Another program listens where a service should.
    #[error("{what} cannot be started: {address} is taken by another program")]
    AddressTaken {
        /// Which service.
        what: &'static str,
        /// Where.
        address: SocketAddr,
    },
    /// A database cannot be used.
    #[error("the database: {0}")]
    Database(DbError),
    /// A chain is not taken over.
    #[error("{file}: {error}")]
    Import {
        /// The file.
        file: String,
        /// Why.
        error: ImportError,
    },
    /// A mirror has stopped.
    #[error("{0}")]
    Mirror(Stop),
    /// A service cannot be started.
    #[error("{what} cannot be started: {why}")]
    Start {
        /// What.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl CliError {
    /// Something that was typed makes no sense.
    pub fn usage(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), remedy: remedy.into() }
    }

    /// For `map_err` on the calls of a client.
    pub fn of(service: ServiceName) -> impl Fn(ClientError) -> Self {
        move |error| Self::Service { service, error }
    }

    /// With which status the command ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::NoInput(_) => Exit::Usage,
            Self::Service { error, .. } => of_client_error(error),
            Self::NoKey { .. }
            | Self::KeyExists { .. }
            | Self::Keystore { .. }
            | Self::BadKeyVariable { .. }
            | Self::BadKey
            | Self::NoPassword { .. }
            | Self::BadPassword(_)
            | Self::Prompt(_) => Exit::Key,
            Self::ChainBroken { .. } | Self::Contradiction(_) => Exit::Invalid,
            Self::Database(error) | Self::Import { error: ImportError::Db(error), .. } => {
                if error.is_temporary() { Exit::Unreachable } else { Exit::Failure }
            }
            Self::Import { error: ImportError::Conflict { .. }, .. } => Exit::Fork,
            Self::Import { error: ImportError::Broken(_) | ImportError::Unkept { .. }, .. } => Exit::Invalid,
            Self::Import { error: ImportError::Mirror { .. }, .. } => Exit::Refused,
            Self::Import { .. } => Exit::Failure,
            Self::Mirror(stop) => of_stop(stop),
            Self::NotProved { .. } => Exit::NotProved,
            Self::NotReached { .. } => Exit::Unreachable,
            Self::NoDataDir
            | Self::Read { .. }
            | Self::Write { .. }
            | Self::AddressTaken { .. }
            | Self::Start { .. } => Exit::Failure,
        }
    }

    /// What scripts get on standard error: one object.
    pub fn to_json(&self) -> Value {
        let mut error = Map::from_iter([
            ("message".to_owned(), Value::from(self.to_string())),
            ("remedy".to_owned(), self.remedy().into()),
            ("exit_status".to_owned(), (self.exit() as u8).into()),
        ]);
        match self {
            Self::Service { error: client, .. } => {
                if let Some(api) = client.api() {
                    error.insert("status".to_owned(), api.status.into());
                    error.insert("code".to_owned(), api.code.clone().into());
                    error.insert("request_id".to_owned(), api.request_id.clone().into());
                    error.insert("data".to_owned(), Value::Object(api.data.clone()));
                }
            }
            Self::ChainBroken { line: Some(line), .. } => {
                error.insert("line".to_owned(), (*line).into());
            }
            Self::Mirror(stop) => {
                error.insert("code".to_owned(), stop.code().into());
            }
            Self::Import { error: import, .. } => {
                if let Some(line) = import.line() {
                    error.insert("line".to_owned(), line.into());
                }
            }
            _ => {}
        }
        json!({ "error": error })
    }
}

fn bindings(count: usize) -> String {
    if count == 1 { "1 binding".to_owned() } else { format!("{count} bindings") }
}

fn of_stop(stop: &Stop) -> Exit {
    match stop {
        Stop::Fork { .. } => Exit::Fork,
        Stop::Broken { .. } => Exit::Invalid,
        Stop::Rewritten { .. } | Stop::WentBack { .. } | Stop::Mark(MarkError::OtherEpoch { .. }) => {
            Exit::OtherFeed
        }
        Stop::OtherService { .. } => Exit::Unreachable,
        Stop::Mark(MarkError::Db(error)) | Stop::Db(error) if error.is_temporary() => Exit::Unreachable,
        Stop::Mark(MarkError::Db(_)) | Stop::Db(_) => Exit::Failure,
        Stop::Mark(_) => Exit::Usage,
    }
}

fn of_client_error(error: &ClientError) -> Exit {
    match error {
        ClientError::BadUrl { .. } | ClientError::Unsendable { .. } => Exit::Usage,
        ClientError::Setup { .. } => Exit::Failure,
        ClientError::PayloadDiffers { .. } => Exit::Invalid,
        ClientError::Api(api) if api.status < 500 && api.status != 429 => Exit::Refused,
        _ => Exit::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use nextid_client::ApiError;

    use super::*;

    fn refused(status: u16, code: &str, retry_after: Option<u64>) -> CliError {
        let error = ApiError {
            status,
            code: Some(code.to_owned()),
            message: "m".to_owned(),
            request_id: Some("r1".to_owned()),
            retry_after: retry_after.map(Duration::from_secs),
            data: Map::new(),
        };
        CliError::of(ServiceName::Proof)(ClientError::Api(Box::new(error)))
    }

    #[test]
    fn who_is_at_fault_decides_the_status() {
        assert_eq!(refused(400, "bad_signature", None).exit(), Exit::Refused);
        assert_eq!(refused(409, "chain_conflict", None).exit(), Exit::Refused);
        assert_eq!(refused(429, "rate_limited", None).exit(), Exit::Unreachable);
        assert_eq!(refused(503, "overloaded", None).exit(), Exit::Unreachable);
    }

    #[test]
    fn a_script_gets_the_code_and_the_data() {
        let json = refused(409, "chain_conflict", None).to_json();
        assert_eq!(json["error"]["code"], "chain_conflict");
        assert_eq!(json["error"]["exit_status"], 3);
        assert_eq!(json["error"]["message"], "proof-service: m (chain_conflict)");
    }
}
