//! Which texts can be an identity on which platform, and what they normalise to.

use nextid_core::identity::fold;
use nextid_core::{Identity, Platform};

use super::identity_wallets::{NEXTID, SOLANA};

/// Platform; texts and what they become; texts that are refused.
pub type Row<'a> = (Platform, &'a [(&'a str, &'a str)], &'a [&'a str]);

const ROWS: [Row<'_>; 14] = [
    (
        Platform::Twitter,
        &[
            ("jack", "jack"),
            ("@JohnDic94329223", "johndic94329223"),
            ("_", "_"),
            ("fifteen_letters", "fifteen_letters"),
        ],
        &["", "@", "@@jack", "sixteen__letters", "ja ck", "jack.", "jäck", "jack\n"],
    ),
    (
        Platform::Github,
        &[
            ("Nykma", "nykma"),
            ("@a", "a"),
            ("ends-", "ends-"),
            ("two--hyphens", "two--hyphens"),
            ("managed_user", "managed_user"),
            ("a23456789012345678901234567890123456789", "a23456789012345678901234567890123456789"),
        ],
        &["", "-starts", "a234567890123456789012345678901234567890", "a/b", "a b", "a.b", "é", "a%2f", ".."],
    ),
    (Platform::Keybase, &[("Max_1", "max_1"), ("@ab", "ab")], &["", "a", "seventeen_letters", "a-b", "a.b"]),
    (
        Platform::Dns,
        &[
            ("example.com", "example.com"),
            ("EXAMPLE.Com.", "example.com"),
            ("a.b.c.example", "a.b.c.example"),
            ("_nextid.example.com", "_nextid.example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("faß.example", "xn--fa-hia.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ],
        &[
            "",
            ".",
            "localhost",
            "com.",
            "example..com",
            ".example.com",
            "example.com..",
            "exam ple.com",
            "-a.example",
            "a-.example",
            "http://example.com",
            "example.com:53",
            "example.com/x",
            "a@example.com",
            "127.0.0.1",
            "1.2.3.4.",
            "127.0.0.0x1",
            "[::1]",
            "::1",
            "a\0.example",
            "xn--.example",
            "a23456789012345678901234567890123456789012345678901234567890123456.example",
        ],
    ),
    (
        Platform::Ens,
        &[
            ("vitalik.eth", "vitalik.eth"),
            ("Sub.Vitalik.ETH", "sub.vitalik.eth"),
            ("🎭.eth", "🎭.eth"),
            ("1\u{fe0f}\u{20e3}.eth", "1\u{20e3}.eth"),
            ("_Mask$-1.eth", "_mask$-1.eth"),
            ("Ξ’s.eth", "ξ’s.eth"),
            ("o'neill.eth", "o’neill.eth"),
            ("Straße.eth", "straße.eth"),
            ("e\u{301}t\u{e9}.eth", "\u{e9}t\u{e9}.eth"),
            ("so\u{ad}ft.eth", "soft.eth"),
            ("example.com", "example.com"),
        ],
        &[
            "",
            ".",
            "eth",
            ".eth",
            "a..eth",
            "a b.eth",
            "a\u{0}.eth",
            "a/b.eth",
            "a.eth.",
            "mask_1.eth",
            "ab--c.eth",
            "xn--ls8h.eth",
            "a\u{200d}b.eth",
            "a\u{3002}eth",
            // Cyrillic letters that look like "apple", alone and mixed with Latin ones.
            "аррӏе.eth",
            "аpple.eth",
        ],
    ),
    (
        Platform::Dotbit,
        &[("nykma.bit", "nykma.bit"), ("Sub.Nykma.BIT", "sub.nykma.bit"), ("🎭.bit", "🎭.bit")],
        &["", ".bit", "bit", "nykma", "nykma.eth", "a..bit", "a b.bit", "a\tb.bit", "a.bit."],
    ),
    (
        Platform::Minds,
        &[("@Nykma", "nykma"), ("Ünï.cod-e_1", "ünï.cod-e_1")],
        &["", "@", "a b", "a/b", "a@b", "a\u{0}"],
    ),
    (
        Platform::Steam,
        &[
            ("76561198092541763", "76561198092541763"),
            ("076561198092541763", "76561198092541763"),
            ("BeFoRE-CS", "BeFoRE-CS"),
            ("me_nyk", "me_nyk"),
        ],
        &[
            "",
            "a",
            "1",
            "12345",
            "4503604054613827",
            "72057594170203971",
            "76561202387509059",
            "18446744073709551616",
            "a/b",
            "a b",
            "thirtythree_letters_is_one_too_mu",
        ],
    ),
    (
        Platform::Activitypub,
        &[
            ("nykma@t.nyk.app", "nykma@t.nyk.app"),
            ("@nykma@t.nyk.app", "nykma@t.nyk.app"),
            ("Some.User-1@Example.Social", "Some.User-1@Example.Social"),
            ("user@example.social:8443", "user@example.social:8443"),
        ],
        &[
            "",
            "@",
            "nykma",
            "@nykma",
            "nykma@",
            "nykma@localhost",
            "a@b@example.social",
            "us er@example.social",
            "user@example.social/x",
            "user@example.social?x",
            "user@example.social#x",
            "user@127.0.0.1",
            "user@127.0.0.0x1",
            "user@0x7f.1",
            "user@[::1]",
            "user@example.social:",
            "user@example.social:0",
            "user@example.social:65536",
            "user@example.social:+443",
            "user@example.social:44a",
            "user@example.social:1:2",
            "user:pass@example.social",
        ],
    ),
    (
        Platform::Discord,
        &[
            ("Some User#0001", "Some User#0001"),
            ("plain.name_1", "plain.name_1"),
            ("<a&b>\"\\\u{2028}é🎭", "<a&b>\"\\\u{2028}é🎭"),
        ],
        &["", "a", "a#0001", "#0001", " padded", "padded ", "a@b", "a#b", "tag#12345", "a\0b", "a\nb"],
    ),
    (
        Platform::Telegram,
        &[("@Nykma", "nykma"), ("123456789", "123456789")],
        &["", "@", "a b", "a-b", "thirtythree_letters_is_one_too_mu"],
    ),
    (
        Platform::Slack,
        &[
            ("U04Q3NRDWHX", "U04Q3NRDWHX"),
            ("u04q3nrdwhx", "U04Q3NRDWHX"),
            ("W012A3CDE", "W012A3CDE"),
            ("@ashfaqur", "ashfaqur"),
            ("Some.Name-1", "Some.Name-1"),
        ],
        &["", "@", "a b", "a/b", "é"],
    ),
    (
        Platform::Tiktok,
        &[("@Some.User_1", "some.user_1"), ("menyki", "menyki")],
        &["", "@", "a b", "a/b", "a-b", "twentyfive_letters_is_two"],
    ),
    (
        Platform::Solana,
        &[(SOLANA, SOLANA)],
        &["", "0", "1", "5yEdJfvEQKAVV17rHuXo2zw2s31rLbxzshmMPHp", "0xd4030c02"],
    ),
];

#[test]
fn texts_are_normalised_or_refused() {
    for (platform, good, bad) in ROWS.into_iter().chain(super::identity_social::ROWS) {
        for (text, normalised) in good {
            let identity = Identity::parse(platform, text)
                .unwrap_or_else(|error| panic!("{platform}: {text:?}: {error}"));
            assert_eq!(identity.as_str(), *normalised, "{platform}");
            assert_eq!(identity.to_string(), *normalised);
            assert_eq!(identity.platform(), platform);
            let again = Identity::parse(platform, normalised).unwrap();
            assert_eq!(again.as_str(), *normalised, "{platform}: normalised twice");
        }
        for text in bad {
            let refused = Identity::parse(platform, text);
            assert!(refused.is_err(), "{platform}: {text:?} became {refused:?}");
            assert!(!refused.unwrap_err().to_string().is_empty());
        }
    }
}

#[test]
fn every_platform_is_in_a_table() {
    let mut tested: Vec<Platform> = ROWS.iter().map(|(platform, _, _)| *platform).collect();
    tested.extend(super::identity_social::ROWS.iter().map(|(platform, _, _)| *platform));
    tested.extend(super::identity_wallets::PLATFORMS);
    tested.sort_unstable();
    tested.dedup();
    let mut all = Platform::ALL.to_vec();
    all.sort_unstable();
    assert_eq!(tested, all);
}

#[test]
fn nothing_is_longer_than_1024_bytes() {
    for platform in Platform::ALL {
        assert!(Identity::parse(*platform, &"a".repeat(1025)).is_err());
    }
    let name = |letters: usize| format!("{}.eth", "é".repeat(letters));
    assert!(Identity::parse(Platform::Ens, &name(510)).is_ok());
    assert!(Identity::parse(Platform::Ens, &name(511)).is_err());
    // Small letters can be longer than capital ones.
    let grows = format!("{}.bit", "Ⱥ".repeat(510));
    assert!(Identity::parse(Platform::Dotbit, &grows).is_err());
}

/// Capital letters whose small form is two characters, or a letter of another script.
#[test]
fn a_small_letter_may_be_something_else() {
    assert!(Identity::parse(Platform::Minds, "İ").is_err(), "i and a combining dot");
    assert_eq!(Identity::parse(Platform::Minds, "\u{212a}").unwrap().as_str(), "k");
    // Where only ASCII is allowed, the Kelvin sign is no K.
    assert!(Identity::parse(Platform::Twitter, "\u{212a}").is_err());
}

#[test]
fn posts_show_the_identity_as_it_was_written() {
    for (platform, text, shown) in [
        (Platform::Twitter, "@JohnDic94329223", "JohnDic94329223"),
        (Platform::Github, "Nykma", "Nykma"),
        (Platform::Activitypub, "@User@Example.Social@", "User@Example.Social"),
        (Platform::Discord, "Some User#0001", "Some User#0001"),
        (Platform::Dns, "Example.com", "Example.com"),
        (Platform::Bluesky, "@Alice.bsky.social", "Alice.bsky.social"),
        (Platform::Website, "https://Example.com/", "Example.com"),
    ] {
        assert_eq!(Identity::parse(platform, text).unwrap().shown(), shown);
    }
}

#[test]
fn a_search_folds_letter_case_where_it_means_nothing() {
    let folded = |platform, text| Identity::parse(platform, text).unwrap().folded();
    assert_eq!(folded(Platform::Discord, "Some User#0001"), "some user#0001");
    assert_eq!(folded(Platform::Activitypub, "User@Example.Social"), "user@example.social");
    assert_eq!(folded(Platform::Solana, SOLANA), SOLANA);
    assert_eq!(folded(Platform::Nextid, &NEXTID.to_uppercase()), NEXTID);
    assert_eq!(fold(Platform::Solana, "Ab"), "Ab");
    assert_eq!(fold(Platform::Steam, "Ab"), "ab");
}
