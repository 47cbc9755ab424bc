//! Secrets that change.

use nextid_service::webhooks::SigningSecret;
use nextid_testkit::webhook::WebhookReceiver;

use crate::support::{Bench, START};

nextid_testkit::on_both_databases! {
    /// For as long as the operator said, both secrets sign; then the new one alone.
    async fn rotation(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        let worker = bench.deliverer();
        bench.append([1]).await;
        worker.run().await;
        let fresh = SigningSecret::generate();
        let until = START / 1000 + 3600;
        bench.store.rotate(endpoint.id.clone(), fresh.clone(), until).await.unwrap().unwrap();
        bench.append([2]).await;
        worker.run().await;
        bench.clock.set((until - 1) * 1000);
        bench.append([3]).await;
        worker.run().await;
        bench.clock.set(until * 1000);
        bench.append([4]).await;
        worker.run().await;
        let fresh = fresh.expose();
        let signed: Vec<(bool, bool, usize)> = receiver
            .accepted()
            .iter()
            .map(|delivery| {
                let count = delivery.signature.split(' ').count();
                (delivery.is_signed_by(&endpoint.secret), delivery.is_signed_by(&fresh), count)
            })
            .collect();
        assert_eq!(signed, [(true, false, 1), (true, true, 2), (true, true, 2), (false, true, 1)]);
    }

    /// Neither a secret nor a URL is in what a log line could show.
    async fn nothing_secret_is_printed(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let endpoint = bench.endpoint("https://example.com/token-in-a-path").await;
        let shown = format!("{:?}", bench.stored(&endpoint).await);
        assert!(!shown.contains("whsec_") && !shown.contains("token-in-a-path"), "{shown}");
        assert!(shown.contains(&endpoint.id));
    }
}
