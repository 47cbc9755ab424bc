//! A database that is written to meanwhile.

use futures_util::future::join_all;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::population::check;
use crate::support::App;

on_both_databases! {
    /// One Avatar that writes without a pause, and others; nothing of it is a defect, at any moment.
    async fn what_changes_is_not_wrong(db: TestDatabase) {
        let apps = [App::start(&db).await, App::start(&db).await];
        let (wallet, hot) = (key("wallet"), key("hot"));
        let bind = async |app: &App, avatar, number: usize| {
            for _ in 0..number {
                app.bind_wallet(avatar, &wallet).await;
            }
        };
        let others: Vec<_> = (0..6).map(|number| key(&format!("avatar {number}"))).collect();
        let writing = async {
            let others = others.iter().map(|avatar| bind(&apps[1], avatar, 4));
            futures_util::join!(bind(&apps[0], &hot, 24), join_all(others));
        };
        let checking = async {
            let mut checks = 0;
            loop {
                let (defects, end) = check(&db).await;
                assert_eq!(defects, []);
                checks += 1;
                if end.done.links == 48 {
                    return checks;
                }
            }
        };
        let ((), checks) = futures_util::join!(writing, checking);
        assert!(checks > 1, "it was looked at while it was written");
    }
}
