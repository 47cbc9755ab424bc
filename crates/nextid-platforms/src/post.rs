//! What several platforms share: finding a signature in a text as people and platforms mangle it, and judging it.

use nextid_core::{Signature, signature_text};

use crate::{CheckError, Claim, FoundSignature, html};

/// The text of a post that the platform gives as HTML: a line for every line that is seen, entities resolved, quotations
/// marked by `> `.
pub fn html_text(html: &str) -> String {
    html::to_text(html)
}

/// The text of a post that the platform gives as text, with the characters that mean something in HTML replaced.
pub fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&nbsp;", " "),
        // At last, so that `&amp;lt;` becomes `&lt;`.
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The text without what keyboards, editors and platforms put into it unasked: every kind of line end is `\n`, every kind
/// of space a space, quotation marks are straight, invisible characters (soft hyphens, joiners, direction marks, variation
/// selectors) are gone, and so are spaces at the ends of lines.
pub fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                push_line_end(&mut out);
            }
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => push_line_end(&mut out),
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            '“' | '”' | '„' | '‟' | '«' | '»' | '＂' => out.push('"'),
            '‘' | '’' | '‚' | '‛' => out.push('\''),
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    push_line_end(&mut out);
    out.pop();
    out
}

fn push_line_end(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// What follows `label` on the first line that begins with it and has more; white space at its end is dropped. The first
/// such line decides, whatever comes after it: otherwise a reply or a quotation below a post could speak for it.
///
/// `label` is as in the post's template, for example `"Sig: "`.
pub fn labelled<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().filter_map(|line| line.strip_prefix(label)).map(str::trim_end).find(|rest| !rest.is_empty())
}

/// Which spellings of a signature count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Base64, and where that fails base1024.
    Any,
    /// Base64.
    Base64,
}

/// Judges the signature on the labelled line of a post, whose text is [`tidied`] first; quotation marks around the
/// signature do not count.
///
/// # Errors
/// [`CheckError::Missing`] or [`CheckError::Signature`].
pub fn judge_labelled(
    claim: &Claim,
    text: &str,
    label: &str,
    spelling: Spelling,
) -> Result<Signature, CheckError> {
    let text = tidied(text);
    let Some(found) = labelled(&text, label) else {
        return Err(missing_line(label));
    };
    let found = unquoted(found);
    match spelling {
        Spelling::Any => judge_text(claim, found),
        Spelling::Base64 => judge_base64(claim, found),
    }
}

pub(crate) fn missing_line(label: &str) -> CheckError {
    CheckError::Missing { expected: format!("a line \"{label}<signature>\"") }
}

/// The text without one pair of quotation marks around it.
pub(crate) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\'', '`']
        .iter()
        .find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark))
        .unwrap_or(text)
        .trim()
}

/// Judges a signature in base64 or base1024, as posts carry it.
///
/// # Errors
/// [`CheckError::Signature`].
pub fn judge_text(claim: &Claim, text: &str) -> Result<Signature, CheckError> {
    judge(claim, &signature_text::decode_post(text.trim()))
}

/// Judges a signature in base64 only, as records carry it.
///
/// # Errors
/// [`CheckError::Signature`].
pub fn judge_base64(claim: &Claim, text: &str) -> Result<Signature, CheckError> {
    match signature_text::decode_base64_proof(text) {
        Ok(bytes) => judge(claim, &bytes),
        Err(error) => Err(mismatch(claim, FoundSignature::Undecodable(error))),
    }
}

/// Judges a signature: it must be the claimed Avatar's over the claim's payload.
///
/// # Errors
/// [`CheckError::Signature`].
pub fn judge(claim: &Claim, bytes: &[u8]) -> Result<Signature, CheckError> {
    let unrecoverable = |error| mismatch(claim, FoundSignature::Unrecoverable(error));
    let signature = Signature::from_slice(bytes).map_err(unrecoverable)?;
    let signer = signature.recover(claim.payload.as_bytes()).map_err(unrecoverable)?;
    if signer == claim.avatar {
        Ok(signature)
    } else {
        Err(mismatch(claim, FoundSignature::By(Box::new(signer))))
    }
}

fn mismatch(claim: &Claim, found: FoundSignature) -> CheckError {
    CheckError::Signature { expected: claim.avatar, found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_labelled_line_decides() {
        for (text, found) in [
            ("hello\nSig: abc=\nSig: def=", Some("abc=")),
            ("Sig: abc= \r\nMisc: x", Some("abc=")),
            ("Sig:  two spaces", Some(" two spaces")),
            ("Sig: \nSig: abc=", Some("abc=")),
            ("see Sig: abc=", None),
            (" Sig: abc=", None),
            ("> Sig: abc=", None),
            ("sig: abc=", None),
            ("Sig:abc=", None),
            ("", None),
        ] {
            assert_eq!(labelled(text, "Sig: "), found, "{text:?}");
        }
    }

    #[test]
    fn what_nobody_asked_for_is_removed() {
        for (text, tidy) in [
            ("", ""),
            ("a\nb", "a\nb"),
            ("a\r\nb\rc\u{2028}d\u{85}e", "a\nb\nc\nd\ne"),
            ("a \t\u{a0}\nb  ", "a\nb"),
            ("Sig:\u{a0}a\u{3000}b", "Sig: a b"),
            ("S\u{200b}ig: a\u{ad}b\u{2060}c\u{feff}", "Sig: abc"),
            ("\u{202a}Sig: a\u{202c}", "Sig: a"),
            ("🃏\u{fe0f}🅰\u{fe0e}", "🃏🅰"),
            ("“a” ‘b’ «c»", "\"a\" 'b' \"c\""),
            ("\n\na\n\n", "\n\na\n\n"),
            ("😀é漢", "😀é漢"),
        ] {
            assert_eq!(tidied(text), tidy, "{text:?}");
            assert_eq!(tidied(tidy), tidy);
        }
    }

    #[test]
    fn no_letter_of_an_encoding_is_touched() {
        let every_byte: Vec<u8> = (0..=255).collect();
        for text in [nextid_core::base1024::encode(&every_byte), signature_text::encode_base64(&every_byte)] {
            assert_eq!(tidied(&text), text);
            assert_eq!(unescaped(&text), text);
        }
        let every_symbol: Vec<u8> = (0_u16..1024)
            .step_by(4)
            .flat_map(|n| {
                // Four symbols of ten bits are five bytes.
                let bits = (0..4).fold(0_u64, |bits, add| (bits << 10) | u64::from(n + add));
                bits.to_be_bytes().into_iter().skip(3)
            })
            .collect();
        let text = nextid_core::base1024::encode(&every_symbol);
        assert_eq!(text.chars().count(), 1024);
        assert_eq!(tidied(&text), text);
    }

    #[test]
    fn entities() {
        for (text, plain) in [
            ("a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#039;", "a <b> & \"c\" 'd'"),
            ("&amp;lt; &unknown; &", "&lt; &unknown; &"),
        ] {
            assert_eq!(unescaped(text), plain);
        }
    }

    #[test]
    fn one_pair_of_quotation_marks() {
        for (text, plain) in [
            ("\"a=\"", "a="),
            ("`a=` ", "a="),
            ("'a='", "a="),
            ("\"a='", "\"a='"),
            ("\"", "\""),
            ("a", "a"),
            ("", ""),
        ] {
            assert_eq!(unquoted(text), plain, "{text}");
        }
    }
}
