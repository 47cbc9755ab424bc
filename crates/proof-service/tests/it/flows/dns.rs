//! A domain, proved by a TXT record.

use nextid_testkit::dns::{DnsOutcome, DnsStandIn};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::publish_txt;
use crate::support::{Setup, Tally};

on_both_databases! {
    /// Payload, record, submit; the domain is normalised, and other records beside it do not matter.
    async fn a_domain_is_bound(db: TestDatabase) {
        let dns = DnsStandIn::start();
        let app = Setup::new(&db).dns(&dns).start().await;
        let alice = key("alice");
        dns.publish_txt("example.com", "v=spf1 -all");
        let draft = app.draft(&alice, "create", "dns", "Example.COM").await;
        publish_txt(&dns, "example.com", &draft);
        let link = app.accept(&draft).await;
        assert_eq!((&link["identity"], &link["proof_location"]), (&"example.com".into(), &"example.com".into()));
        assert_eq!(app.bound(&alice.avatar()).await, ["dns:example.com"]);
        app.verified(&alice.avatar()).await;
    }

    /// An answer that does not fit a datagram is fetched over TCP.
    async fn a_truncated_answer_is_fetched_whole(db: TestDatabase) {
        let dns = DnsStandIn::start();
        let app = Setup::new(&db).dns(&dns).start().await;
        for number in 0..40 {
            dns.publish_txt("example.com", &format!("verification-of-something={number:0>60}"));
        }
        let draft = app.draft(&key("alice"), "create", "dns", "example.com").await;
        publish_txt(&dns, "example.com", &draft);
        app.accept(&draft).await;
        let transports: Vec<_> = dns.queries().iter().map(|query| query.transport).collect();
        assert_eq!(transports, [nextid_testkit::dns::Transport::Udp, nextid_testkit::dns::Transport::Tcp]);
    }

    /// Every way in which a record can fail to prove anything, and what is said about it.
    async fn what_does_not_prove_a_domain(db: TestDatabase) {
        let dns = DnsStandIn::start();
        let app = Setup::new(&db).dns(&dns).set("net.timeout_ms", 500).start().await;
        let alice = key("alice");
        let before = Tally::of(&db);

        let draft = app.draft(&alice, "create", "dns", "nothing.example.com").await;
        app.refuse(&draft, 400, "proof_missing").await;
        dns.publish_txt("nothing.example.com", "v=spf1 -all");
        app.refuse(&draft, 400, "proof_missing").await;

        let draft = app.draft(&alice, "create", "dns", "other.example.com").await;
        dns.publish_txt("other.example.com", &draft.post_signed_by(&key("mallory")));
        let error = app.refuse(&draft, 400, "proof_mismatch").await;
        assert_eq!(error["which"], "signature");
        assert_eq!(error["expected"], alice.avatar().to_hex());

        let draft = app.draft(&alice, "create", "dns", "failing.example.com").await;
        publish_txt(&dns, "failing.example.com", &draft);
        for (outcome, status, code) in [
            (DnsOutcome::ServFail, 503, "platform_unavailable"),
            (DnsOutcome::Refused, 503, "platform_unavailable"),
            (DnsOutcome::NoRecords, 400, "proof_missing"),
            (DnsOutcome::NoSuchName, 400, "proof_missing"),
            (DnsOutcome::Tampered, 400, "proof_mismatch"),
            (DnsOutcome::Silent, 504, "platform_timeout"),
        ] {
            dns.script(outcome);
            app.refuse(&draft, status, code).await;
        }
        assert_eq!(Tally::of(&db), before);
        dns.script(DnsOutcome::Ok);
        app.accept(&draft).await;
    }
}
