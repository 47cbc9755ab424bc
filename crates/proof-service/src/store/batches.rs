//! What is done together for requests that wait at the same time.

use nextid_core::Avatar;
use nextid_service::batcher::metrics::ReadStats;
use nextid_service::chain::{Appender, Head, Lookup, Source};
use nextid_service::db::Db;

use super::append::{self, NewLink};
use super::bindings::{self, BindingRow};
use super::context::{self, SubmitContext};
use crate::recheck::Schedule;

/// One queue for each kind. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Batches {
    pub(super) appender: Appender<NewLink>,
    pub(super) contexts: Lookup<context::Question, SubmitContext>,
    pub(super) heads: Lookup<Avatar, Option<Head>>,
    pub(super) bindings: Lookup<bindings::Question, Option<BindingRow>>,
}

impl Batches {
    /// Starts them on the current tokio runtime.
    pub(super) fn spawn(db: &Db, schedule: Schedule) -> Self {
        Self {
            appender: Appender::spawn("append", db.clone(), move |conn, links| {
                append::append(conn, links, &schedule)
            }),
            contexts: Lookup::spawn("submit context", db.clone(), Source::Primary, context::contexts),
            heads: Lookup::spawn("head", db.clone(), Source::Primary, context::heads),
            bindings: Lookup::spawn("binding", db.clone(), Source::Any, bindings::find),
        }
    }

    /// What each has done and is doing.
    pub(super) fn stats(&self) -> Vec<ReadStats> {
        vec![self.appender.stats(), self.contexts.stats(), self.heads.stats(), self.bindings.stats()]
    }

    /// Finishes what waits, and takes no more.
    pub(super) async fn stop(&self) {
        self.contexts.stop().await;
        self.heads.stop().await;
        self.bindings.stop().await;
        self.appender.stop().await;
    }
}
