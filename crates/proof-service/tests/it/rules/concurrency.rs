//! A chain does not fork, on however many instances.

use futures_util::future::join_all;
use nextid_testkit::http::Answer;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::Value;

use crate::support::{App, Tally};

/// The answers with this status.
fn with_status(answers: &[Answer], status: u16) -> Vec<Value> {
    answers.iter().filter(|answer| answer.status == status).map(Answer::json).collect()
}

on_both_databases! {
    /// One submit sent twenty times at once is one link, and everybody is told so.
    async fn one_submit_sent_many_times_is_one_link(db: TestDatabase) {
        let apps = [App::start(&db).await, App::start(&db).await];
        let alice = key("alice");
        let draft = apps[0].wallet_draft(&alice, &key("wallet")).await;
        let submits = (0..20).zip(apps.iter().cycle()).map(|(_, app)| app.submit(&draft));
        let answers = join_all(submits).await;
        let taken = with_status(&answers, 201);
        assert_eq!(taken.len(), 20, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
        assert_eq!(taken.iter().filter(|link| link.get("replayed").is_none()).count(), 1);
        assert!(taken.iter().all(|link| link["signature"] == taken[0]["signature"]));
        assert_eq!((Tally::of(&db).links, Tally::of(&db).events), (1, 1));
    }

    /// Many Avatars at once do not get into each other's way, and the feed has every link once.
    async fn avatars_do_not_hinder_each_other(db: TestDatabase) {
        let apps = [App::start(&db).await, App::start(&db).await];
        let wallet = key("wallet");
        let avatars: Vec<_> = (0..12).map(|number| key(&format!("avatar {number}"))).collect();
        let chains = avatars.iter().zip(apps.iter().cycle()).map(|(avatar, app)| {
            let wallet = &wallet;
            async move {
                for _ in 0..3 {
                    app.bind_wallet(avatar, wallet).await;
                }
            }
        });
        join_all(chains).await;
        for avatar in &avatars {
            assert_eq!(apps[1].verified(&avatar.avatar()).await.head.unwrap().seq, 2);
        }
        let links = apps[0].changes(36).await;
        let ids: Vec<i64> = links.iter().map(|link| link["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, (1..=36).collect::<Vec<_>>());
        for avatar in &avatars {
            let hex = avatar.avatar().to_hex();
            let places: Vec<i64> = links
                .iter()
                .filter(|link| link["avatar"] == hex)
                .map(|link| link["seq"].as_i64().unwrap())
                .collect();
            assert_eq!(places, [0, 1, 2]);
        }
    }
}
