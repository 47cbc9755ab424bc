//! Fifty clients over one head, through two replicas, over and over.

use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use nextid_core::export::{ChainService, ExportVerifier};
use nextid_core::{Avatar, SecretKey};
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::http::Answer;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use nextid_testkit::rivals::{Chances, RIVALS, rounds};
use serde_json::{Value, json};

use crate::support::platforms::{github, publish_gist};
use crate::support::{App, Draft, Setup, Tally, Terms, address_of};

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("a clock before the end of time")
}

/// How many links the exported chain has, each of them checked as anybody can.
async fn exported(app: &App, avatar: &Avatar) -> u64 {
    let answer = app.get(&format!("/v1/avatar/{avatar}/export")).await.expect_status(200);
    let mut verifier = ExportVerifier::new(Some(*avatar));
    for line in answer.text().lines() {
        verifier.push_line(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    let state = verifier.finish().expect("a whole chain");
    assert_eq!(state.service, ChainService::Proof);
    state.links
}

/// What one of them submits over this head: a wallet with its signatures, or, one in ten, an account whose post has the only
/// signature.
fn rival(alice: &SecretKey, github: &GithubStandIn, number: usize, created_at: i64, head: &Value) -> Draft {
    let (wallet, is_post) = (key("wallet"), number % 10 == 9);
    let uuid = uuid::Uuid::new_v4().to_string();
    let (platform, identity) = match is_post {
        true => ("github", "octocat".to_owned()),
        false => ("ethereum", address_of(&wallet)),
    };
    let prev = head["signature"].as_str();
    let terms = Terms { action: "create", platform, identity: &identity, created_at, uuid: &uuid, prev };
    let mut draft = Draft::offline(alice, terms);
    if !is_post {
        return draft.signed().by_wallet(&wallet);
    }
    draft.post_content = json!({"signature": "%SIG_BASE64%"}).to_string();
    let gist = publish_gist(github, "octocat", &draft);
    draft.at(&gist)
}

on_both_databases! {
    /// In every round one is answered 201, forty-nine 409 with the new head; the chain has each round's winner, and holds.
    async fn of_fifty_rivals_one_wins(db: TestDatabase) {
        let github = github();
        let apps = [Setup::new(&db).github(&github).start().await, Setup::new(&db).github(&github).start().await];
        let alice = key("alice");
        let mut chances = Chances::new(1);
        let mut head = apps[0].bind_wallet(&alice, &key("wallet")).await;
        for round in 1..=rounds(5) {
            let dated: i64 = head["created_at"].as_str().unwrap().parse().unwrap();
            let second = dated.max(now());
            let submits = (0..RIVALS).map(|number| {
                // Their clocks differ, as far as the chain does not run away from ours.
                let ahead = if dated < now() + 60 { chances.below(3) } else { 0 };
                let draft = rival(&alice, &github, number, second + i64::from(ahead), &head);
                let (app, delay) = (&apps[number % 2], chances.delay());
                async move {
                    tokio::time::sleep(delay).await;
                    app.submit(&draft).await
                }
            });
            let submits: Vec<_> = submits.collect();
            let answers = join_all(submits).await;
            let (won, lost): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == 201);
            assert_eq!((won.len(), lost.len()), (1, RIVALS - 1), "round {round}");
            head = won[0].json();
            assert_eq!(head["seq"], round);
            for answer in lost {
                let told = answer.expect_error(409, "chain_conflict")["head"].take();
                for member in ["seq", "uuid", "signature", "created_at"] {
                    assert_eq!(told[member], head[member], "round {round}: {told}");
                }
            }
        }
        let length = rounds(5) + 1;
        for app in &apps {
            assert_eq!(exported(app, &alice.avatar()).await, length.unsigned_abs());
        }
        let tally = Tally::of(&db);
        assert_eq!((tally.links, tally.events), (length, length));
    }
}
