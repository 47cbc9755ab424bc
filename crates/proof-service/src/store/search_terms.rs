//! What a search for a part looks up in the index of three characters in a row that the database keeps.
//!
//! The migration says how the index is made; what is computed here has to be the same.

use nextid_core::Platform;

/// Stands twice before each indexed text.
const START: char = '\u{2}';
/// Stands before the platform, on SQLite.
const PLATFORM: char = '\u{3}';
/// Keys of a text that are looked up at most. The others would hardly rule out more, and what is found is compared.
const KEYS: usize = 6;

/// A text that is looked for within the indexed ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    sought: String,
}

impl Term {
    /// Looks for `part` anywhere, or at the beginning if it has fewer than three characters: a shorter one is nearly
    /// everywhere. None if nothing of it can be indexed.
    pub(super) fn new(part: &str) -> Option<Self> {
        let part: String = part.chars().filter(|c| !matches!(*c, START | PLATFORM)).collect();
        let starts = match part.chars().count() {
            0 => return None,
            length => 3_usize.saturating_sub(length),
        };
        Some(Self { sought: (0..starts).map(|_| START).chain(part.chars()).collect() })
    }

    /// The text to be found.
    pub(super) fn sought(&self) -> &str {
        &self.sought
    }

    /// Whether a row has the text whenever it has the key: there is one, and it is not hashed.
    pub(super) fn is_told_by_its_key(&self) -> bool {
        self.sought.len() == 3
    }

    /// Keys on PostgreSQL that every row with the text has, without the segment.
    pub(super) fn keys(&self) -> Vec<i64> {
        let letters: Vec<char> = self.sought.chars().collect();
        let grams: Vec<i64> = letters.windows(3).filter_map(gram_key).collect();
        let last = grams.len().saturating_sub(1);
        // Every third, since they overlap, or fewer of a long text; and the last.
        let step = last.div_ceil(KEYS - 1).max(3);
        let mut keys: Vec<i64> = grams.iter().step_by(step).chain(grams.last()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The phrase of FTS5 that finds the text.
    pub(super) fn phrase(&self) -> String {
        phrase(&self.sought)
    }
}

fn gram_key(gram: &[char]) -> Option<i64> {
    let [a, b, c] = gram else { return None };
    let [a, b, c] = [a, b, c].map(|letter| i64::from(u32::from(*letter)));
    Some(if a < 128 && b < 128 && c < 128 {
        a << 14 | b << 7 | c
    } else {
        1 << 31 | (((a * 31_337 + b) * 31_337 + c) & ((1 << 30) - 1))
    })
}

/// The key of a platform on PostgreSQL, without the segment.
pub(super) fn platform_key(platform: Platform) -> i64 {
    let [length, a, b, c] = platform_parts(platform).map(i64::from);
    3 << 30 | length << 21 | a << 14 | b << 7 | c
}

/// The phrase of FTS5 that finds a platform.
pub(super) fn platform_phrase(platform: Platform) -> String {
    let [length, a, b, c] = platform_parts(platform);
    let private = |offset: u32| char::from_u32(0xF_0000 + offset);
    phrase(
        &[Some(PLATFORM), private((length << 7) + a), private((b << 7) + c)]
            .into_iter()
            .flatten()
            .collect::<String>(),
    )
}

fn platform_parts(platform: Platform) -> [u32; 4] {
    let name = platform.as_str();
    let mut letters = name.bytes().map(u32::from);
    let mut letter = || letters.next().unwrap_or(0);
    [u32::try_from(name.len()).unwrap_or(0) & 127, letter(), letter(), letter()]
}

fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn term(part: &str) -> Term {
        Term::new(part).expect("something to look for")
    }

    #[test]
    fn short_texts_are_looked_for_at_the_beginning() {
        assert_eq!(term("a").sought(), "\u{2}\u{2}a");
        assert_eq!(term("éé").sought(), "\u{2}éé");
        assert_eq!(term("abc").sought(), "abc");
        assert_eq!(term("a\u{2}b\u{3}").sought(), "\u{2}ab");
        assert_eq!(Term::new("\u{2}\u{3}"), None);
        assert_eq!(Term::new(""), None);
    }

    #[test]
    fn a_long_text_has_few_keys_from_end_to_end() {
        let key = |gram: &str| gram_key(&gram.chars().collect::<Vec<_>>()).unwrap();
        assert_eq!(term("abc").keys(), [key("abc")]);
        assert_eq!(term("abcd").keys(), [key("abc"), key("bcd")]);
        assert_eq!(term("abcdef").keys(), [key("abc"), key("def")]);
        let long: String = ('a'..='z').chain('A'..='Z').collect();
        let keys = term(&long).keys();
        assert_eq!(keys.len(), KEYS);
        assert!(keys.contains(&key("abc")) && keys.contains(&key("XYZ")));
        assert_eq!(term("aaaaaaaaaa").keys(), [key("aaa")]);
    }

    #[test]
    fn only_a_single_key_of_ascii_tells() {
        for (part, tells) in
            [("abc", true), ("a", true), ("%_%", true), ("abcd", false), ("é", false), ("日本語", false)]
        {
            assert_eq!(term(part).is_told_by_its_key(), tells, "{part}");
        }
    }

    #[test]
    fn quotes_are_doubled_in_a_phrase() {
        assert_eq!(term("a\"b OR c").phrase(), "\"a\"\"b OR c\"");
    }

    /// A new platform whose name begins like that of another and is as long would be mixed up with it on SQLite.
    #[test]
    fn each_platform_has_a_key_of_its_own() {
        let keys: BTreeSet<_> = Platform::ALL.iter().map(|platform| platform_key(*platform)).collect();
        let phrases: BTreeSet<_> = Platform::ALL.iter().map(|platform| platform_phrase(*platform)).collect();
        assert_eq!((keys.len(), phrases.len()), (Platform::ALL.len(), Platform::ALL.len()));
        assert!(phrases.iter().all(|phrase| phrase.chars().count() == 5));
    }
}
