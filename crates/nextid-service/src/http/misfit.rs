//! What of a body or a query does not fit, and where.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::error::ApiError;

/// What does not fit, and where.
#[derive(Debug, PartialEq)]
pub(super) struct Misfit {
    /// The path to the field; empty is the whole.
    path: String,
    problem: Problem,
}

#[derive(Debug, PartialEq)]
enum Problem {
    Missing,
    Wrong { expected: String, found: Option<String> },
}

impl Misfit {
    pub(super) fn wrong(expected: impl fmt::Display, found: Option<String>) -> Self {
        Self { path: String::new(), problem: Problem::Wrong { expected: expected.to_string(), found } }
    }

    pub(super) fn wrong_at(path: &str, expected: &str) -> Self {
        Self { path: String::new(), problem: Problem::Wrong { expected: expected.to_owned(), found: None } }
            .under(path)
    }

    /// Puts the name of the surrounding field before the path.
    pub(super) fn under(mut self, name: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => name.to_owned(),
            path if path.starts_with('[') => format!("{name}{path}"),
            path => format!("{name}.{path}"),
        };
        self
    }
}

impl From<Misfit> for ApiError {
    fn from(misfit: Misfit) -> Self {
        let field = &misfit.path;
        match misfit.problem {
            Problem::Missing => Self::missing_field(field),
            Problem::Wrong { expected, found: Some(found) } => {
                Self::bad_field(field, format_args!("expected {expected}, found {found}"))
                    .expected(expected)
                    .found(found)
            }
            Problem::Wrong { expected, found: None } => Self::bad_field(field, expected),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Missing => write!(f, "{} is missing", self.path),
            Problem::Wrong { expected, .. } => write!(f, "{}: expected {expected}", self.path),
        }
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::wrong(message, None)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(kind_of_expected(&expected.to_string()), Some(kind_of_found(found).to_owned()))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::wrong(format_args!("one of {}", expected.join(", ")), Some("another value".to_owned()))
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: field.to_owned(), problem: Problem::Missing }
    }
}

/// Says what serde expected in words of JSON.
fn kind_of_expected(text: &str) -> String {
    match text {
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number, not negative".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "an object".to_owned(),
        _ => text.to_owned(),
    }
}

/// Says what was found by kind only: a value can be long, or a secret.
fn kind_of_found(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "another value",
    }
}
