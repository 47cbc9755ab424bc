//! The tables of ENSIP-15, read when the first name comes that is not plain ASCII.

use std::sync::LazyLock;

/// One section after the other, each begun by its name alone on a line; how they are made tells what they hold.
const TEXT: &str = include_str!("tables.txt");

/// The sign that an emoji is to be shown in colour; it may be left out wherever an emoji has it.
const IN_COLOUR: char = '\u{fe0f}';

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::read(TEXT));

/// What there is to know about a character that may be in a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Valid {
    /// The scripts that have it, as the number of a set.
    pub(super) groups: u16,
    /// Whether other scripts have something that looks the same.
    pub(super) looks: Looks,
    /// Whether it is a combining mark.
    pub(super) is_mark: bool,
    /// Whether it is one that takes no space.
    pub(super) is_non_spacing: bool,
    /// Whether it may only stand between others.
    pub(super) is_fenced: bool,
}

/// Who can spell what looks like a character.
#[derive(Debug, Clone, Copy)]
pub(super) enum Looks {
    /// One script has it, and nobody else anything like it.
    Unique,
    /// Several scripts have the very same character.
    Shared,
    /// The scripts of a set have something like it.
    Like(u16),
}

/// Characters in a row of which the same is to be known.
#[derive(Debug)]
struct Range<T> {
    first: u32,
    length: u32,
    value: T,
}

#[derive(Debug, Default)]
pub(super) struct Tables {
    most_marks: usize,
    free: Vec<u16>,
    sets: Vec<Vec<u16>>,
    valid: Vec<Range<Valid>>,
    ignored: Vec<Range<()>>,
    /// The character, and where in `mapped_to` its characters begin and end.
    mapped: Vec<(char, u16, u16)>,
    mapped_to: Vec<char>,
    /// Where in `emoji_characters` each emoji begins and ends, ascending by its first character.
    emoji: Vec<(u16, u16)>,
    emoji_characters: Vec<char>,
}

impl Tables {
    /// The text is ours, and tests read all of it: what cannot be read is left out.
    fn read(text: &str) -> Self {
        let (mut tables, mut section) = (Self::default(), "");
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if matches!(line, "most" | "free" | "sets" | "valid" | "ignored" | "mapped" | "emoji") {
                section = line;
            } else {
                tables.read_line(section, line);
            }
        }
        tables
    }

    fn read_line(&mut self, section: &str, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        match section {
            "most" => self.most_marks = usize::from_str_radix(line, 16).ok()?,
            "free" => self.free = words.filter_map(number).collect(),
            "sets" => self.sets.push(words.filter_map(number).collect()),
            "valid" => {
                let (first, length) = (code(words.next()?)?, code(words.next()?)?);
                let groups = number(words.next()?)?;
                let looks = match words.next()? {
                    "u" => Looks::Unique,
                    "s" => Looks::Shared,
                    set => Looks::Like(number(set)?),
                };
                let marks = words.next().unwrap_or_default();
                let has = |mark: char| marks.contains(mark);
                let value =
                    Valid { groups, looks, is_mark: has('c'), is_non_spacing: has('n'), is_fenced: has('f') };
                self.valid.push(Range { first, length, value });
            }
            "ignored" => {
                let (first, length) = (code(words.next()?)?, code(words.next()?)?);
                self.ignored.push(Range { first, length, value: () });
            }
            "mapped" => {
                let from = character(words.next()?)?;
                let (begin, end) = append(&mut self.mapped_to, words)?;
                self.mapped.push((from, begin, end));
            }
            _ => self.emoji.push(append(&mut self.emoji_characters, words)?),
        }
        Some(())
    }

    pub(super) fn most_marks(&self) -> usize {
        self.most_marks
    }

    /// Whether a script may put marks as it likes.
    pub(super) fn is_free(&self, group: u16) -> bool {
        self.free.contains(&group)
    }

    /// The scripts of a set, ascending.
    pub(super) fn set(&self, number: u16) -> &[u16] {
        self.sets.get(usize::from(number)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn valid(&self, character: char) -> Option<&Valid> {
        find(&self.valid, character)
    }

    pub(super) fn is_ignored(&self, character: char) -> bool {
        find(&self.ignored, character).is_some()
    }

    /// What a character stands for, such as a capital for its small letter.
    pub(super) fn mapped(&self, character: char) -> Option<&[char]> {
        let place = self.mapped.binary_search_by_key(&character, |(from, _, _)| *from).ok()?;
        let (_, begin, end) = *self.mapped.get(place)?;
        self.mapped_to.get(usize::from(begin)..usize::from(end))
    }

    /// The longest emoji at the beginning of a text: how many characters it takes there, and its own.
    pub(super) fn emoji_at(&self, text: &[char]) -> Option<(usize, Vec<char>)> {
        let first = text.first()?;
        let of = |emoji: &(u16, u16)| {
            self.emoji_characters.get(usize::from(emoji.0)..usize::from(emoji.1)).unwrap_or(&[])
        };
        let begin = self.emoji.partition_point(|emoji| of(emoji).first() < Some(first));
        let candidates =
            self.emoji.iter().skip(begin).map(of).take_while(|emoji| emoji.first() == Some(first));
        let longest = candidates
            .filter_map(|emoji| Some((taken(text, emoji)?, emoji)))
            .max_by_key(|(length, _)| *length);
        let (length, emoji) = longest?;
        Some((length, emoji.iter().copied().filter(|character| *character != IN_COLOUR).collect()))
    }
}

/// How many characters of a text are this emoji, with or without the signs of its colours; none if it does not begin so.
fn taken(text: &[char], emoji: &[char]) -> Option<usize> {
    let mut length = 0;
    for wanted in emoji {
        if text.get(length) == Some(wanted) {
            length += 1;
        } else if *wanted != IN_COLOUR {
            return None;
        }
    }
    Some(length)
}

fn find<T>(ranges: &[Range<T>], character: char) -> Option<&T> {
    let code = u32::from(character);
    let after = ranges.partition_point(|range| range.first <= code);
    let range = ranges.get(after.checked_sub(1)?)?;
    (code - range.first < range.length).then_some(&range.value)
}

fn append<'w>(characters: &mut Vec<char>, words: impl Iterator<Item = &'w str>) -> Option<(u16, u16)> {
    let begin = u16::try_from(characters.len()).ok()?;
    characters.extend(words.filter_map(character));
    Some((begin, u16::try_from(characters.len()).ok()?))
}

fn code(word: &str) -> Option<u32> {
    u32::from_str_radix(word, 16).ok()
}

fn number(word: &str) -> Option<u16> {
    u16::from_str_radix(word, 16).ok()
}

fn character(word: &str) -> Option<char> {
    char::from_u32(code(word)?)
}
