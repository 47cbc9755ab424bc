//! The harness against a stand-in for a service: what is counted and timed, with tiny numbers.
#![expect(clippy::unwrap_used, reason = "a harness that does not start has nothing to say")]

use std::sync::Arc;
use std::time::Duration;

use nextid_bench::cpu::Parties;
use nextid_bench::drive::{Until, closed_loop};
use nextid_bench::hello::Hello;
use nextid_bench::people::people;
use nextid_bench::readers::{self, Read};
use nextid_bench::writers::{self, Append, Writers};

/// The floor answers 200 to everything, so that whatever is sent can be counted.
fn hello() -> (tempfile::TempDir, Hello) {
    let logs = tempfile::tempdir().unwrap();
    let hello = Hello::start_program(env!("CARGO_BIN_EXE_nextid-bench").as_ref(), logs.path()).unwrap();
    (logs, hello)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn every_signed_request_is_sent_once_and_counted() {
    let (_logs, hello) = hello();
    let people = Arc::new(people(7).unwrap());
    for append in [Append::Kv, Append::Wallet] {
        let stocks = Writers::new(append, Arc::clone(&people), 5, 1).prepare(3, 20).unwrap();
        let requests = writers::requests(&stocks);
        let parties = Parties { service: Some(hello.pid()), postmaster: None };
        let outcome = block_on(closed_loop(hello.address(), requests, Until::Done, &parties)).unwrap();
        assert_eq!((outcome.answered, outcome.errors, outcome.latency.len()), (20, 0, 20));
        assert!(outcome.rate() > 0.0 && outcome.p99_ms() > 0.0);
    }
}

#[test]
fn reading_ends_when_the_time_is_over() {
    let (_logs, hello) = hello();
    let people = people(3).unwrap();
    let requests = readers::requests(Read::Content, &people, 5, 4);
    let time = Until::Over(Duration::from_millis(50));
    let outcome = block_on(closed_loop(hello.address(), requests, time, &Parties::default())).unwrap();
    assert!(outcome.answered > 0 && outcome.took >= Duration::from_millis(50));
    assert_eq!(outcome.errors, 0);
}
