//! A platform that answers as told, and notes when it was asked about whom.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nextid_core::{Identity, Platform, Signature};
use nextid_net::GuardedClient;
use nextid_platforms::{CheckError, Claim, Evidence, FetchError, Verified, Verifier};

use super::TestClock;

/// What the platform says about a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Good,
    /// 404.
    NotFound,
    /// 429, with a time.
    Limited(Duration),
    /// It never answers.
    Never,
    /// Its answer makes our own code panic.
    Panic,
}

type Rule = Box<dyn Fn(&str) -> Answer + Send + Sync>;

/// A platform without a network.
pub struct Scripted {
    platform: Platform,
    clock: TestClock,
    takes: Duration,
    rule: Mutex<Rule>,
    asked: Mutex<Vec<(String, i64)>>,
}

impl Scripted {
    /// A platform on which every proof is there. Each answer takes so long.
    pub fn new(platform: Platform, clock: &TestClock, takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            platform,
            clock: clock.clone(),
            takes,
            rule: Mutex::new(Box::new(|_| Answer::Good)),
            asked: Mutex::default(),
        })
    }

    /// From now on it answers by this rule, from the identity's name.
    pub fn answer(&self, rule: impl Fn(&str) -> Answer + Send + Sync + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    /// Who was asked about so far, and the second of it.
    pub fn asked(&self) -> Vec<(String, i64)> {
        self.asked.lock().unwrap().clone()
    }

    /// How often it was asked so far.
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// Two looks at one proof, a minute and more apart, are fine; anything closer is not.
pub fn assert_no_two_within_a_minute(asked: &[(String, i64)]) {
    let mut asked = asked.to_vec();
    asked.sort();
    for pair in asked.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[1].1 - pair[0].1 >= 60, "{pair:?}");
    }
}

#[async_trait::async_trait]
impl Verifier for Scripted {
    fn platform(&self) -> Platform {
        self.platform
    }

    async fn resolve(&self, identity: &Identity, _: &GuardedClient) -> Result<Identity, FetchError> {
        Ok(identity.clone())
    }

    async fn fetch(&self, claim: &Claim, _: &GuardedClient) -> Result<Evidence, FetchError> {
        let name = claim.identity.as_str();
        self.asked.lock().unwrap().push((name.to_owned(), self.clock.now()));
        let answer = (self.rule.lock().unwrap())(name);
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        match answer {
            Answer::Good => Ok(Evidence::default()),
            Answer::NotFound => Err(FetchError::NotFound),
            Answer::Limited(wait) => {
                Err(FetchError::Unavailable { retry_after: Some(wait), why: "429".to_owned() })
            }
            Answer::Never => std::future::pending().await,
            Answer::Panic => panic!("scripted"),
        }
    }

    fn check(&self, claim: &Claim, _: &Evidence) -> Result<Verified, CheckError> {
        Ok(Verified {
            signature: Signature::from_slice(&[1; 65]).expect("65 bytes"),
            alt_id: claim.alt_id.clone().unwrap_or_default(),
            alt_name: claim.identity.as_str().to_owned(),
            location: claim.location.clone(),
        })
    }
}
