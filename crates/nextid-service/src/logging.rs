//! Log lines on standard error: one line each, which can be read alone.

use std::fmt::Write as _;
use std::io::Write as _;

use log::Record;
use log::kv::{Error, Key, Value, VisitSource};

use crate::config::{LogConfig, LogFormat};

/// Sends the log to standard error as configured, and panics to the log. What another logger has taken stays taken.
pub fn init(config: &LogConfig) {
    let format = config.format;
    let logger = env_logger::Builder::new()
        // A client's broken request is no error of ours, and nobody may fill the log with them; how many workers start is
        // no news. What the operator names in the filter is shown all the same.
        .filter_module("actix_http", log::LevelFilter::Off)
        .filter_module("actix_server", log::LevelFilter::Warn)
        .parse_filters(&config.filter)
        .format(move |out, record| {
            let time = out.timestamp_millis().to_string();
            let line = match format {
                LogFormat::Text => text_line(&time, record),
                LogFormat::Json => json_line(&time, record),
            };
            writeln!(out, "{line}")
        })
        .try_init();
    if logger.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            log::error!(target: "nextid::panic", place = place.as_str(); "{}", panic_message(panic));
        }));
    }
}

fn panic_message<'a>(panic: &'a std::panic::PanicHookInfo<'_>) -> &'a str {
    panic.payload_as_str().unwrap_or("a panic without a message")
}

/// `time LEVEL target: message key=value …`
fn text_line(time: &str, record: &Record<'_>) -> String {
    let mut line = format!("{time} {:<5} {}: ", record.level(), record.target());
    // A message must not be able to look like another line.
    for char in record.args().to_string().chars() {
        if char.is_control() {
            let _ = write!(line, "{}", char.escape_default());
        } else {
            line.push(char);
        }
    }
    let _ = record.key_values().visit(&mut TextFields(&mut line));
    line
}

struct TextFields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for TextFields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let text = value.to_string();
        let plain = !text.is_empty()
            && text
                .chars()
                .all(|char| !char.is_control() && !char.is_whitespace() && !matches!(char, '"' | '='));
        let shown = if plain { text } else { serde_json::Value::from(text).to_string() };
        let _ = write!(self.0, " {key}={shown}");
        Ok(())
    }
}

fn json_line(time: &str, record: &Record<'_>) -> String {
    let mut fields = JsonFields(serde_json::Map::new());
    let _ = record.key_values().visit(&mut fields);
    for (name, value) in [
        ("time", time.to_owned()),
        ("level", record.level().to_string()),
        ("target", record.target().to_owned()),
        ("message", record.args().to_string()),
    ] {
        fields.0.insert(name.to_owned(), value.into());
    }
    serde_json::Value::Object(fields.0).to_string()
}

struct JsonFields(serde_json::Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for JsonFields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let json = value
            .to_u64()
            .map(serde_json::Value::from)
            .or_else(|| value.to_i64().map(serde_json::Value::from))
            .or_else(|| value.to_bool().map(serde_json::Value::from))
            .or_else(|| value.to_f64().map(serde_json::Value::from))
            .unwrap_or_else(|| value.to_string().into());
        self.0.insert(key.to_string(), json);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use log::Level;

    use super::*;

    fn lines(message: &str, fields: &[(&str, &str)]) -> (String, serde_json::Value) {
        let fields: Vec<(&str, Value<'_>)> =
            fields.iter().map(|(key, value)| (*key, Value::from(*value))).collect();
        let fields = fields.as_slice();
        let record_of = |read: &dyn Fn(&Record<'_>) -> String| {
            read(
                &Record::builder()
                    .level(Level::Warn)
                    .target("nextid::test")
                    .args(format_args!("{message}"))
                    .key_values(&fields)
                    .build(),
            )
        };
        let text = record_of(&|record| text_line("T", record));
        let json = record_of(&|record| json_line("T", record));
        (text, serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn a_line_is_one_line_whatever_is_in_it() {
        let (text, json) = lines("two\nlines", &[("path", "/a b\n\"c\""), ("status", "200"), ("empty", "")]);
        assert_eq!(text, "T WARN  nextid::test: two\\nlines path=\"/a b\\n\\\"c\\\"\" status=200 empty=\"\"");
        assert_eq!(json["message"], "two\nlines");
        assert_eq!(json["path"], "/a b\n\"c\"");
    }

    #[test]
    fn fields_cannot_replace_what_every_line_has() {
        let (_, json) = lines("said", &[("message", "forged"), ("level", "INFO")]);
        assert_eq!((json["message"].as_str(), json["level"].as_str()), (Some("said"), Some("WARN")));
    }
}
