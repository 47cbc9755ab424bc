use super::*;

const HOUR: i64 = 3_600_000;
const START: i64 = 1_700_000_000_000;

fn refused() -> Failure {
    Failure { status: Some(500), why: "answered 500".to_owned(), retry_after: None }
}

/// Sends event 1, which happened at `START`, whenever it is due, until it is given up. Returns the seconds of the attempts.
fn attempts_until_dead(roll: f64) -> (Vec<i64>, Standing, DeadLetter) {
    let mut standing = Standing::new(0, START);
    let mut seconds = Vec::new();
    loop {
        let now = standing.next_attempt_at;
        seconds.push((now - START) / 1000);
        if let Some(dead) = standing.failed(1, START, now, &refused(), roll) {
            return (seconds, standing, dead);
        }
        assert_eq!((standing.after_id, standing.head_id), (0, Some(1)), "it holds up the others");
        assert!(seconds.len() < 2000, "it comes to an end");
    }
}

#[test]
fn a_message_is_tried_for_three_days_to_the_second() {
    let (seconds, standing, dead) = attempts_until_dead(1.0);
    assert_eq!(seconds[..9], [0, 5, 35, 155, 755, 2555, 6155, 16_955, 38_555]);
    assert_eq!(seconds.last(), Some(&259_200));
    assert_eq!(dead.attempts, i64::try_from(seconds.len()).unwrap());
    assert_eq!((dead.feed_id, dead.first_attempt_at, dead.last_attempt_at), (1, START, START + WINDOW));
    assert_eq!((dead.last_status, dead.error.as_str()), (Some(500), "answered 500"));
    assert_eq!((standing.after_id, standing.head_id), (1, None), "the next one has its turn");
    assert_eq!(standing.next_attempt_at, START + WINDOW + 5000);
}

#[test]
fn jitter_changes_when_and_not_how_long() {
    for roll in [0.1, 0.5, 0.9] {
        let (seconds, _, dead) = attempts_until_dead(roll);
        assert_eq!(dead.last_attempt_at, START + WINDOW, "{roll}");
        assert!(seconds.windows(2).all(|pair| pair[1] > pair[0]), "{seconds:?}");
    }
}

#[test]
fn after_a_dead_letter_older_ones_get_one_attempt_and_younger_ones_their_time() {
    let (_, mut standing, _) = attempts_until_dead(1.0);
    let failures = standing.failures;
    let now = standing.next_attempt_at;
    let old = standing.failed(2, START - HOUR, now, &refused(), 1.0).expect("its time is over");
    assert_eq!((old.feed_id, old.attempts, old.first_attempt_at), (2, 1, now));
    let now = standing.next_attempt_at;
    assert_eq!(standing.failed(3, START + 10 * HOUR, now, &refused(), 1.0), None);
    assert_eq!(standing.failures, failures + 2, "the endpoint's waits stay long");
    assert_eq!(standing.next_attempt_at, now + 6 * HOUR);
    // And its time ends when it is over, not six hours after.
    standing.next_attempt_at = START + 81 * HOUR;
    assert_eq!(standing.failed(3, START + 10 * HOUR, START + 81 * HOUR, &refused(), 1.0), None);
    assert_eq!(standing.next_attempt_at, START + 82 * HOUR);
}

#[test]
fn success_forgets_all_failures() {
    let mut standing = Standing::new(0, START);
    for _ in 0..5 {
        standing.failed(1, START, standing.next_attempt_at, &refused(), 1.0);
    }
    let now = START + HOUR;
    standing.delivered(1, now, 204, Duration::from_millis(80));
    let wanted = Standing {
        last_attempt_at: Some(now),
        last_success_at: Some(now),
        last_status: Some(204),
        ..Standing::new(1, now)
    };
    assert_eq!(standing, wanted);
    standing.failed(2, START, now, &refused(), 1.0);
    assert_eq!(standing.next_attempt_at, now + 5000, "the first wait again");
    assert_eq!(standing.failing_since, Some(now), "three days from now on");
}

#[test]
fn slowness_is_noted() {
    let mut standing = Standing::new(0, START);
    standing.delivered(1, START, 200, Duration::from_secs(3));
    assert!(standing.is_slow);
    standing.delivered(2, START, 200, Duration::from_secs(1));
    assert!(!standing.is_slow);
    standing.failed(3, START, START, &refused(), 1.0);
    assert!(standing.is_slow);
}

#[test]
fn retry_after_does_not_reach_beyond_the_end() {
    let mut standing = Standing::new(0, START);
    let asks = Failure { retry_after: Some(Duration::from_secs(600)), ..refused() };
    standing.failed(1, START, START, &asks, 0.5);
    assert_eq!(standing.next_attempt_at, START + 600_000);
    let near_the_end = START + WINDOW - 1000;
    assert_eq!(standing.failed(1, START, near_the_end, &asks, 0.5), None);
    assert_eq!(standing.next_attempt_at, START + WINDOW);
}

#[test]
fn what_is_gone_keeps_its_turn() {
    let mut standing = Standing::new(4, START);
    let gone = Failure { status: Some(410), why: "answered 410".to_owned(), retry_after: None };
    standing.gone(5, START, &gone);
    assert_eq!((standing.after_id, standing.head_id, standing.last_status), (4, Some(5), Some(410)));
}
