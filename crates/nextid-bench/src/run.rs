//! The rounds: in each, everything is measured once, floors and services by turns, so that whatever else the machine does
//! meanwhile happens to all of them.

use std::collections::HashMap;

use crate::cpu::{Parties, peak_memory};
use crate::drive::{Outcome, Until, closed_loop};
use crate::events;
use crate::failure::{Context as _, Result};
use crate::feed;
use crate::floors::{self, InProcess, PgBench};
use crate::options::{Row, RunOptions};
use crate::perf::Perf;
use crate::readers::{self, Read};
use crate::series::Results;
use crate::service::{Programs, Which};
use crate::verify::Chains;
use crate::world::{Place, World};
use crate::writers::{self, Append};

/// Clients of most lines.
const MANY: usize = 64;
/// Clients of the lines about latencies.
const FEW: usize = 8;
/// Readers of the event stream.
const SUBSCRIBERS: usize = 1000;
/// Submits in a second while they listen.
const EVENTS_PER_SECOND: u32 = 10;
/// Starts of each program.
const STARTS: u32 = 7;
/// Links of the chains that are checked.
const CHAIN: u64 = 300;
/// Appends in a second that are expected before anything was measured.
const GUESS: f64 = 500.0;

enum DatabaseFloors {
    Postgres(PgBench),
    Sqlite(Box<InProcess>),
}

/// A run on one database.
pub struct Run<'o> {
    options: &'o RunOptions,
    programs: Programs,
    place: Place,
    floors: DatabaseFloors,
    hello: crate::hello::Hello,
    chains: Chains,
    results: Results,
    /// Answers in a second, by line: how many requests have to be signed for the next round.
    rates: HashMap<String, f64>,
    is_last_round: bool,
}

impl<'o> Run<'o> {
    /// Prepares the floors.
    ///
    /// # Errors
    /// With the words of whatever does not work.
    pub fn new(options: &'o RunOptions, programs: Programs, place: Place) -> Result<Self> {
        let floors = match &place.postgres {
            Some(server) => DatabaseFloors::Postgres(PgBench::new(server)?),
            None => DatabaseFloors::Sqlite(Box::new(InProcess::new(&place.directory)?)),
        };
        Ok(Self {
            options,
            programs,
            floors,
            hello: crate::hello::Hello::start(&place.directory)?,
            place,
            chains: Chains::sign(CHAIN)?,
            results: Results::default(),
            rates: HashMap::new(),
            is_last_round: false,
        })
    }

    /// Measures everything that is wanted.
    ///
    /// # Errors
    /// With the words of whatever does not work. A request that fails is counted instead.
    pub async fn measure(mut self) -> Result<Results> {
        let (options, links) = (self.options, self.options.links_each);
        let mut small = World::make(&self.programs, &self.place, "small", options.avatars, links)?;
        let mut large = None;
        if options.wants_large() {
            let world = World::make(&self.programs, &self.place, "large", options.large_avatars, links)?;
            say(&format!("filled the large databases in {} s", world.filled_in.as_secs()));
            large = Some(world);
        }
        self.starts(&small)?;
        say("warming up");
        self.round(&mut small, large.as_mut()).await?;
        // What the warm-up gave is good for knowing how much has to be signed.
        self.results = self.results.only("start ");
        for round in 1..=options.rounds {
            say(&format!("round {round} of {}", options.rounds));
            self.is_last_round = round == options.rounds;
            self.round(&mut small, large.as_mut()).await?;
        }
        if options.wants(Row::Memory) {
            self.memory(&small, "memory")?;
            if let Some(large) = &large {
                self.memory(large, "large memory")?;
            }
        }
        // At last, so that what a thousand connections take is not taken for what requests do.
        if options.wants(Row::Events) {
            for _ in 0..options.rounds {
                self.events(&mut small).await?;
            }
            self.memory(&small, "memory with subscribers")?;
        }
        if options.wants(Row::Size) {
            self.sizes()?;
        }
        Ok(self.results)
    }

