//! Seconds since 1970 as people read them.

use nextid_core::CreatedAt;

/// `2026-01-31 12:00:00 UTC`. What is no second stays as it is.
pub fn show(seconds: &str) -> String {
    seconds.parse::<CreatedAt>().map_or_else(|_| seconds.to_owned(), of)
}

fn of(at: CreatedAt) -> String {
    let (days, second) = (at.seconds().div_euclid(86_400), at.seconds().rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day since 1970-01-01, for days from then on; years begin in March, so that leap days come last.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_TO_1970: i64 = 719_468;
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let day = days + DAYS_TO_1970;
    let (era, day) = (day.div_euclid(DAYS_OF_400_YEARS), day.rem_euclid(DAYS_OF_400_YEARS));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_dates() {
        for (seconds, wanted) in [
            ("0", "1970-01-01 00:00:00 UTC"),
            ("951782399", "2000-02-28 23:59:59 UTC"),
            ("951782400", "2000-02-29 00:00:00 UTC"),
            ("1647503071", "2022-03-17 07:44:31 UTC"),
            ("4102444800", "2100-01-01 00:00:00 UTC"),
            ("253402300799", "9999-12-31 23:59:59 UTC"),
            ("soon", "soon"),
        ] {
            assert_eq!(show(seconds), wanted);
        }
    }
}
