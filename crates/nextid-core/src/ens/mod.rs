//! ENSIP-15: the one spelling of an ENS name, or none for a name that could be taken for another.
//!
//! Source: <https://docs.ens.domains/ensip/15>. The rules' own data are 3 MB that take 30 MB once they are read; the
//! tables here hold the same in ranges.

mod tables;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use tables::{Looks, TABLES, Tables, Valid};

/// A piece of a label.
enum Token {
    /// Letters, digits and what goes with them, composed (NFC).
    Text(Vec<char>),
    /// An emoji without the signs that say how it is to be shown.
    Emoji(Vec<char>),
}

impl Token {
    fn characters(&self) -> &[char] {
        match self {
            Self::Text(characters) | Self::Emoji(characters) => characters,
        }
    }
}

/// Normalises a name; none if a label of it is empty, holds a character that is not allowed, or mixes what must not be
/// mixed. The empty name is its own normal form.
pub fn normalize(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some(String::new());
    }
    let mut out = String::with_capacity(name.len());
    for (index, label) in name.split('.').enumerate() {
        if index > 0 {
            out.push('.');
        }
        if is_plain(label) {
            check_ascii(label.chars())?;
            out.push_str(&label.to_ascii_lowercase());
        } else {
            out.extend(normalize_label(label)?);
        }
    }
    Some(out)
}

/// Whether only the rules for ASCII apply, and no character means another but a capital.
fn is_plain(label: &str) -> bool {
    !label.is_empty()
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$'))
}

fn normalize_label(label: &str) -> Option<Vec<char>> {
    let tables = &*TABLES;
    let tokens = tokens(tables, &label.chars().collect::<Vec<_>>())?;
    let output: Vec<char> = tokens.iter().flat_map(|token| token.characters().iter().copied()).collect();
    check_underscores(output.iter().copied())?;
    let text_only = matches!(tokens.as_slice(), [Token::Text(_)]);
    if text_only && output.iter().all(char::is_ascii) {
        check_ascii(output.iter().copied())?;
        return Some(output);
    }
    let text = |token: &Token| matches!(token, Token::Text(_));
    let characters: Vec<char> =
        tokens.iter().filter(|token| text(token)).flat_map(|token| token.characters()).copied().collect();
    let first = output.first()?;
    if !characters.is_empty() {
        // No mark stands first, or after an emoji.
        let mut firsts =
            tokens.iter().skip(1).filter(|token| text(token)).filter_map(|token| token.characters().first());
        if is_mark(tables, first) || firsts.any(|first| is_mark(tables, first)) {
            return None;
        }
        check_fenced(tables, &output)?;
        check_script(tables, &characters)?;
    }
    Some(output)
}

/// Takes a label apart. None for a character that is not allowed, and for a label of which nothing is left.
fn tokens(tables: &Tables, label: &[char]) -> Option<Vec<Token>> {
    let (mut tokens, mut text, mut rest) = (Vec::new(), String::new(), label);
    while let [first, after @ ..] = rest {
        if let Some((length, emoji)) = tables.emoji_at(rest) {
            flush(&mut tokens, &mut text);
            tokens.push(Token::Emoji(emoji));
            rest = rest.get(length..)?;
            continue;
        }
        if tables.valid(*first).is_some() {
            text.push(*first);
        } else if let Some(mapped) = tables.mapped(*first) {
            text.extend(mapped);
        } else if !tables.is_ignored(*first) {
            return None;
        }
        rest = after;
    }
    flush(&mut tokens, &mut text);
    (!tokens.is_empty()).then_some(tokens)
}

fn flush(tokens: &mut Vec<Token>, text: &mut String) {
    if !text.is_empty() {
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        tokens.push(Token::Text(composed.chars().collect()));
        text.clear();
    }
}

fn is_mark(tables: &Tables, character: &char) -> bool {
    tables.valid(*character).is_some_and(|valid| valid.is_mark)
}

/// Underscores stand at the start only, and `--` not at the third place, where other standards have put a meaning.
fn check_ascii(characters: impl Iterator<Item = char> + Clone) -> Option<()> {
    check_underscores(characters.clone())?;
    let is_extension = characters.skip(2).take(2).filter(|character| *character == '-').count() == 2;
    (!is_extension).then_some(())
}

fn check_underscores(characters: impl Iterator<Item = char>) -> Option<()> {
    (!characters.skip_while(|character| *character == '_').any(|character| character == '_')).then_some(())
}

/// Apostrophes and the like stand between characters: neither first, nor last, nor beside each other.
fn check_fenced(tables: &Tables, output: &[char]) -> Option<()> {
    let is_fenced = |character: &char| tables.valid(*character).is_some_and(|valid| valid.is_fenced);
    let at_an_end = output.first().is_some_and(is_fenced) || output.last().is_some_and(is_fenced);
    let mut pairs = output.iter().zip(output.iter().skip(1));
    let side_by_side = pairs.any(|(one, other)| is_fenced(one) && is_fenced(other));
    (!at_an_end && !side_by_side).then_some(())
}

/// All characters are of one script, and do not look like a word of another one.
fn check_script(tables: &Tables, characters: &[char]) -> Option<()> {
    let mut unique: Vec<char> = Vec::new();
    for character in characters {
        if !unique.contains(character) {
            unique.push(*character);
        }
    }
    let valids: Vec<&Valid> =
        unique.iter().map(|character| tables.valid(*character)).collect::<Option<_>>()?;
    let (first, others) = valids.split_first()?;
    let mut groups = tables.set(first.groups).to_vec();
    for valid in others {
        // Once one group is left, the check of all characters against it decides.
        if groups.len() == 1 {
            break;
        }
        groups.retain(|group| tables.set(valid.groups).contains(group));
    }
    let group = *groups.first()?;
    if !valids.iter().all(|valid| tables.set(valid.groups).contains(&group)) {
        return None;
    }
    if !tables.is_free(group) {
        check_marks(tables, characters)?;
    }
    check_look(tables, &valids)
}

/// Not too many marks on one character, and none twice.
fn check_marks(tables: &Tables, characters: &[char]) -> Option<()> {
    let text: String = characters.iter().collect();
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
    let mut marks: Vec<char> = Vec::new();
    // The first has nothing to stand on, so that it counts as a character.
    for character in decomposed.chars().skip(1) {
        if !tables.valid(character).is_some_and(|valid| valid.is_non_spacing) {
            marks.clear();
            continue;
        }
        if marks.contains(&character) || marks.len() == tables.most_marks() {
            return None;
        }
        marks.push(character);
    }
    Some(())
}

/// Refuses what another script can spell so that it looks the same.
fn check_look(tables: &Tables, valids: &[&Valid]) -> Option<()> {
    let (mut others, mut shared): (Option<Vec<u16>>, Vec<&Valid>) = (None, Vec::new());
    for valid in valids {
        match valid.looks {
            Looks::Unique => return Some(()),
            Looks::Shared => shared.push(valid),
            Looks::Like(set) => {
                let set = tables.set(set);
                let left: Vec<u16> = match others {
                    Some(others) => others.into_iter().filter(|group| set.contains(group)).collect(),
                    None => set.to_vec(),
                };
                if left.is_empty() {
                    return Some(());
                }
                others = Some(left);
            }
        }
    }
    let spells_all = |group: &u16| shared.iter().all(|valid| tables.set(valid.groups).contains(group));
    (!others.is_some_and(|others| others.iter().any(spells_all))).then_some(())
}
