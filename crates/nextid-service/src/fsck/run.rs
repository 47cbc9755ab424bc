//! All cores at work.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::chains::{Span, check_span, check_without_chain};
use super::feed::{feed_page, outbox_page};
use super::links::{avatar_after, count_links};
use super::progress::{Counter, Progress};
use super::snapshot::snapshot;
use super::waiting::{Question, waits_in_order, waits_twice, without_place};
use super::{Checks, Defect, Kind, PageEnd, Table};
use crate::boot::database_settings;
use crate::cli::{ExitCode, Fatal};
use crate::config::{Config, Service};
use crate::db::{Db, DbConnection, DbError, DbSettings, Migrations};

/// Links of the chains that a worker takes at a time; a longer chain is taken whole.
const SPAN: i64 = 2000;
/// Avatars without a chain of one read.
const AVATARS: i64 = 500;
/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// What a check says while it runs.
#[derive(Debug)]
pub enum Event {
    /// Something is wrong.
    Defect(Defect),
    /// How far it has come: every two seconds, and at the end.
    Progress(Progress),
}

/// As many workers as there are cores.
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Checks the database of a configuration, whose schema has to be this program's, and returns the last progress.
///
/// # Errors
/// When the database cannot be read. Defects are no errors.
pub async fn check_configured<C: Checks>(
    config: &Config,
    service: Service,
    migrations: &'static Migrations,
    jobs: usize,
    tell: &mut dyn FnMut(Event),
) -> Result<Progress, Fatal> {
    let url = config.database.url.expose();
    // Opening it would make it.
    if let Some(path) = url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        return Err(Fatal::new(ExitCode::Unavailable, format_args!("database.url: there is no file {path}")));
    }
    let settings = DbSettings {
        read_url: None,
        pool_size: u32::try_from(jobs).unwrap_or(u32::MAX).max(1),
        // A worker waits for its own connection only, and counting takes as long as it takes.
        statement_timeout: Duration::ZERO,
        ..database_settings(config, service)
    };
    migrations.require_current(&settings).await?;
    Ok(check::<C>(&Db::open(settings).await?, jobs, tell).await?)
}

/// Checks a database, and returns the last progress.
///
/// # Errors
/// The database's. Defects are no errors.
pub async fn check<C: Checks>(
    db: &Db,
    jobs: usize,
    tell: &mut dyn FnMut(Event),
) -> Result<Progress, DbError> {
    let start = Instant::now();
    let counter = Arc::new(Counter::default());
    let _guard = GiveUp(Arc::clone(&counter));
    let in_all = u64::try_from(db.primary(count_links).await?).unwrap_or(0);
    let plan = Arc::new(Mutex::new(Plan::new::<C>()));
    let (sender, mut defects) = mpsc::channel(64);
    let mut workers = JoinSet::new();
    for _ in 0..jobs.max(1) {
        workers.spawn(work::<C>(db.clone(), Arc::clone(&plan), Arc::clone(&counter), sender.clone()));
    }
    drop(sender);
    let mut told = 0;
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + TELL, TELL);
    loop {
        tokio::select! {
            // Ends when all workers have.
            defect = defects.recv() => match defect {
                Some(defect) => {
                    told += 1;
                    tell(Event::Defect(defect));
                }
                None => break,
            },
            // The first that fails ends the check.
            Some(ended) = workers.join_next() => ended.unwrap_or(Err(DbError::Aborted))?,
            _ = ticks.tick() => tell(Event::Progress(Progress::new(&counter, in_all, told, start, false))),
        }
    }
    while let Some(ended) = workers.join_next().await {
        ended.unwrap_or(Err(DbError::Aborted))?;
    }
    let end = Progress::new(&counter, in_all, told, start, true);
    tell(Event::Progress(end));
    Ok(end)
}

/// Tells the workers when nobody waits for them any more.
struct GiveUp(Arc<Counter>);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// What is left to be done.
struct Plan {
    tables: Vec<Table>,
    /// What is asked about what waits.
    questions: Vec<(Question, Kind)>,
    /// Where the next span of chains begins; none when there is none.
    chains: Option<Vec<u8>>,
    /// Where the next Avatars without a chain begin; none when there are none.
    without: Option<Vec<u8>>,
}