    async fn round(&mut self, small: &mut World, large: Option<&mut World>) -> Result<()> {
        self.floors().await?;
        self.world(small, "").await?;
        if let Some(large) = large {
            if self.options.wants(Row::Large) {
                self.world(large, "large ").await?;
            }
            if self.options.wants(Row::Search) {
                let outcome = self.read(large, Which::Proof, Read::Search, 1, "search p99").await?;
                self.note("search p99", outcome.p99_ms(), &outcome);
            }
        }
        if self.options.wants(Row::P99) {
            self.latencies(small).await?;
        }
        if self.options.wants(Row::Feed) {
            let (address, parties) = small.target(Which::Kv);
            let reading = feed::read(address, self.options.time(), &parties).await?;
            let series = self.results.value("feed", reading.rate);
            (series.requests, series.cpu) = (series.requests + reading.links, series.cpu + reading.cpu);
        }
        if self.options.wants(Row::Verify) {
            let time = self.options.time() / 2;
            self.results.value("verify kv", self.chains.kv_rate(time)?);
            self.results.value("verify proof", self.chains.proof_rate(time)?);
        }
        Ok(())
    }

    async fn floors(&mut self) -> Result<()> {
        let (seconds, time) = (self.options.seconds, self.options.time());
        let (append, point) = match &mut self.floors {
            DatabaseFloors::Postgres(pgbench) => (pgbench.append(seconds)?, pgbench.point_read(seconds)?),
            DatabaseFloors::Sqlite(sqlite) => (sqlite.append(time)?, sqlite.point_read(time)?),
        };
        self.results.value("floor append", append);
        self.results.value("floor point read", point);
        let parties = Parties { service: Some(self.hello.pid()), postmaster: None };
        let nobody = crate::people::people(1)?;
        let requests = readers::requests(Read::Hello, &nobody, 1, MANY);
        let outcome = closed_loop(self.hello.address(), requests, Until::Over(time), &parties).await?;
        self.note("floor hello", outcome.rate(), &outcome);
        self.results.value("floor recovery", floors::recovery(time / 3)?);
        self.results.value("floor fsync", floors::fsync(&self.place.directory, time / 3)?);
        Ok(())
    }

    /// What is measured in the small database and, the same, in the large one.
    async fn world(&mut self, world: &mut World, size: &str) -> Result<()> {
        if self.options.wants(Row::Submit) || !size.is_empty() {
            let name = format!("{size}submit");
            let outcome = self.append(world, Append::Kv, MANY, &name).await?;
            self.note(&name, outcome.rate(), &outcome);
        }
        let reads = [
            (Row::Read, Which::Kv, Read::Content, "read"),
            (Row::Read, Which::Proof, Read::Exists, "exists"),
            (Row::Payload, Which::Kv, Read::KvPayload, "payload"),
            (Row::Payload, Which::Proof, Read::ProofPayload, "proof payload"),
        ];
        for (row, which, read, name) in reads {
            if self.options.wants(row) || !size.is_empty() {
                let name = format!("{size}{name}");
                let outcome = self.read(world, which, read, MANY, &name).await?;
                self.note(&name, outcome.rate(), &outcome);
            }
        }
        if self.options.wants(Row::Bind) || !size.is_empty() {
            let name = format!("{size}bind");
            let outcome = self.append(world, Append::Wallet, MANY, &name).await?;
            self.note(&name, outcome.rate(), &outcome);
        }
        Ok(())
    }

    async fn latencies(&mut self, world: &mut World) -> Result<()> {
        let outcome = self.append(world, Append::Kv, FEW, "submit p99").await?;
        self.note("submit p99", outcome.p99_ms(), &outcome);
        for (which, read, name) in
            [(Which::Kv, Read::Content, "read p99"), (Which::Proof, Read::Exists, "exists p99")]
        {
            let outcome = self.read(world, which, read, FEW, name).await?;
            self.note(name, outcome.p99_ms(), &outcome);
        }
        Ok(())
    }

