//! ENS names, beside another implementation of ENSIP-15 with the same data.

use nextid_core::ens::normalize;

/// What the other implementation says.
fn theirs(name: &str) -> Option<String> {
    ens_normalize::ens_normalize(name).ok()
}

/// Every character of the planes that have any.
fn all_characters() -> impl Iterator<Item = char> {
    (0..0x4_0000).chain(0xe_0000..0xe_1000).filter_map(char::from_u32)
}

#[test]
fn names_and_what_becomes_of_them() {
    for (name, wanted) in [
        ("", Some("")),
        ("vitalik.eth", Some("vitalik.eth")),
        ("VITALIK.eth", Some("vitalik.eth")),
        ("_under_score.eth", None),
        ("__x.eth", Some("__x.eth")),
        ("ab--c.eth", None),
        ("a..eth", None),
        (".", None),
        ("a b.eth", None),
        ("it's.eth", Some("it’s.eth")),
        ("'s.eth", None),
        ("it''s.eth", None),
        ("münchen.eth", Some("münchen.eth")),
        ("mu\u{308}nchen.eth", Some("münchen.eth")),
        ("straße.eth", Some("straße.eth")),
        ("ﬁ.eth", Some("fi.eth")),
        ("１２３.eth", Some("123.eth")),
        ("a\u{ad}b.eth", Some("ab.eth")),
        ("\u{ad}.eth", None),
        // Cyrillic а, with Latin letters and alone.
        ("p\u{430}ypal.eth", None),
        ("\u{430}\u{440}\u{435}.eth", None),
        ("ДАЧА.eth", Some("дача.eth")),
        ("Ξ.eth", Some("ξ.eth")),
        ("一二三.eth", Some("一二三.eth")),
        ("한국.eth", Some("한국.eth")),
        ("a\u{301}\u{301}.eth", None),
        ("\u{301}a.eth", None),
        ("👍🏽.eth", Some("👍🏽.eth")),
        ("❤\u{fe0f}.eth", Some("❤.eth")),
        ("1\u{fe0f}\u{20e3}.eth", Some("1\u{20e3}.eth")),
        ("🏴‍☠\u{fe0f}.eth", Some("🏴‍☠.eth")),
        ("👨‍👩‍👧.eth", Some("👨‍👩‍👧.eth")),
        ("👍\u{301}.eth", None),
        ("raffy🚴‍♂\u{fe0f}.eth", Some("raffy🚴‍♂.eth")),
    ] {
        assert_eq!(normalize(name).as_deref(), wanted, "{name:?}");
        assert_eq!(theirs(name).as_deref(), wanted, "{name:?}, by the other implementation");
    }
}

#[test]
fn every_character_alone_and_after_a_letter() {
    for character in all_characters() {
        for name in [character.to_string(), format!("a{character}")] {
            assert_eq!(normalize(&name), theirs(&name), "{name:?}");
        }
    }
}

#[test]
fn every_emoji_whole_bare_and_beside_another() {
    for emoji in ens_normalize::ens_emoji() {
        let whole: String = emoji.iter().filter_map(|code| char::from_u32(*code)).collect();
        let bare = whole.replace('\u{fe0f}', "");
        for name in [whole.clone(), bare.clone(), format!("x{whole}{bare}1"), whole.chars().rev().collect()] {
            assert_eq!(normalize(&name), theirs(&name), "{name:?}");
        }
    }
}

/// Labels of characters that lie near each other, as words do, with marks and look-alikes among them.
#[test]
fn words_of_many_scripts() {
    let valid: Vec<char> =
        all_characters().filter(|character| theirs(&format!("{character}")).is_some()).collect();
    let marks: Vec<char> =
        (0x300..0x370).chain(0x5b0..0x5c0).chain(0x64b..0x660).filter_map(char::from_u32).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(limit).unwrap()).unwrap()
    };
    let (mut taken, rounds) = (0, 60_000);
    for _ in 0..rounds {
        // Half of the words are among the first scripts, where the look-alikes are.
        let near = if below(2) == 0 { below(valid.len().min(2500)) } else { below(valid.len()) };
        let mut name = String::new();
        for _ in 0..=below(5) {
            name.push(match below(8) {
                0 => marks[below(marks.len())],
                1 => valid[below(valid.len().min(2500))],
                _ => valid[(near + below(40)).min(valid.len() - 1)],
            });
        }
        taken += usize::from(theirs(&name).is_some());
        assert_eq!(normalize(&name), theirs(&name), "{name:?}");
    }
    assert!(taken > rounds / 20, "{taken} of {rounds} are names");
}

#[test]
fn a_normal_form_is_its_own() {
    for character in all_characters() {
        if let Some(name) = normalize(&format!("a{character}.eth")) {
            assert_eq!(normalize(&name).as_ref(), Some(&name));
        }
    }
}
