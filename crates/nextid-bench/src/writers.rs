//! Requests that append, signed before the clock runs.
//!
//! A link signs the signature of the link before it, and both signatures are known to who makes them, so that whole chains
//! can be signed ahead. Signing costs the client as much as checking costs the service; done in the loop that is measured,
//! it would take a third of the machine from the service, where real clients sign on machines of their own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{KvPayload, ProofPayload};
use nextid_core::{Action, CanonicalJson, CreatedAt, LinkUuid, Platform};
use uuid::Uuid;

use crate::drive::Requests;
use crate::failure::{Context as _, Failure, Result};
use crate::http::post;
use crate::people::{Family, Person};
use crate::resync;
use crate::rows::{self, base64};

/// What is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Append {
    /// A merge patch under the Avatar's own key: one signature.
    Kv,
    /// An Ethereum wallet: the Avatar's signature and the wallet's.
    Wallet,
}

/// The heads of all chains of a database, as they will be once everything that was signed is accepted.
#[derive(Debug)]
pub struct Writers {
    append: Append,
    people: Arc<Vec<Person>>,
    loaded_links: u64,
    /// Who comes next; people are taken in an order that has nothing to do with their keys.
    cursor: usize,
    order: Vec<u32>,
    /// The signature of the head in base64, of those who have written.
    heads: HashMap<u32, String>,
    /// How many links were signed so far; it makes patches, wallets and uuids differ.
    signed: u64,
    /// Which writer this is, so that two never sign for the same wallet.
    number: u64,
}

/// What a connection sends, and the heads that it leaves.
type Lane = (Stock, HashMap<u32, String>);

/// A request, and the head that it leaves.
struct Signed {
    request: Vec<u8>,
    head: String,
}

/// What one connection sends, in order.
pub type Stock = Vec<Vec<u8>>;

impl Writers {
    /// For a database with `loaded_links` links of each of `people`. Writers with different numbers bind different wallets.
    pub fn new(append: Append, people: Arc<Vec<Person>>, loaded_links: u64, number: u64) -> Self {
        let mut order: Vec<u32> = (0_u32..).take(people.len()).collect();
        order.sort_unstable_by_key(|position| rows::mix(u64::from(*position)));
        Self { append, people, loaded_links, cursor: 0, order, heads: HashMap::new(), signed: 0, number }
    }

    /// Signs `count` links, of as many Avatars as there are, for `connections` connections: an Avatar's are on one
    /// connection, in their order. All cores sign.
    ///
    /// # Errors
    /// Never, but for what cannot be spelled.
    pub fn prepare(&mut self, connections: usize, count: usize) -> Result<Vec<Stock>> {
        let mut jobs: Vec<Vec<(u32, u64)>> = vec![Vec::new(); connections];
        for _ in 0..count {
            let position = self.cursor % self.order.len().max(1);
            let who = self.order.get(position).copied().context("nobody to write")?;
            let lane = jobs.get_mut(position % connections.max(1)).context("no connections")?;
            lane.push((who, self.signed));
            self.cursor += 1;
            self.signed += 1;
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (this, now) = (&*self, now()?);
        let parts: Vec<Result<Vec<Lane>>> = std::thread::scope(|scope| {
            let chunks = jobs.chunks(connections.div_ceil(threads).max(1));
            let handles: Vec<_> = chunks
                .map(|lanes| {
                    scope.spawn(move || lanes.iter().map(|lane| this.sign_lane(lane, now)).collect())
                })
                .collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|_| Err(Failure::new("signing panicked"))))
                .collect()
        });
        let mut stocks = Vec::with_capacity(connections);
        for part in parts {
            for (stock, heads) in part? {
                stocks.push(stock);
                self.heads.extend(heads);
            }
        }
        Ok(stocks)
    }

    /// How many links were signed so far: the number of the next.
    pub fn signed(&self) -> u64 {
        self.signed
    }

    /// Asks the service for the head of everybody who has written: after an error it is not known what was taken.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn resync(&mut self, address: SocketAddr) -> Result<()> {
        let mut connection = resync::connect(address).await?;
        for (who, head) in &mut self.heads {
            let person = usize::try_from(*who).ok().and_then(|who| self.people.get(who));
            let person = person.context("somebody who is not there")?;
            // Only a chain without links has no head, and whoever has written has one or is refused for ever.
            *head = resync::head(&mut connection, self.append, person).await?.unwrap_or_default();
        }
        Ok(())
    }

    fn sign_lane(&self, lane: &[(u32, u64)], now: CreatedAt) -> Result<Lane> {
        let mut heads: HashMap<u32, String> = HashMap::new();
        let mut stock = Vec::with_capacity(lane.len());
        for (who, number) in lane {
            let person = usize::try_from(*who).ok().and_then(|who| self.people.get(who));
            let person = person.context("somebody who is not there")?;
            let head = heads.get(who).or_else(|| self.heads.get(who)).cloned();
            let prev = match head {
                Some(head) => Some(head),
                None => {
                    self.loaded_links.checked_sub(1).map(|seq| base64(&rows::signature(person.index, seq)))
                }
            };
            let uuid = link_uuid(self.number, *number);
            let signed = match self.append {
                Append::Kv => kv(person, prev.as_deref(), *number, uuid, now)?,
                Append::Wallet => wallet(person, prev.as_deref(), (self.number << 40) + *number, uuid, now)?,
            };
            stock.push(signed.request);
            heads.insert(*who, signed.head);
        }
        Ok((stock, heads))
    }
}

