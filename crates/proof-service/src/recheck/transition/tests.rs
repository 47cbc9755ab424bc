use std::time::Duration;

use super::*;

const SCHEDULE: Schedule = Schedule { interval: 259_200, second_look: 3600 };
const NOW: i64 = 1_700_000_000;

fn phase() -> Phase {
    Phase::of(&[2; 33], "github", "octocat")
}

fn bound() -> Standing {
    Standing {
        state: ProofState::Valid,
        is_valid: true,
        invalid_reason: String::new(),
        alt_id: "7".to_owned(),
        alt_name: "octocat".to_owned(),
        last_checked_at: NOW - 259_200,
        negative_since: None,
        failures: 0,
        next_check_at: NOW,
    }
}

fn good() -> Verdict {
    Verdict::Good { alt_id: "7".to_owned(), alt_name: "octocat".to_owned() }
}

fn missing() -> Verdict {
    Verdict::Missing { reason: "gone".to_owned() }
}

fn mismatch() -> Verdict {
    Verdict::Mismatch { reason: "another author".to_owned() }
}

fn unreachable() -> Verdict {
    Verdict::Unreachable { retry_after: Some(Duration::from_secs(60)), why: "429".to_owned() }
}

fn look(standing: &Standing, verdict: &Verdict, now: i64) -> Standing {
    standing.after(verdict, now, &SCHEDULE, phase(), false)
}

#[test]
fn a_good_look_changes_nothing_but_the_times() {
    let after = look(&bound(), &good(), NOW);
    assert!(!bound().differs(&after));
    assert_eq!(after.last_checked_at, NOW);
    assert!((NOW + 129_600..NOW + 388_800).contains(&after.next_check_at));
}

#[test]
fn two_negative_looks_an_hour_apart_flip_and_a_good_one_flips_back() {
    for (first, second) in [(missing(), missing()), (mismatch(), missing()), (missing(), mismatch())] {
        let once = look(&bound(), &first, NOW);
        assert_eq!((once.state, once.is_valid, once.invalid_reason.as_str()), (first.state(), true, ""));
        assert!((NOW + 3600..NOW + 4200).contains(&once.next_check_at));
        assert!(bound().differs(&once));

        let twice = look(&once, &second, once.next_check_at);
        assert_eq!((twice.state, twice.is_valid), (second.state(), false));
        assert_eq!(Some(twice.invalid_reason.as_str()), second.against());
        assert!(twice.next_check_at > once.next_check_at + 100_000);

        let back = look(&twice, &good(), twice.next_check_at);
        assert_eq!((back.state, back.is_valid, back.invalid_reason.as_str()), (ProofState::Valid, true, ""));
        assert_eq!(back.negative_since, None);
    }
}

#[test]
fn an_early_second_look_decides_nothing() {
    let once = look(&bound(), &missing(), NOW);
    let early = look(&once, &missing(), NOW + 3599);
    assert!(early.is_valid && early.next_check_at == once.next_check_at);
    assert!(!look(&early, &missing(), NOW + 3600).is_valid);
}

#[test]
fn a_good_look_forgets_the_negative_one_before_it() {
    let once = look(&bound(), &missing(), NOW);
    let good_again = look(&once, &good(), NOW + 4000);
    assert!(look(&good_again, &missing(), NOW + 9000).is_valid);
}

#[test]
fn what_is_unreachable_never_flips() {
    let mut standing = bound();
    let mut now = NOW;
    for failures in 1..50 {
        standing = look(&standing, &unreachable(), now);
        assert_eq!((standing.state, standing.is_valid), (ProofState::Unreachable, true));
        assert_eq!((standing.failures, standing.last_checked_at), (failures, bound().last_checked_at));
        assert!(standing.next_check_at >= now + 3600);
        now = standing.next_check_at;
    }
    let invalid = look(&look(&bound(), &missing(), NOW), &missing(), NOW + 3600);
    let after = look(&invalid, &unreachable(), NOW + 9000);
    assert_eq!((after.state, after.is_valid), (ProofState::Unreachable, false));
    assert_eq!(after.invalid_reason, "gone");
}

#[test]
fn failures_between_two_negative_looks_neither_confirm_nor_deny() {
    let once = look(&bound(), &missing(), NOW);
    let between = look(&once, &unreachable(), NOW + 4000);
    assert!(between.is_valid);
    assert!(!look(&between, &missing(), NOW + 9000).is_valid);
    assert!(look(&between, &good(), NOW + 9000).is_valid);
}

#[test]
fn with_the_brake_on_nothing_flips_but_back() {
    let once = look(&bound(), &missing(), NOW);
    assert!(once.may_flip(&missing(), &SCHEDULE, NOW + 3600));
    let braked = once.after(&missing(), NOW + 3600, &SCHEDULE, phase(), true);
    assert_eq!((braked.state, braked.is_valid), (ProofState::Missing, true));
    assert!(!look(&braked, &missing(), braked.next_check_at).is_valid, "it flips when the brake is off");
    let invalid = look(&once, &missing(), NOW + 3600);
    assert!(invalid.after(&good(), NOW + 9000, &SCHEDULE, phase(), true).is_valid);
    assert!(!invalid.after(&missing(), NOW + 9000, &SCHEDULE, phase(), true).is_valid);
}

#[test]
fn what_was_imported_is_valid_only_after_a_good_look() {
    let imported =
        Standing { state: ProofState::Unchecked, is_valid: false, alt_id: String::new(), ..bound() };
    let after = look(&imported, &good(), NOW);
    assert_eq!((after.state, after.is_valid, after.alt_id.as_str()), (ProofState::Valid, true, "7"));
    let after = look(&imported, &missing(), NOW);
    assert_eq!(
        (after.state, after.is_valid, after.invalid_reason.as_str()),
        (ProofState::Missing, false, "gone")
    );
    assert!(!look(&imported, &unreachable(), NOW).is_valid);
}

#[test]
fn a_new_name_is_taken_and_the_id_kept() {
    let renamed = Verdict::Good { alt_id: "8".to_owned(), alt_name: "hexacat".to_owned() };
    let after = look(&bound(), &renamed, NOW);
    assert_eq!((after.alt_id.as_str(), after.alt_name.as_str()), ("7", "hexacat"));
    assert!(bound().differs(&after));
}

#[test]
fn what_counts_for_the_brake() {
    let counts = |standing: &Standing, verdict: &Verdict| standing.counts(verdict, &SCHEDULE);
    assert_eq!(counts(&bound(), &good()), Some(false));
    assert_eq!(counts(&bound(), &mismatch()), Some(true));
    assert_eq!(counts(&bound(), &unreachable()), None);
    let invalid = Standing { is_valid: false, ..bound() };
    assert_eq!((counts(&invalid, &missing()), counts(&invalid, &good())), (None, None));
    let once = look(&bound(), &missing(), NOW);
    assert_eq!((counts(&once, &missing()), counts(&once, &good())), (None, None), "a second look");
    let braked = once.after(&missing(), NOW + 3600, &SCHEDULE, phase(), true);
    assert_eq!((counts(&braked, &missing()), counts(&braked, &good())), (Some(true), Some(false)));
}
