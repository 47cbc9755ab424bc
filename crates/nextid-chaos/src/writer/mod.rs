//! Writers: each asks for a payload, signs it, submits it, and submits it again until it knows what became of it.

mod kv;
mod proof;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nextid_core::SecretKey;
use nextid_testkit::keys::key;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Client;
use serde_json::Value;

use crate::http::{Answer, post};
use crate::ledger::{Accepted, Chain, Ledger};
use crate::plan::Service;
use crate::stack::Stack;

/// How long a request may take.
const WITHIN: Duration = Duration::from_secs(15);
/// How long a writer goes on asking what became of its submit once nothing is broken any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// What writers share.
#[derive(Debug)]
pub struct Writers {
    /// What they write to.
    pub stack: Arc<Stack>,
    /// What was sent and answered.
    pub ledger: Ledger,
    /// Nothing new is begun.
    pub stopping: AtomicBool,
    /// Makes the keys.
    pub seed: u64,
    /// How many Avatars there are beside the hot one.
    pub avatars: usize,
}

/// One writer.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Writers>,
    service: Service,
    client: Client,
    random: StdRng,
    /// How often it writes for the one Avatar for which everybody writes, in per cent.
    hot: u32,
}

impl Writer {
    /// The writer with this number. What it chooses follows from the seed and the number.
    pub fn new(shared: Arc<Writers>, service: Service, number: u64, client: Client) -> Self {
        let of_service = match service {
            Service::Proof => 0,
            Service::Kv => 1 << 32,
        };
        let random = StdRng::seed_from_u64(shared.seed ^ (of_service + number + 1).rotate_left(17));
        // Half of them crowd at one chain.
        let hot = if number.is_multiple_of(2) { 90 } else { 5 };
        Self { shared, service, client, random, hot }
    }

    /// Writes until the writers are stopped.
    pub async fn run(mut self) {
        while !self.shared.stopping.load(Ordering::Relaxed) {
            let written = match self.service {
                Service::Proof => self.write_proof().await,
                Service::Kv => self.write_kv().await,
            };
            if written.is_none() {
                // Nobody answers at the moment.
                tokio::time::sleep(Duration::from_millis(self.random.random_range(10..100))).await;
            }
        }
    }

    /// Somebody to write for: their number, and their key.
    fn somebody(&mut self) -> (usize, SecretKey) {
        let number = match self.random.random_range(0..100) < self.hot {
            true => 0,
            false => self.random.random_range(1..=self.shared.avatars.max(1)),
        };
        (number, self.key(number))
    }

    fn key(&self, number: usize) -> SecretKey {
        key(&format!("chaos {} {number}", self.shared.seed))
    }

    /// Asks a replica.
    async fn ask(&mut self, path: &str, body: &Value, within: Duration) -> Option<Answer> {
        let replica = self.random.random_range(0..2);
        let address = self.shared.stack.address(self.service, replica);
        post(&self.client, address, path, body, within).await
    }

    /// Asks for a payload.
    async fn payload(&mut self, path: &str, body: &Value) -> Option<Value> {
        let answer = self.ask(path, body, WITHIN).await;
        let ledger = &self.shared.ledger;
        match answer {
            Some(Answer { status: 200, body }) => {
                ledger.answered("payload 200");
                Some(body)
            }
            Some(other) => {
                ledger.answered(&format!("payload {}", other.summary()));
                None
            }
            None => {
                ledger.answered("payload without an answer");
                None
            }
        }
    }

    /// Submits, again and again until it is known what became of it. `link` finds the link in an answer.
    async fn submit(
        &mut self,
        chain: Chain,
        path: &str,
        body: &Value,
        link: fn(&Value) -> Option<&Value>,
    ) -> Option<()> {
        let uuid = body.get("uuid").and_then(Value::as_str)?.to_owned();
        self.shared.ledger.sent(chain, &uuid);
        // One in ten goes away before the answer, and one in three of those for good.
        if self.random.random_range(0..10) == 0 {
            let soon = Duration::from_micros(self.random.random_range(500..30_000));
            let answer = self.ask(path, body, soon).await;
            if answer.is_none() {
                self.shared.ledger.answered("submit that was walked away from");
                if self.random.random_range(0..3) == 0 {
                    return Some(());
                }
            }
        }
        let mut deadline: Option<Instant> = None;
        loop {
            let answer = self.ask(path, body, WITHIN).await;
            let ledger = &self.shared.ledger;
            match &answer {
                Some(answer) => ledger.answered(&format!("submit {}", answer.summary())),
                None => ledger.answered("submit without an answer"),
            }
            match answer {
                Some(answer) if answer.status == 201 => {
                    let accepted = link(&answer.body).and_then(Accepted::of)?;
                    ledger.accepted(chain, &uuid, accepted);
                    return Some(());
                }
                // Another link has the place, and nothing can be put there any more.
                Some(answer) if answer.code() == "chain_conflict" => {
                    ledger.refused(chain, &uuid);
                    return Some(());
                }
                // An earlier attempt may still be under way.
                Some(answer) if answer.status < 500 && answer.status != 429 => return Some(()),
                _ => {}
            }
            if self.shared.stopping.load(Ordering::Relaxed) {
                let until = *deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
                if Instant::now() > until {
                    return None;
                }
            }
            tokio::time::sleep(Duration::from_millis(self.random.random_range(20..300))).await;
        }
    }
}