/// What connections send of their stocks, one after the other.
pub fn requests(stocks: &[Stock]) -> Vec<Requests<'_>> {
    let sources = stocks.iter().map(|stock| {
        let mut rest = stock.iter();
        let next: Requests<'_> = Box::new(move |buffer: &mut Vec<u8>| match rest.next() {
            Some(request) => {
                buffer.extend_from_slice(request);
                true
            }
            None => false,
        });
        next
    });
    sources.collect()
}

/// The uuid of a link that is written here, of version 8, which lets its maker choose the bits: the event stream is
/// recognised by it.
pub fn link_uuid(writer: u64, number: u64) -> Uuid {
    let bits = (u128::from(UUID_MARK) << 96)
        | (u128::from(writer & 0xffff) << 48)
        | u128::from(number & 0xffff_ffff_ffff);
    uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid()
}

/// How every uuid of [`link_uuid`] begins.
pub const UUID_MARK: u32 = 0x6e78_6264;

fn now() -> Result<CreatedAt> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock")?;
    CreatedAt::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)).context("the clock")
}

fn kv(person: &Person, prev: Option<&str>, number: u64, uuid: Uuid, now: CreatedAt) -> Result<Signed> {
    let patch = CanonicalJson::of(&rows::patch(number));
    let identity = person.avatar.to_hex();
    let payload = KvPayload {
        form: KvPayloadForm::Avatar,
        avatar: &person.avatar,
        platform: Platform::Nextid,
        identity: &identity,
        uuid: LinkUuid::new(uuid).context("a uuid")?,
        created_at: now,
        patch: &patch,
        previous: prev,
    }
    .to_string();
    let secret = Family::avatars().secret(u64::from(person.index))?;
    let signature = secret.personal_sign(payload.as_bytes()).to_base64();
    let body = format!(
        "{{\"avatar\":\"{identity}\",\"platform\":\"nextid\",\"identity\":\"{identity}\",\"uuid\":\"{uuid}\",\
         \"created_at\":{now},\"patch\":{},\"signature\":\"{signature}\"}}",
        patch.as_str()
    );
    Ok(Signed { request: post("/v1/kv", &body), head: signature })
}

fn wallet(person: &Person, prev: Option<&str>, number: u64, uuid: Uuid, now: CreatedAt) -> Result<Signed> {
    let wallet = Family::wallets().secret(number)?;
    let address = nextid_core::EthAddress::of(&wallet.avatar()).to_string();
    let payload = ProofPayload {
        action: Action::Create,
        avatar: &person.avatar,
        platform: Platform::Ethereum,
        identity: &address,
        created_at: now,
        uuid: LinkUuid::new(uuid).context("a uuid")?,
        prev,
    }
    .to_string();
    let secret = Family::avatars().secret(u64::from(person.index))?;
    let signature = secret.personal_sign(payload.as_bytes());
    let by_wallet = wallet.personal_sign(payload.as_bytes()).to_base64();
    let body = format!(
        "{{\"action\":\"create\",\"platform\":\"ethereum\",\"identity\":\"{address}\",\"public_key\":\"{}\",\
         \"uuid\":\"{uuid}\",\"created_at\":\"{now}\",\
         \"extra\":{{\"signature\":\"{}\",\"wallet_signature\":\"{by_wallet}\"}}}}",
        person.avatar.to_hex(),
        signature.to_base64()
    );
    // proof-service keeps signatures with v reduced.
    Ok(Signed { request: post("/v1/proof", &body), head: signature.with_reduced_v().to_base64() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::people;

    #[test]
    fn an_avatars_links_follow_each_other_on_one_connection() {
        let people = Arc::new(people(5).unwrap());
        for append in [Append::Kv, Append::Wallet] {
            let mut writers = Writers::new(append, Arc::clone(&people), 3, 1);
            let first = writers.prepare(2, 6).unwrap();
            let second = writers.prepare(2, 6).unwrap();
            assert_eq!(first.iter().map(Vec::len).sum::<usize>(), 6);
            let mut lanes = HashMap::new();
            for stocks in [&first, &second] {
                for (lane, stock) in stocks.iter().enumerate() {
                    for request in stock {
                        let text = String::from_utf8(request.clone()).unwrap();
                        let key = text.split("\":\"0x0").nth(1).unwrap()[..60].to_owned();
                        if append == Append::Kv {
                            assert_eq!(*lanes.entry(key).or_insert(lane), lane);
                        }
                    }
                }
            }
            assert_eq!(writers.heads.len(), 5);
        }
    }
}
