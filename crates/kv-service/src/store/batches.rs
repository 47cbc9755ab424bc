//! What is done together for requests that wait at the same time.

use nextid_core::Avatar;
use nextid_service::batcher::metrics::ReadStats;
use nextid_service::chain::{Appender, Head, Lookup, Source};
use nextid_service::db::Db;

use super::append::{self, NewLink};
use super::context::{self, PayloadContext, PayloadQuestion, SubmitContext, SubmitQuestion};
use super::namespaces::{self, Gathered, Question};

/// One queue for each kind. Clones share them. Where an answer is none, the question has to be asked alone.
#[derive(Debug, Clone)]
pub(super) struct Batches {
    pub(super) appender: Appender<NewLink>,
    pub(super) contexts: Lookup<SubmitQuestion, Option<SubmitContext>>,
    pub(super) payloads: Lookup<PayloadQuestion, PayloadContext>,
    pub(super) heads: Lookup<Avatar, Option<Head>>,
    pub(super) published: Lookup<Question, Option<Gathered>>,
}

impl Batches {
    /// Starts them on the current tokio runtime.
    pub(super) fn spawn(db: &Db) -> Self {
        Self {
            appender: Appender::spawn("append", db.clone(), append::append),
            contexts: Lookup::spawn("submit context", db.clone(), Source::Primary, context::submit_contexts),
            payloads: Lookup::spawn(
                "payload context",
                db.clone(),
                Source::Primary,
                context::payload_contexts,
            ),
            heads: Lookup::spawn("head", db.clone(), Source::Primary, context::heads),
            published: Lookup::spawn("contents", db.clone(), Source::Any, namespaces::published),
        }
    }

    /// What each has done and is doing.
    pub(super) fn stats(&self) -> Vec<ReadStats> {
        vec![
            self.appender.stats(),
            self.contexts.stats(),
            self.payloads.stats(),
            self.heads.stats(),
            self.published.stats(),
        ]
    }

    /// Finishes what waits, and takes no more.
    pub(super) async fn stop(&self) {
        self.contexts.stop().await;
        self.payloads.stop().await;
        self.heads.stop().await;
        self.published.stop().await;
        self.appender.stop().await;
    }
}
