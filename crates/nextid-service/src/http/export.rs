//! Exports of chains: JSON Lines, streamed page by page.

use std::ops::Range;

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, Stream, StreamExt as _};
use nextid_core::export::ExportHeader;
use serde::Serialize;
use thiserror::Error;

use crate::db::DbError;

/// The media type of JSON Lines.
pub const JSON_LINES: &str = "application/x-ndjson";

/// Why an export that has begun ends early. The client sees the connection break off, and a file whose last link is not
/// the head.
#[derive(Debug, Error)]
enum Cut {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the chain has a gap between seq {} and {}", .0.start, .0.end)]
    Gap(Range<i64>),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Answers with an export: the header, then the links up to the head that it names, whatever was appended since.
///
/// `read` gives the links of a range of places, ascending. It is called for one page of `per_read` links after the other,
/// each when the client has taken the one before, so that an export needs the memory of one page, however long the chain
/// is, and holds nothing while the client is slow.
pub fn export<L, R, F>(request: &HttpRequest, header: &ExportHeader, per_read: i64, read: R) -> HttpResponse
where
    L: Serialize + 'static,
    R: Fn(Range<i64>) -> F + 'static,
    F: Future<Output = Result<Vec<L>, DbError>> + 'static,
{
    let file = format!("{}-{}.jsonl", header.service.as_str(), header.avatar);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, JSON_LINES))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if request.method() == Method::HEAD {
        return response.streaming(stream::empty::<Result<Bytes, Cut>>());
    }
    let end =
        header.head.as_ref().map_or(0, |head| i64::try_from(head.seq).unwrap_or(i64::MAX).saturating_add(1));
    let first = stream::iter([lines(std::slice::from_ref(header))]);
    response.streaming(first.chain(pages(end, per_read, read)).inspect(move |page| {
        if let Err(cut) = page {
            log::error!(target: "nextid::failure", file = file.as_str(); "an export was cut off: {cut}");
        }
    }))
}

fn pages<L, R, F>(end: i64, per_read: i64, read: R) -> impl Stream<Item = Result<Bytes, Cut>>
where
    L: Serialize,
    R: Fn(Range<i64>) -> F,
    F: Future<Output = Result<Vec<L>, DbError>>,
{
    stream::try_unfold((0, read), move |(next, read)| async move {
        if next >= end {
            return Ok(None);
        }
        let places = next..next.saturating_add(per_read).min(end);
        let links = read(places.clone()).await?;
        if i64::try_from(links.len()).ok() != Some(places.end - places.start) {
            return Err(Cut::Gap(places));
        }
        Ok(Some((lines(&links)?, (places.end, read))))
    })
}

fn lines<L: Serialize>(values: &[L]) -> Result<Bytes, Cut> {
    let mut text = Vec::with_capacity(1024 * values.len());
    for value in values {
        serde_json::to_writer(&mut text, value)?;
        text.push(b'\n');
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use actix_web::body::{self, MessageBody as _};
    use actix_web::test::TestRequest;
    use futures_util::future::poll_fn;
    use nextid_core::export::{ChainService, ExportHead};
    use serde_json::{Value, json};

    use super::*;

    fn header(links: u64) -> ExportHeader {
        let head = links.checked_sub(1).map(|seq| ExportHead { seq, signature: "c2ln".to_owned() });
        ExportHeader::new(ChainService::Kv, "0x04".to_owned(), head)
    }

    /// Answers for a chain of `held` links, and notes what was read.
    fn answer(links: u64, held: i64, reads: &Arc<Mutex<Vec<Range<i64>>>>) -> HttpResponse {
        let reads = Arc::clone(reads);
        export(&TestRequest::get().to_http_request(), &header(links), 4, move |places: Range<i64>| {
            reads.lock().unwrap().push(places.clone());
            async move { Ok(places.filter(|seq| *seq < held).map(|seq| json!({"seq": seq})).collect()) }
        })
    }

    async fn lines_of(response: HttpResponse) -> Vec<Value> {
        let text = body::to_bytes(response.into_body()).await.unwrap();
        text.split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[actix_web::test]
    async fn pages_end_with_the_head() {
        for (links, wanted) in
            [(0, vec![]), (1, vec![(0, 1)]), (4, vec![(0, 4)]), (9, vec![(0, 4), (4, 8), (8, 9)])]
        {
            let reads = Arc::default();
            // The chain is longer than it was when its head was read.
            let response = answer(links, 100, &reads);
            assert_eq!(response.headers().get("content-type").unwrap(), JSON_LINES);
            let disposition = response.headers().get("content-disposition").unwrap();
            assert_eq!(disposition, "attachment; filename=\"kv-service-0x04.jsonl\"");
            let lines = lines_of(response).await;
            assert_eq!(lines[0], serde_json::to_value(header(links)).unwrap());
            let seqs: Vec<u64> = lines[1..].iter().map(|line| line["seq"].as_u64().unwrap()).collect();
            assert_eq!(seqs, (0..links).collect::<Vec<_>>());
            let read =
                reads.lock().unwrap().iter().map(|places| (places.start, places.end)).collect::<Vec<_>>();
            assert_eq!(read, wanted);
        }
    }

    #[actix_web::test]
    async fn nothing_is_read_ahead_of_the_client() {
        let reads = Arc::default();
        let mut body = std::pin::pin!(answer(9, 9, &reads).into_body());
        let mut seen = Vec::new();
        while let Some(piece) = poll_fn(|context| body.as_mut().poll_next(context)).await {
            piece.unwrap();
            seen.push(reads.lock().unwrap().len());
        }
        assert_eq!(seen, [0, 1, 2, 3]);
    }

    #[actix_web::test]
    async fn a_chain_with_a_gap_is_cut_off() {
        let reads = Arc::default();
        assert!(body::to_bytes(answer(9, 6, &reads).into_body()).await.is_err());
        assert_eq!(*reads.lock().unwrap(), [0..4, 4..8]);
    }

    #[actix_web::test]
    async fn who_asks_for_the_head_only_gets_no_body() {
        let request = TestRequest::default().method(Method::HEAD).to_http_request();
        let read = |_: Range<i64>| async { unreachable!("nothing is to be read") };
        let response = export::<Value, _, _>(&request, &header(9), 4, read);
        assert!(lines_of(response).await.is_empty());
    }
}
