//! One reader that reads a feed from its beginning, page after page.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::cpu::{Cpu, Parties};
use crate::failure::{Context as _, Failure, Result};
use crate::http::{Connection, get};

/// The most links that a page holds.
const PAGE: u64 = 100;

/// What a reader has read.
#[derive(Debug)]
pub struct Reading {
    /// Links in a second.
    pub rate: f64,
    /// Links in all.
    pub links: u64,
    /// Processor time meanwhile.
    pub cpu: Cpu,
}

/// Reads for about `time`; at the end of the feed it begins again.
///
/// # Errors
/// When a page does not come or does not lead on.
pub async fn read(address: SocketAddr, time: Duration, parties: &Parties) -> Result<Reading> {
    let mut connection = Connection::open(address).await.context("connecting to the feed")?;
    let before = parties.used();
    let (started, mut last, mut links) = (Instant::now(), 0, 0);
    while started.elapsed() < time {
        let request = get(&format!("/v1/kvchain/changes?last_id={last}&count={PAGE}"));
        let answer = connection.ask(&request).await.context("a page of the feed")?;
        if answer.status != 200 {
            return Err(Failure::new(format!("a page of the feed: status {}", answer.status)));
        }
        match last_id(answer.body) {
            // Ids have no gaps, and every item of this feed is a link.
            Some(id) if id > last => {
                links += id - last;
                last = id;
            }
            _ if last == 0 => return Err(Failure::new("the feed is empty")),
            _ => last = 0,
        }
    }
    let rate = links as f64 / started.elapsed().as_secs_f64();
    Ok(Reading { rate, links, cpu: parties.used().since(&before) })
}

/// The last `"id":…` of a page. Within links there is no member of that name.
fn last_id(body: &[u8]) -> Option<u64> {
    let start = memchr::memmem::rfind(body, b"\"id\":")? + 5;
    let digits = body.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(body.get(start..start + digits)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_id_of_a_page() {
        assert_eq!(
            last_id(br#"{"links":[{"id":3,"alt_id":"9"},{"id":14,"uuid":"x"}],"epoch":"e"}"#),
            Some(14)
        );
        assert_eq!(last_id(br#"{"links":[],"epoch":"e"}"#), None);
    }
}
