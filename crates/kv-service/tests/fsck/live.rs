//! A database that is written to meanwhile.

use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::population::check;
use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    /// One Avatar that writes without a pause; nothing of it is a defect, at any moment.
    async fn what_changes_is_not_wrong(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let (kv, hot) = (Kv::start(&db, &proof_service).await, Person::new("hot"));
        let writing = async {
            for number in 0..40 {
                hot.own_write(&kv, json!({"n": number, number.to_string(): {}})).await;
            }
        };
        let checking = async {
            let mut checks = 0;
            loop {
                let (defects, end) = check(&db).await;
                assert_eq!(defects, []);
                checks += 1;
                if end.done.links == 40 {
                    return checks;
                }
            }
        };
        let ((), checks) = futures_util::join!(writing, checking);
        assert!(checks > 1, "it was looked at while it was written");
    }
}
