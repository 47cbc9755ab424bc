//! Endpoints cannot lead inside.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nextid_net::{GuardedClient, NetConfig, Resolver};
use nextid_service::webhooks::Sender;
use nextid_testkit::webhook::WebhookReceiver;

use crate::support::{Bench, client, rules};

/// Knows the names it is given.
#[derive(Debug)]
struct Names(HashMap<&'static str, SocketAddr>);

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.0.get(host).map(|address| vec![*address]).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[test]
fn urls_that_cannot_be_registered() {
    let sender = Sender::with_client(client("dev.internal,127.0.0.1"), Duration::from_secs(1));
    for good in [
        "https://example.com/hook?a=b",
        "http://dev.internal:8080/",
        "https://127.0.0.1:1/",
        "HTTPS://EXAMPLE.com",
    ] {
        assert_eq!(sender.refusal(good), None, "{good}");
    }
    for (bad, why) in [
        ("http://example.com/", "must be https"),
        ("ftp://example.com/", "URL refused: only http and https are allowed"),
        ("https://user:password@example.com/", "URL refused: a user name or password is not allowed"),
        ("http://user@dev.internal/", "URL refused: a user name or password is not allowed"),
        ("https://10.0.0.1/", "URL refused: an IP address is not allowed"),
        ("https://[::1]/", "URL refused: an IP address is not allowed"),
        ("https://169.254.169.254/latest/", "URL refused: an IP address is not allowed"),
        ("https://localhost/", "URL refused: the host is not a public name"),
        ("https://example.com:22/", "URL refused: only the ports 443 and 80 are allowed"),
        ("example.com", "not a URL: relative URL without a base"),
    ] {
        assert_eq!(sender.refusal(bad).as_deref(), Some(why), "{bad}");
    }
}

nextid_testkit::on_both_databases! {
    /// A name that resolves to an inner address is refused when something is to be sent, and the endpoint's state says so.
    async fn names_that_resolve_inside(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let address = SocketAddr::from(([127, 0, 0, 1], receiver.port()));
        let names = Names(HashMap::from([("evil.example", address)]));
        let client = GuardedClient::builder(NetConfig::default()).resolver(Arc::new(names)).build().unwrap();
        let endpoint = bench.endpoint("https://evil.example/").await;
        bench.append([1]).await;
        bench.deliverer_over(client, rules(), Duration::from_secs(5)).run().await;
        assert_eq!(receiver.seen().len(), 0);
        let standing = bench.stored(&endpoint).await.standing;
        assert_eq!(standing.last_error.as_deref(), Some("evil.example has no public address"));
        assert_eq!((standing.last_status, standing.head_id, standing.failures), (None, Some(1), 1));
    }

    /// The rules count whenever something is sent: a host that is no longer allowed is not reached.
    async fn rules_that_became_stricter(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append([1]).await;
        bench.deliverer_over(client(""), rules(), Duration::from_secs(5)).run().await;
        assert_eq!(receiver.seen().len(), 0);
        let standing = bench.stored(&endpoint).await.standing;
        assert_eq!(standing.last_error.as_deref(), Some("URL refused: an IP address is not allowed"));
    }
}
