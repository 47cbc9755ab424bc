//! One spelling for every JSON value: what KV patches are signed in and what contents are stored in.

use serde_json::{Number, Value};
use thiserror::Error;

/// JSON text as the `serde_json` of the field's kv-service writes it: no white space, keys sorted by their UTF-8 bytes, the
/// last of repeated keys kept, no HTML escaping, integers within 64 bits as they are and all other numbers as the shortest
/// decimal of their double, in Ryu's spelling (`1e21`, where today's `serde_json` has `1e+21`).
///
/// Writing, reading and writing again gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalJson(String);

/// The value is nested deeper than is allowed; carries the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("nested deeper than {0} levels")]
pub struct TooDeep(pub usize);

impl CanonicalJson {
    /// Writes `value` in its canonical spelling.
    pub fn of(value: &Value) -> Self {
        let mut out = String::with_capacity(128);
        push_value(&mut out, value);
        Self(out)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, by value.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Checks that arrays and objects in `value` nest at most `limit` deep; a scalar has depth 0.
///
/// # Errors
/// [`TooDeep`].
pub fn check_depth(value: &Value, limit: usize) -> Result<(), TooDeep> {
    fn within(value: &Value, left: usize) -> bool {
        match value {
            Value::Array(items) => left > 0 && items.iter().all(|item| within(item, left - 1)),
            Value::Object(fields) => left > 0 && fields.values().all(|field| within(field, left - 1)),
            _ => true,
        }
    }
    if within(value, limit) { Ok(()) } else { Err(TooDeep(limit)) }
}

fn push_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => push_number(out, number),
        Value::String(text) => push_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_value(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_string(out, name);
                out.push(':');
                push_value(out, field);
            }
            out.push('}');
        }
    }
}

fn push_number(out: &mut String, number: &Number) {
    match number.as_f64() {
        // A JSON number is always finite.
        Some(double) if number.is_f64() => out.push_str(ryu::Buffer::new().format_finite(double)),
        _ => out.push_str(&number.to_string()),
    }
}

/// Appends `text` as a JSON string in the canonical spelling, quotes included.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
}
