//! `uuid`, `created_at`, `action`, `platform` and the SteamID64.

use nextid_core::created_at::CreatedAtError;
use nextid_core::identity::steam_id::{SteamId, SteamIdError};
use nextid_core::link_uuid::UuidError;
use nextid_core::{Action, CreatedAt, LinkUuid, Platform};

const UUID: &str = "c6fa1483-1bad-4f07-b661-678b191ab4b3";

#[test]
fn spellings_of_a_uuid() {
    for text in [
        UUID,
        "C6FA1483-1BAD-4F07-B661-678B191AB4B3",
        "c6fa14831bad4f07b661678b191ab4b3",
        "C6fa14831bad4f07b661678b191ab4B3",
        "urn:uuid:c6fa1483-1bad-4f07-b661-678b191ab4b3",
        "URN:UUID:C6FA1483-1BAD-4F07-B661-678B191AB4B3",
        "{c6fa1483-1bad-4f07-b661-678b191ab4b3}",
        "(c6fa1483-1bad-4f07-b661-678b191ab4b3)",
        "xc6fa1483-1bad-4f07-b661-678b191ab4b3x",
    ] {
        assert_eq!(LinkUuid::parse(text).unwrap().to_string(), UUID, "{text}");
    }
}

#[test]
fn a_uuid_may_have_any_version() {
    for version in '0'..='9' {
        let text = format!("c6fa1483-1bad-{version}f07-b661-678b191ab4b3");
        assert_eq!(LinkUuid::parse(&text).unwrap().to_string(), text);
    }
}

#[test]
fn texts_that_are_no_uuid() {
    for text in [
        "",
        "x",
        "c6fa1483",
        "c6fa1483-1bad-4f07-b661-678b191ab4b",
        "c6fa1483-1bad-4f07-b661-678b191ab4b33",
        "g6fa1483-1bad-4f07-b661-678b191ab4b3",
        "c6fa14831-bad-4f07-b661-678b191ab4b3",
        "c6fa1483_1bad_4f07_b661_678b191ab4b3",
        " c6fa1483-1bad-4f07-b661-678b191ab4b3",
        "c6fa1483-1bad-4f07-b661-678b191ab4b3\n",
        "{c6fa14831bad4f07b661678b191ab4b3}",
        "{c6fa14831bad4f07b661678b191ab4b3-----}",
        "urn:uuix:c6fa1483-1bad-4f07-b661-678b191ab4b3",
        "urn:uuid:c6fa14831bad4f07b661678b191ab4b3",
        "éc6fa1483-1bad-4f07-b661-678b191ab4b3",
        "c6fa1483-1bad-4f07-b661-678b191ab4b\u{0}",
        "urn:uuidé-c6fa1483-1bad-4f07-b661-678b191ab4",
    ] {
        assert_eq!(LinkUuid::parse(text), Err(UuidError::Malformed), "{text:?}");
    }
    for text in ["00000000-0000-0000-0000-000000000000", &"0".repeat(32)] {
        assert_eq!(LinkUuid::parse(text), Err(UuidError::Nil));
    }
    assert_eq!(LinkUuid::parse(&"f".repeat(32)), Err(UuidError::Max));
}

#[test]
fn spellings_of_a_second() {
    for (text, seconds) in [
        ("0", 0),
        ("1", 1),
        ("0001", 1),
        ("+1", 1),
        ("-0", 0),
        ("1647503071", 1_647_503_071),
        ("253402300799", 253_402_300_799),
    ] {
        let created_at: CreatedAt = text.parse().unwrap();
        assert_eq!(created_at.seconds(), seconds);
        assert_eq!(created_at.to_string(), seconds.to_string(), "signed without sign and zeros");
    }
}

#[test]
fn texts_that_are_no_second() {
    for (text, expected) in [
        ("", CreatedAtError::NotANumber),
        ("+", CreatedAtError::NotANumber),
        ("-", CreatedAtError::NotANumber),
        ("abc123", CreatedAtError::NotANumber),
        ("1.0", CreatedAtError::NotANumber),
        ("1e9", CreatedAtError::NotANumber),
        ("0x10", CreatedAtError::NotANumber),
        ("1_000", CreatedAtError::NotANumber),
        (" 1", CreatedAtError::NotANumber),
        ("1\n", CreatedAtError::NotANumber),
        ("١", CreatedAtError::NotANumber),
        ("-1", CreatedAtError::Negative),
        ("-9223372036854775808", CreatedAtError::Negative),
        ("-9223372036854775809", CreatedAtError::Negative),
        ("253402300800", CreatedAtError::BeyondDates),
        ("1705413160623", CreatedAtError::BeyondDates),
        ("9223372036854775807", CreatedAtError::BeyondDates),
        ("9223372036854775808", CreatedAtError::BeyondDates),
    ] {
        assert_eq!(text.parse::<CreatedAt>(), Err(expected), "{text:?}");
    }
    assert_eq!(CreatedAt::from_seconds(-1), Err(CreatedAtError::Negative));
    assert_eq!(CreatedAt::from_seconds(i64::MAX), Err(CreatedAtError::BeyondDates));
}

#[test]
fn actions_and_platforms_are_spelled_exactly() {
    for action in [Action::Create, Action::Delete] {
        assert_eq!(action.as_str().parse(), Ok(action));
        assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
    }
    for platform in Platform::ALL {
        assert_eq!(platform.as_str().parse(), Ok(*platform));
        assert_eq!(serde_json::to_value(platform).unwrap(), platform.as_str());
        assert_eq!(platform.to_string(), platform.as_str());
    }
    for text in ["", "Create", "update", "create ", "deletes"] {
        assert!(text.parse::<Action>().is_err(), "{text:?}");
    }
    for text in ["", "Twitter", "x", "github ", "eth", "instagram"] {
        assert!(text.parse::<Platform>().is_err(), "{text:?}");
    }
    assert_eq!(Platform::ALL.len(), 20);
}

#[test]
fn a_steam_id_is_of_a_persons_account() {
    let id = SteamId::parse("76561198092541763").unwrap();
    assert_eq!((id.account_number(), id.y()), (66_138_017, 1));
    for (text, expected) in [
        ("", SteamIdError::NotANumber),
        ("x", SteamIdError::NotANumber),
        ("-1", SteamIdError::NotANumber),
        ("18446744073709551616", SteamIdError::NotANumber),
        ("0", SteamIdError::Universe),
        ("4503604054613827", SteamIdError::Universe),
        ("18446744073709551615", SteamIdError::Universe),
        ("72057594170203971", SteamIdError::AccountType),
        ("76561202387509059", SteamIdError::Instance),
    ] {
        assert_eq!(SteamId::parse(text), Err(expected), "{text:?}");
    }
}
