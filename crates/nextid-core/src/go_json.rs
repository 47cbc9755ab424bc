//! JSON strings as Go's `encoding/json` spells them: proof payloads are signed in that spelling.

/// Appends `text` as a JSON string, quotes included.
///
/// `<`, `>`, `&`, U+2028 and U+2029 are escaped as `\u00XX` or `\u202X`; control characters as `\u00XX` but for `\t`,
/// `\n` and `\r`; everything else that is not a quote or a backslash is raw UTF-8.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
