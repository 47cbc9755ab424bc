//! Many writers, several sequencers, some of them killed: everything once, no gap, each chain in order.

use std::collections::HashMap;
use std::time::Duration;

use nextid_service::db::Db;
use nextid_service::feed::{Sequencer, enqueue};

use crate::feed::{all, quick};
use crate::support::{Dice, end_sessions, open};

const CHAINS: i64 = 12;
const LINKS: i64 = 20;

/// A reference that says which link of which chain it is.
fn reference(chain: i64, link: i64) -> i64 {
    chain * 1000 + link
}

/// Appends a chain's links one after the other, each in a transaction that stays open for a while after its insert,
/// so that those of other chains overtake it. Tries again when the connection was cut.
async fn write_chain(db: Db, chain: i64) {
    let mut dice = Dice::new(u64::try_from(chain).unwrap() + 77);
    for link in 0..LINKS {
        loop {
            let open_for = Duration::from_micros(dice.roll(4000));
            let outcome = db
                .write(move |c| {
                    enqueue(c, 1, &[reference(chain, link)])?;
                    std::thread::sleep(open_for);
                    Ok(())
                })
                .await;
            match outcome {
                Ok(()) => break,
                // It may have been committed; then the repetition is a duplicate, which the feed drops.
                Err(error) => assert!(error.is_temporary(), "{error}"),
            }
        }
    }
}

/// A reader that follows by id while everything goes on.
async fn follow(db: Db, wanted: usize) -> Vec<(i64, i64)> {
    let mut read = Vec::new();
    while read.len() < wanted {
        let after = read.last().map_or(0, |(id, _)| *id);
        let rows = db.primary(move |c| nextid_service::feed::read_after(c, after, 50, None)).await;
        match rows {
            Ok(rows) => read.extend(rows.into_iter().map(|row| (row.id, row.reference))),
            Err(error) => assert!(error.is_temporary(), "{error}"),
        }
        tokio::task::yield_now().await;
    }
    read
}

fn check(rows: &[(i64, i64)]) {
    assert_eq!(rows.len(), usize::try_from(CHAINS * LINKS).unwrap());
    assert!(rows.iter().zip(1..).all(|((id, _), wanted)| *id == wanted), "there is a gap");
    let mut next: HashMap<i64, i64> = HashMap::new();
    for (_, reference) in rows {
        let link = next.entry(reference / 1000).or_default();
        assert_eq!(reference % 1000, *link, "chain {} is out of order", reference / 1000);
        *link += 1;
    }
}

nextid_testkit::on_both_databases! {
    /// Two processes write and number; sequencers are killed and replaced all the time; a reader follows.
    async fn everything_once_and_in_order(database: TestDatabase) {
        let pools = [open(&database).await, open(&database).await];
        let writers: Vec<_> = (0..CHAINS)
            .map(|chain| tokio::spawn(write_chain(pools[usize::try_from(chain % 2).unwrap()].clone(), chain)))
            .collect();
        let reader = tokio::spawn(follow(pools[0].clone(), usize::try_from(CHAINS * LINKS).unwrap()));
        let survivor = Sequencer::spawn(pools[0].clone(), quick());
        let mut dice = Dice::new(5);
        let mut killed = 0;
        while writers.iter().any(|writer| !writer.is_finished()) {
            let victim = Sequencer::spawn(pools[1].clone(), quick());
            victim.wake();
            // It dies somewhere in its work: at the latest when the feed has grown by a little.
            let mut watch = victim.watch();
            let more = watch.latest() + i64::try_from(dice.roll(10)).unwrap();
            drop(tokio::time::timeout(Duration::from_millis(dice.roll(30)), watch.beyond(more)).await);
            drop(victim);
            killed += 1;
        }
        assert!(killed > 2, "only {killed} were killed");
        for writer in writers {
            writer.await.unwrap();
        }
        let read = tokio::time::timeout(Duration::from_secs(60), reader).await.expect("the feed ends").unwrap();
        check(&read);
        survivor.stop().await;
        check(&all(&pools[1]).await.iter().map(|row| (row.id, row.reference)).collect::<Vec<_>>());
        assert_eq!((database.count("outbox"), database.count("lease")), (0, 0));
    }
}

/// The same while the server ends all sessions again and again, in the middle of whatever they do.
#[tokio::test]
async fn cut_connections_lose_and_repeat_nothing() {
    let Some(database) = nextid_testkit::TestDatabase::postgres_unless_left_out() else {
        return;
    };
    let database = std::sync::Arc::new(database);
    let db = open(&database).await;
    let sequencers =
        [Sequencer::spawn(db.clone(), quick()), Sequencer::spawn(open(&database).await, quick())];
    let writers: Vec<_> = (0..CHAINS).map(|chain| tokio::spawn(write_chain(db.clone(), chain))).collect();
    let reader = tokio::spawn(follow(db.clone(), usize::try_from(CHAINS * LINKS).unwrap()));
    let mut watch = sequencers[0].watch();
    for progress in (10..CHAINS * LINKS).step_by(20) {
        watch.beyond(progress - 1).await.expect("the feed goes on");
        let database = std::sync::Arc::clone(&database);
        tokio::task::spawn_blocking(move || end_sessions(&database)).await.unwrap();
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let read = tokio::time::timeout(Duration::from_secs(60), reader).await.expect("the feed ends").unwrap();
    check(&read);
    for sequencer in &sequencers {
        sequencer.stop().await;
    }
    assert_eq!((database.count("outbox"), database.count("lease")), (0, 0));
}