/// What a worker does next.
enum Job {
    Table(Table),
    Question(Question, Kind),
    Chains(Span),
    Without(Vec<Vec<u8>>),
}

impl Plan {
    fn new<C: Checks>() -> Self {
        let shared =
            [Table { name: "feed", page: feed_page::<C> }, Table { name: "outbox", page: outbox_page::<C> }];
        let kinds = C::OTHERS.iter().chain([&C::LINKS]);
        let questions = kinds.flat_map(|kind| [(without_place as Question, *kind), (waits_twice, *kind)]);
        Self {
            tables: C::tables().iter().copied().chain(shared).collect(),
            questions: questions.chain([(waits_in_order as Question, C::LINKS)]).collect(),
            chains: Some(Vec::new()),
            without: Some(Vec::new()),
        }
    }

    async fn next<C: Checks>(&mut self, db: &Db) -> Result<Option<Job>, DbError> {
        if let Some(table) = self.tables.pop() {
            return Ok(Some(Job::Table(table)));
        }
        if let Some((question, kind)) = self.questions.pop() {
            return Ok(Some(Job::Question(question, kind)));
        }
        if let Some(after) = self.chains.take() {
            let from = after.clone();
            let up_to = db.primary(move |conn| avatar_after(conn, &from, SPAN)).await?;
            self.chains.clone_from(&up_to);
            return Ok(Some(Job::Chains(Span { after, up_to })));
        }
        let Some(after) = self.without.take() else { return Ok(None) };
        let avatars = db.primary(move |conn| C::without_chain(conn, &after, AVATARS)).await?;
        self.without = avatars.last().cloned();
        Ok(self.without.is_some().then_some(Job::Without(avatars)))
    }
}

async fn work<C: Checks>(
    db: Db,
    plan: Arc<Mutex<Plan>>,
    counter: Arc<Counter>,
    defects: mpsc::Sender<Defect>,
) -> Result<(), DbError> {
    loop {
        let job = plan.lock().await.next::<C>(&db).await?;
        let found = match job {
            None => return Ok(()),
            Some(Job::Table(table)) => {
                check_table(&db, table.page, &counter, &defects).await?;
                continue;
            }
            Some(Job::Question(question, kind)) => {
                let page = move |conn: &mut DbConnection, after, found: &mut Vec<Defect>| {
                    question(conn, &kind, after, found)
                };
                check_table(&db, page, &counter, &defects).await?;
                continue;
            }
            Some(Job::Chains(span)) => {
                let counter = Arc::clone(&counter);
                db.primary(move |conn| check_span::<C>(conn, &span, &counter)).await?
            }
            Some(Job::Without(avatars)) => {
                let counter = Arc::clone(&counter);
                db.primary(move |conn| check_without_chain::<C>(conn, &avatars, &counter)).await?
            }
        };
        send(&defects, found).await;
    }
}

async fn check_table(
    db: &Db,
    page: impl Fn(&mut DbConnection, i64, &mut Vec<Defect>) -> Result<Option<PageEnd>, DbError>
    + Copy
    + Send
    + 'static,
    counter: &Arc<Counter>,
    defects: &mpsc::Sender<Defect>,
) -> Result<(), DbError> {
    let mut next = Some(0);
    while let Some(after) = next {
        let (found, end) = db
            .primary(move |conn| {
                let mut found = Vec::new();
                let end = page(conn, after, &mut found)?;
                if found.is_empty() {
                    return Ok((found, end));
                }
                found.clear();
                let end = snapshot(conn, |conn| page(conn, after, &mut found))?;
                Ok((found, end))
            })
            .await?;
        Counter::add(&counter.rows, end.map_or(0, |end| end.rows));
        send(defects, found).await;
        next = end.map(|end| end.last);
    }
    Ok(())
}

async fn send(defects: &mpsc::Sender<Defect>, found: Vec<Defect>) {
    for defect in found {
        // The receiver is there until all workers have ended.
        let _ = defects.send(defect).await;
    }
}
