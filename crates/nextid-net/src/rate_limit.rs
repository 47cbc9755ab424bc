//! What an answer says about when to come back.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const REMAINING: [&str; 3] = ["x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining"];
const RESET: [&str; 4] =
    ["x-ratelimit-reset-after", "x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"];

/// What an answer says about its host's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Nothing.
    None,
    /// The request was refused for a limit; come back after this time, if it names one.
    Refused(Option<Duration>),
    /// The request was answered, and the next one is to wait this long.
    Pause(Duration),
}

/// Reads the advice: `Retry-After` (RFC 9110, seconds or a date) in a 429, 403 or 5xx, and the `…ratelimit-remaining`
/// and `…ratelimit-reset` pairs, whose reset is a number of seconds, a Unix time or an RFC 3339 date.
pub(crate) fn advice(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Advice {
    let retry_after = text(headers, "retry-after").and_then(|value| until_retry(value, now));
    let used_up = REMAINING.iter().filter_map(|name| text(headers, name)).any(is_zero);
    let reset =
        || RESET.iter().filter_map(|name| text(headers, name)).find_map(|value| until_reset(value, now));
    match status {
        StatusCode::TOO_MANY_REQUESTS => Advice::Refused(retry_after.or_else(reset)),
        StatusCode::FORBIDDEN if used_up || retry_after.is_some() => {
            Advice::Refused(retry_after.or_else(reset))
        }
        _ if status.is_server_error() => retry_after.map_or(Advice::None, Advice::Pause),
        _ if used_up => reset().map_or(Advice::None, Advice::Pause),
        _ => Advice::None,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn is_zero(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(|remaining| remaining <= 0.0)
}

/// What `Retry-After` asks for.
pub(crate) fn until_retry(value: &str, now: SystemTime) -> Option<Duration> {
    match value.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok().map(|date| until(date, now)),
    }
}

/// Above this a number is a Unix time in seconds (three years of waiting mean nothing) …
const LEAST_UNIX_SECONDS: f64 = 1e8;
/// … and above this one in milliseconds.
const LEAST_UNIX_MILLIS: f64 = 1e12;

fn until_reset(value: &str, now: SystemTime) -> Option<Duration> {
    let Ok(number) = value.parse::<f64>() else {
        return OffsetDateTime::parse(value, &Rfc3339).ok().map(|date| until(date.into(), now));
    };
    let seconds = if number >= LEAST_UNIX_MILLIS { number / 1000.0 } else { number };
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    if number < LEAST_UNIX_SECONDS {
        return Some(duration);
    }
    Some(until(UNIX_EPOCH.checked_add(duration)?, now))
}

fn until(date: SystemTime, now: SystemTime) -> Duration {
    date.duration_since(now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 1994-11-06T08:49:37Z
    const NOW: u64 = 784_111_777;

    fn advise(status: u16, headers: &[(&'static str, &'static str)]) -> Advice {
        let headers = headers
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        advice(StatusCode::from_u16(status).unwrap(), &headers, UNIX_EPOCH + Duration::from_secs(NOW))
    }

    fn refused(seconds: u64) -> Advice {
        Advice::Refused(Some(Duration::from_secs(seconds)))
    }

    fn pause(seconds: u64) -> Advice {
        Advice::Pause(Duration::from_secs(seconds))
    }

    #[test]
    fn retry_after() {
        assert_eq!(advise(429, &[("retry-after", "120")]), refused(120));
        assert_eq!(advise(429, &[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]), refused(60));
        assert_eq!(advise(429, &[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), refused(0));
        assert_eq!(advise(429, &[("retry-after", "soon")]), Advice::Refused(None));
        assert_eq!(advise(429, &[]), Advice::Refused(None));
        assert_eq!(advise(403, &[("retry-after", "60")]), refused(60));
        assert_eq!(advise(503, &[("retry-after", "30")]), pause(30));
        assert_eq!(advise(200, &[("retry-after", "30")]), Advice::None);
        assert_eq!(advise(503, &[]), Advice::None);
        assert_eq!(advise(403, &[]), Advice::None);
    }

    #[test]
    fn remaining_and_reset() {
        for (name, value) in [
            ("x-ratelimit-reset", "784111837"),
            ("x-ratelimit-reset", "60"),
            ("x-ratelimit-reset", "60.0"),
            ("x-ratelimit-reset", "1994-11-06T08:50:37Z"),
            ("x-ratelimit-reset", "1994-11-06T09:50:37.000+01:00"),
            ("x-ratelimit-reset-after", "60.000"),
        ] {
            assert_eq!(advise(200, &[("x-ratelimit-remaining", "0"), (name, value)]), pause(60), "{value}");
            assert_eq!(advise(403, &[("x-ratelimit-remaining", "0"), (name, value)]), refused(60), "{value}");
            assert_eq!(advise(429, &[(name, value)]), refused(60), "{value}");
            assert_eq!(
                advise(200, &[("x-ratelimit-remaining", "1"), (name, value)]),
                Advice::None,
                "{value}"
            );
        }
        assert_eq!(
            advise(200, &[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "784111778")]),
            pause(1)
        );
        assert_eq!(advise(200, &[("x-ratelimit-remaining", "0")]), Advice::None);
        assert_eq!(advise(403, &[("x-ratelimit-remaining", "0")]), Advice::Refused(None));
    }

    #[test]
    fn nonsense_is_no_advice() {
        for value in ["-5", "NaN", "inf", "1e300", "", "tomorrow", "1994-13-45T00:00:00Z"] {
            assert_eq!(advise(429, &[("x-ratelimit-reset", value)]), Advice::Refused(None), "{value}");
        }
        for value in ["-5", "1.5", "", "99999999999999999999999"] {
            assert_eq!(advise(429, &[("retry-after", value)]), Advice::Refused(None), "{value}");
        }
    }

    #[test]
    fn milliseconds_are_recognised() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let headers = [("x-ratelimit-reset", "1700000060000")]
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        assert_eq!(advice(StatusCode::TOO_MANY_REQUESTS, &headers.into_iter().collect(), now), refused(60));
    }
}
