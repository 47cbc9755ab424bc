//! The tables.

use std::fmt::Write as _;

use crate::goals::{BESIDES, FLOORS, GOALS};
use crate::series::{Results, Series};

/// One database's results as Markdown.
pub fn tables(results: &Results) -> String {
    let mut out = String::new();
    goals(&mut out, results);
    values(&mut out, "floor", FLOORS, results);
    values(&mut out, "besides", BESIDES, results);
    costs(&mut out, results);
    errors(&mut out, results);
    out
}

fn goals(out: &mut String, results: &Results) {
    out.push_str("| what | median | spread | over | ratio | gate | target | reached |\n");
    out.push_str("| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |\n");
    for goal in GOALS {
        let Some((series, reached)) = results.get(goal.name).zip(goal.reached(results)) else { continue };
        let (over, ratio) =
            goal.over.map_or(("", String::new()), |(_, title)| (title, format!("{reached:.2}")));
        let _ = writeln!(
            out,
            "| {} | {} {} | {} | {over} | {ratio} | {} | {} | {} |",
            goal.title,
            number(series.median().unwrap_or(0.0)),
            goal.unit,
            spread(series),
            number(goal.gate),
            number(goal.target),
            goal.verdict(reached).as_str()
        );
    }
    out.push('\n');
}

/// Lines without a goal; nothing if none of them was measured.
fn values(out: &mut String, heading: &str, lines: &[(&str, &str, &str)], results: &Results) {
    let measured: Vec<_> =
        lines.iter().filter_map(|(title, name, unit)| Some((title, unit, results.get(name)?))).collect();
    if measured.is_empty() {
        return;
    }
    let _ = writeln!(out, "| {heading} | median | spread |\n| --- | ---: | ---: |");
    for (title, unit, series) in measured {
        let median = number(series.median().unwrap_or(0.0));
        let _ = writeln!(out, "| {title} | {median} {unit} | {} |", spread(series));
    }
    out.push('\n');
}

fn costs(out: &mut String, results: &Results) {
    out.push_str("| µs of processor time for each request | client | service | database |\n");
    out.push_str("| --- | ---: | ---: | ---: |\n");
    for (name, series) in results.iter() {
        if let Some([client, service, database]) = series.cost() {
            let _ =
                writeln!(out, "| {name} | {} | {} | {} |", number(client), number(service), number(database));
        }
    }
    out.push('\n');
}

fn errors(out: &mut String, results: &Results) {
    let requests: u64 = results.iter().map(|(_, series)| series.requests).sum();
    let errors: u64 = results.iter().map(|(_, series)| series.errors).sum();
    let _ = writeln!(out, "{requests} requests were answered and {errors} failed.");
    for (name, series) in results.iter().filter(|(_, series)| series.errors > 0) {
        let first = series.first_error.as_deref().unwrap_or("no words");
        let first: String = first.chars().filter(|character| *character != '`').take(200).collect();
        let _ = writeln!(out, "- {name}: {} failed, the first with `{first}`", series.errors);
    }
}

fn spread(series: &Series) -> String {
    let (least, most) = series.spread().unwrap_or_default();
    format!("{} – {}", number(least), number(most))
}

/// Three digits that count, with commas between thousands.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    let (whole, rest) = text.split_once('.').map_or((text, ""), |(whole, rest)| (whole, rest));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, text) in [
            (0.0, "0"),
            (0.456, "0.46"),
            (9.5, "9.5"),
            (12.34, "12.3"),
            (999.4, "999"),
            (1234.0, "1,234"),
            (1e6, "1,000,000"),
            (30.0, "30"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_table_has_what_was_measured_and_says_what_failed() {
        let mut results = Results::default();
        results.value("floor append", 1000.0);
        let submit = results.value("submit", 1500.0);
        (submit.requests, submit.errors, submit.first_error) = (4500, 2, Some("409 `taken`".to_owned()));
        let tables = tables(&results);
        assert!(tables.contains("| `POST /v1/kv`, 64 clients | 1,500 /s | 1,500 – 1,500 | one-statement append | 1.50 | 0.5 | 1.2 | target |"), "{tables}");
        assert!(
            tables.contains(
                "4500 requests were answered and 2 failed.\n- submit: 2 failed, the first with `409 taken`"
            ),
            "{tables}"
        );
        assert!(!tables.contains("GET /v1/kv"), "{tables}");
    }
}
