//! The proof file `0x<compressed key>.json` that a person publishes on GitHub or Keybase.

use nextid_core::{Avatar, post_text};
use serde_json::{Map, Value};

use crate::{CheckError, Claim, Evidence};

/// The fields of a proof file. All but `signature` repeat for people what was signed.
#[derive(Debug)]
pub(crate) struct ProofFile {
    name: String,
    fields: Map<String, Value>,
}

impl ProofFile {
    /// Reads the claimed Avatar's proof file.
    ///
    /// # Errors
    /// [`CheckError::Missing`] or [`CheckError::Text`].
    pub(crate) fn of(claim: &Claim, evidence: &Evidence) -> Result<Self, CheckError> {
        let name = post_text::file_name(&claim.avatar);
        let Some(file) = evidence.text(&name) else {
            return Err(CheckError::Missing { expected: format!("a file {name}") });
        };
        if file.truncated {
            return Err(unfit(&name, "a file so large that the platform cut it"));
        }
        match parse(file.content.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(fields)) => Ok(Self { name, fields }),
            Ok(_) => Err(unfit(&name, "JSON that is not an object")),
            Err(error) => {
                Err(unfit(&name, &format!("not JSON, at line {} column {}", error.line(), error.column())))
            }
        }
    }

    /// The field `signature`, which may still be anything.
    ///
    /// # Errors
    /// [`CheckError::Text`].
    pub(crate) fn signature(&self) -> Result<&str, CheckError> {
        match self.fields.get("signature") {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(unfit(&self.name, "a \"signature\" that is not a text")),
            None => Err(unfit(&self.name, "an object without \"signature\"")),
        }
    }

    /// Checks that the field `persona` is this Avatar, in any spelling of a key.
    ///
    /// # Errors
    /// [`CheckError::Text`].
    pub(crate) fn check_persona(&self, avatar: &Avatar) -> Result<(), CheckError> {
        let found = self.fields.get("persona").and_then(Value::as_str);
        if found.is_some_and(|text| Avatar::parse(text).as_ref() == Ok(avatar)) {
            return Ok(());
        }
        Err(CheckError::Text {
            expected: format!("the \"persona\" {avatar} in {}", self.name),
            found: match found {
                Some(text) => format!("the \"persona\" {}", text.chars().take(140).collect::<String>()),
                None => "no \"persona\"".to_owned(),
            },
        })
    }
}

/// Reads JSON, and JSON whose quotation marks an editor made typographic ones. The error is about the text as it is.
pub(crate) fn parse(content: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(content).or_else(|error| {
        let straight = content.replace(['“', '”', '„', '«', '»'], "\"");
        serde_json::from_str(&straight).map_err(|_| error)
    })
}

fn unfit(name: &str, found: &str) -> CheckError {
    CheckError::Text {
        expected: format!("a JSON object with the text \"signature\" in {name}"),
        found: found.to_owned(),
    }
}
