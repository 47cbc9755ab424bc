//! Saved answers of `/v1/proofchain` or `/v1/kvchain`: one page, several one after the other, or an array of them.

use std::io::BufRead;

use nextid_core::Avatar;
use serde_json::Value;

use super::checker::Checker;
use super::export::Lines;
use super::posts::Posts;
use super::report::ChainReport;
use crate::error::CliError;

/// Checks pages in a file of which `first`, its first line that is not blank, was read already.
pub fn check<R: BufRead>(
    mut lines: Lines<R>,
    first: Vec<u8>,
    expected: Option<Avatar>,
    posts: &mut Posts,
) -> Result<ChainReport, CliError> {
    let first_line = lines.number();
    let mut text = first;
    text.push(b'\n');
    text.extend(lines.rest()?);
    let line_of = |offset: usize| {
        let before = text.get(..offset).unwrap_or(&text);
        first_line + before.iter().filter(|byte| **byte == b'\n').count()
    };

    let mut pages = Vec::new();
    let mut values = serde_json::Deserializer::from_slice(&text).into_iter::<Value>();
    loop {
        let begin = values.byte_offset();
        let blank = text
            .get(begin..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let line = line_of(begin + blank);
        match values.next() {
            Some(Ok(value)) => collect(value, line, &mut pages).map_err(|why| lines.broken_at(line, why))?,
            Some(Err(error)) => {
                let why = error.to_string();
                let what = why.split(" at line ").next().unwrap_or(&why);
                let line = first_line + error.line().saturating_sub(1);
                return Err(lines.broken_at(line, format!("neither an export nor pages of a chain: {what}")));
            }
            None => break,
        }
    }
    pages.sort_by_key(|page| page.number);

    let mut checker = Checker::new(expected);
    for page in &pages {
        for (at, link) in page.links.iter().enumerate() {
            posts.note(link);
            let pushed = checker.push(link.clone());
            pushed.map_err(|why| {
                lines.broken_at(page.line, format!("link {} of page {}: {why}", at + 1, page.number))
            })?;
        }
    }
    // Pages without a count may be any part of the chain.
    let Some(total) = pages.iter().filter_map(|page| page.total).max() else { return Ok(checker.finish()) };
    let held = i64::try_from(checker.links()).unwrap_or(i64::MAX);
    if held < total {
        let why = format!(
            "the pages say that the chain has {total} links, but they hold {held}: a page is missing"
        );
        return Err(lines.broken_at(first_line, why));
    }
    Ok(checker.finish().complete())
}

/// A page, and the line that it begins at.
struct Page {
    line: usize,
    number: i64,
    total: Option<i64>,
    links: Vec<Value>,
}

fn collect(value: Value, line: usize, pages: &mut Vec<Page>) -> Result<(), String> {
    match value {
        Value::Array(values) => values.into_iter().try_for_each(|value| collect(value, line, pages)),
        Value::Object(mut page) => {
            let links = page.remove("proof_chain").or_else(|| page.remove("kv_chain"));
            let Some(Value::Array(links)) = links else {
                let why = "neither an export nor a page of a chain (there is no proof_chain and no kv_chain)";
                return Err(why.to_owned());
            };
            let number =
                |name: &str| page.get("pagination").and_then(|pagination| pagination.get(name)?.as_i64());
            let in_order = i64::try_from(pages.len()).unwrap_or(i64::MAX).saturating_add(1);
            pages.push(Page {
                line,
                number: number("current").unwrap_or(in_order),
                total: number("total"),
                links,
            });
            Ok(())
        }
        _ => Err("neither an export nor pages of a chain".to_owned()),
    }
}
