//! Hosts that ask to be left alone.

use std::time::{Duration, UNIX_EPOCH};

use nextid_net::{Clock, FetchError, GuardedClient};

use crate::stand_in::{StandIn, allowing, answer, client_with_clock};

fn limited(seconds: u64) -> FetchError {
    FetchError::RateLimited { host: "127.0.0.1".into(), retry_after: Duration::from_secs(seconds) }
}

async fn get(client: &GuardedClient, server: &StandIn) -> Result<u16, FetchError> {
    client.get(&server.url("/")).await.map(|response| response.status)
}

#[tokio::test]
async fn a_429_is_honoured_until_its_time_is_over() {
    let server = StandIn::new(|_| answer(429, "retry-after: 120\r\n", "slow down")).await;
    let (client, clock) = client_with_clock(allowing("127.0.0.1"));
    assert_eq!(get(&client, &server).await, Err(limited(120)));
    clock.advance(Duration::from_secs(100));
    assert_eq!(get(&client, &server).await, Err(limited(20)));
    assert_eq!(server.hits(), 1);
    clock.advance(Duration::from_secs(20));
    assert_eq!(get(&client, &server).await, Err(limited(120)));
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn waits_have_a_default_and_bounds() {
    for (headers, seconds) in [
        ("", 60),
        ("retry-after: 0\r\n", 1),
        ("retry-after: 86400\r\n", 900),
        ("retry-after: 99999999999999999\r\n", 900),
        ("retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 900),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 1),
        ("x-ratelimit-reset: 30\r\n", 30),
    ] {
        let server = StandIn::new(move |_| answer(429, headers, "")).await;
        let (client, _) = client_with_clock(allowing("127.0.0.1"));
        assert_eq!(get(&client, &server).await, Err(limited(seconds)), "{headers}");
        assert_eq!(get(&client, &server).await, Err(limited(seconds)), "{headers}");
        assert_eq!(server.hits(), 1, "{headers}");
    }
}

#[tokio::test]
async fn a_used_up_limit_is_honoured_before_it_is_broken() {
    let (client, clock) = client_with_clock(allowing("127.0.0.1"));
    let reset = clock.wall().duration_since(UNIX_EPOCH).unwrap().as_secs() + 100;
    let headers = format!("x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {reset}\r\n");
    let server = StandIn::new(move |_| answer(200, &headers, "fine")).await;
    assert_eq!(get(&client, &server).await, Ok(200));
    // The reset is a whole second, now is not.
    let wait = get(&client, &server).await.unwrap_err().retry_after().unwrap();
    assert!(wait > Duration::from_secs(99) && wait <= Duration::from_secs(100), "{wait:?}");
    assert_eq!(server.hits(), 1);
    clock.advance(Duration::from_secs(100));
    assert_eq!(get(&client, &server).await, Ok(200));
}

#[tokio::test]
async fn a_403_that_reports_a_limit_is_one() {
    let headers = "x-ratelimit-remaining: 0\r\nretry-after: 5\r\n";
    let server = StandIn::new(move |_| answer(403, headers, "")).await;
    let (client, _) = client_with_clock(allowing("127.0.0.1"));
    assert_eq!(get(&client, &server).await, Err(limited(5)));
}

#[tokio::test]
async fn a_503_is_an_answer_and_its_time_is_honoured() {
    let server = StandIn::new(|_| answer(503, "retry-after: 7\r\n", "")).await;
    let (client, _) = client_with_clock(allowing("127.0.0.1"));
    assert_eq!(get(&client, &server).await, Ok(503));
    assert_eq!(get(&client, &server).await, Err(limited(7)));
    assert_eq!(server.hits(), 1);
}