    async fn append(
        &mut self,
        world: &mut World,
        append: Append,
        clients: usize,
        name: &str,
    ) -> Result<Outcome> {
        let rate = self.rates.get(name).copied().unwrap_or(GUESS);
        let count = (rate * self.options.seconds as f64).round().clamp(4.0 * clients as f64, 1e6);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is from 32 to a million"
        )]
        let count = count as usize;
        let (which, writers) = match append {
            Append::Kv => (Which::Kv, &mut world.kv_writers),
            Append::Wallet => (Which::Proof, &mut world.wallet_writers),
        };
        let stocks = writers.prepare(clients, count)?;
        let (address, parties) = world.target(which);
        let perf = self.perf(name, &parties)?;
        let outcome = closed_loop(address, writers::requests(&stocks), Until::Done, &parties).await?;
        perf.map_or(Ok(()), Perf::detach)?;
        if outcome.errors > 0 {
            let writers = match append {
                Append::Kv => &mut world.kv_writers,
                Append::Wallet => &mut world.wallet_writers,
            };
            writers.resync(address).await?;
        }
        self.rates.insert(name.to_owned(), outcome.rate());
        Ok(outcome)
    }

    async fn read(
        &self,
        world: &World,
        which: Which,
        read: Read,
        clients: usize,
        name: &str,
    ) -> Result<Outcome> {
        let (address, parties) = world.target(which);
        let requests = readers::requests(read, &world.people, world.links, clients);
        let perf = self.perf(name, &parties)?;
        let outcome = closed_loop(address, requests, Until::Over(self.options.time()), &parties).await?;
        perf.map_or(Ok(()), Perf::detach)?;
        Ok(outcome)
    }

    fn perf(&self, name: &str, parties: &Parties) -> Result<Option<Perf>> {
        let wanted = self.options.perf.as_ref().filter(|_| self.is_last_round).zip(parties.service);
        wanted.map(|(directory, pid)| Perf::attach(directory, name, pid)).transpose()
    }

    async fn events(&mut self, world: &mut World) -> Result<()> {
        let first = world.kv_writers.signed();
        let count = usize::try_from(self.options.seconds).unwrap_or(1) * EVENTS_PER_SECOND as usize;
        let mut stocks = world.kv_writers.prepare(1, count)?;
        let stock = stocks.pop().context("nothing to submit")?;
        let pause = std::time::Duration::from_secs(1) / EVENTS_PER_SECOND;
        let lag = events::measure(world.kv.address, SUBSCRIBERS, &stock, first, pause).await?;
        let series = self.results.value("events", lag.micros.value_at_quantile(0.99) as f64 / 1000.0);
        series.requests += lag.micros.len();
        series.errors += lag.lost;
        if lag.lost > 0 {
            series.first_error.get_or_insert_with(|| "an event that did not arrive".to_owned());
            world.kv_writers.resync(world.kv.address).await?;
        }
        Ok(())
    }

    /// From the start of a process to its first healthy answer, on a database that is up to date.
    fn starts(&mut self, world: &World) -> Result<()> {
        if !self.options.wants(Row::Start) {
            return Ok(());
        }
        for which in [Which::Kv, Which::Proof] {
            for _ in 0..STARTS {
                let service = self.programs.start(which, &world.database(which).url, self.place.logs())?;
                self.results.value(&format!("start {}", short(which)), service.start.as_secs_f64() * 1000.0);
            }
        }
        Ok(())
    }

    /// The most that a service has had so far.
    fn memory(&mut self, world: &World, name: &str) -> Result<()> {
        for which in [Which::Kv, Which::Proof] {
            let bytes = peak_memory(world.service(which).pid()).context("no memory of a process")?;
            self.results.value(&format!("{name} {}", short(which)), bytes as f64 / 1e6);
        }
        Ok(())
    }

    fn sizes(&mut self) -> Result<()> {
        for which in [Which::Kv, Which::Proof] {
            let file = std::fs::metadata(self.programs.path(which)).context("a program")?;
            self.results.value(&format!("size {}", short(which)), file.len() as f64 / 1e6);
        }
        Ok(())
    }

    fn note(&mut self, name: &str, value: f64, outcome: &Outcome) {
        let series = self.results.value(name, value);
        series.requests += outcome.answered;
        series.errors += outcome.errors;
        series.cpu = series.cpu + outcome.cpu;
        if series.first_error.is_none() {
            series.first_error.clone_from(&outcome.first_error);
        }
    }
}

fn short(which: Which) -> &'static str {
    match which {
        Which::Kv => "kv",
        Which::Proof => "proof",
    }
}

/// A line on standard error.
pub fn say(words: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "bench: {words}");
}
