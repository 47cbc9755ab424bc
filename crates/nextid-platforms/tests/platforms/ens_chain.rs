//! ENS on a real chain: registry and resolvers of every kind, and gateways behind some of them.

use nextid_core::Platform;
use nextid_net::GuardedClient;
use nextid_platforms::ens::{EnsVerifier, RECORD_KEY};
use nextid_platforms::{Claim, EnsSettings, FetchError, Secret, Verifier};
use nextid_testkit::ethereum::{
    Anvil, GatewayOutcome, GatewayStandIn, encoded_bytes, namehash, selector, shown,
};
use nextid_testkit::keys::key;

use crate::contracts::{
    HOSTILE_RESOLVER, OFFCHAIN_RESOLVER, PLAIN_RESOLVER, REGISTRY, Value, WILDCARD_RESOLVER, call, encode,
    hash,
};
use crate::support::{LONG, claim, loopback_net, net, signed_post};

/// A chain with a registry on it.
struct Ens {
    chain: Anvil,
    registry: String,
}

impl Ens {
    async fn start() -> Option<Self> {
        let chain = Anvil::start()?;
        let registry = chain.deploy(REGISTRY, &[]).await;
        Some(Self { chain, registry })
    }

    async fn set_resolver(&self, name: &str, resolver: &str) {
        let values = [Value::Word(namehash(name)), Value::address(resolver)];
        self.chain.send(&self.registry, &call("setResolver(bytes32,address)", &values)).await;
    }

    fn verifier(&self) -> EnsVerifier {
        let settings =
            EnsSettings { rpc_url: Some(Secret::new(self.chain.rpc_url())), registry: self.registry.clone() };
        EnsVerifier::new(&settings).unwrap().unwrap()
    }

    async fn text_with(&self, name: &str, net: &GuardedClient) -> Result<String, FetchError> {
        let evidence = self.verifier().fetch(&alice(name), net).await?;
        Ok(evidence.texts[0].content.clone())
    }

    async fn text(&self, name: &str) -> Result<String, FetchError> {
        self.text_with(name, &net(LONG)).await
    }

    /// A resolver that asks these gateways, so many times in a row.
    async fn offchain(&self, gateways: &[String], hops: usize) -> String {
        let values =
            [Value::Strings(gateways.to_vec()), Value::number(hops), Value::address(&shown(&[0; 20]))];
        self.chain.deploy(OFFCHAIN_RESOLVER, &encode(&values)).await
    }
}

fn alice(name: &str) -> Claim {
    claim(&key("alice"), Platform::Ens, name, "")
}

fn gateway_net() -> GuardedClient {
    loopback_net("127.0.0.1", LONG)
}

/// A gateway that knows one text, and marks it as the resolver wants it.
fn gateway(text: &'static str) -> GatewayStandIn {
    GatewayStandIn::start(move |question| {
        let record = encoded_bytes(text.as_bytes());
        encode(&[Value::Word(hash(question)), Value::Bytes(record)])
    })
    .unwrap()
}

#[tokio::test]
async fn a_text_record() {
    let Some(ens) = Ens::start().await else { return };
    let resolver = ens.chain.deploy(PLAIN_RESOLVER, &[]).await;
    ens.set_resolver("alice.eth", &resolver).await;
    assert_eq!(ens.text("alice.eth").await, Err(FetchError::NotFound));
    let claim = alice("ALICE.eth");
    let values = [
        Value::Word(namehash("alice.eth")),
        Value::text(RECORD_KEY),
        Value::text(&signed_post(&claim, &key("alice"))),
    ];
    ens.chain.send(&resolver, &call("setText(bytes32,string,string)", &values)).await;
    let evidence = ens.verifier().fetch(&claim, &net(LONG)).await.unwrap();
    assert_eq!(ens.verifier().check(&claim, &evidence).unwrap().alt_id, "alice.eth");
    // Neither the names above nor those below have it.
    assert_eq!(ens.text("sub.alice.eth").await, Err(FetchError::NotFound));
    assert_eq!(ens.text("bob.eth").await, Err(FetchError::NotFound));
    // The resolver is what the registry says now.
    ens.set_resolver("alice.eth", &shown(&[0; 20])).await;
    assert_eq!(ens.text("alice.eth").await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn a_resolver_for_all_names_below() {
    let Some(ens) = Ens::start().await else { return };
    let resolver = ens.chain.deploy(WILDCARD_RESOLVER, &encode(&[Value::text("everybody's")])).await;
    ens.set_resolver("names.eth", &resolver).await;
    for name in ["names.eth", "alice.names.eth", "a.b.names.eth", "🎭.names.eth"] {
        assert_eq!(ens.text(name).await.as_deref(), Ok("everybody's"), "{name}");
    }
    assert_eq!(ens.text("alice.eth").await, Err(FetchError::NotFound));
    // A label may be so long that DNS has no way to write it.
    let long = format!("{}.names.eth", "a".repeat(256));
    assert!(matches!(ens.text(&long).await, Err(FetchError::Odd(_))));
    let empty = ens.chain.deploy(WILDCARD_RESOLVER, &encode(&[Value::text("")])).await;
    ens.set_resolver("names.eth", &empty).await;
    assert_eq!(ens.text("alice.names.eth").await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn a_record_behind_a_gateway() {
    let Some(ens) = Ens::start().await else { return };
    let gateway = gateway("from afar");
    for (template, method) in [(gateway.get_url(), "GET"), (gateway.post_url(), "POST")] {
        let resolver = ens.offchain(&[template], 1).await;
        ens.set_resolver("alice.eth", &resolver).await;
        assert_eq!(ens.text_with("alice.eth", &gateway_net()).await.as_deref(), Ok("from afar"));
        let request = gateway.requests().pop().unwrap();
        assert_eq!(request.method, method);
        let question = selector("text(bytes32,string)");
        match method {
            "GET" => assert!(request.target.starts_with(&format!("/{resolver}/{question}")), "{request:?}"),
            _ => assert!(request.body.contains(&resolver) && request.body.contains(&question), "{request:?}"),
        }
    }
    // Several look-ups in a row, and more than that.
    for (hops, fits) in [(4, true), (5, false)] {
        let resolver = ens.offchain(&[gateway.get_url()], hops).await;
        ens.set_resolver("alice.eth", &resolver).await;
        let asked = gateway.requests().len();
        let text = ens.text_with("alice.eth", &gateway_net()).await;
        assert_eq!(text.is_ok(), fits, "{hops}: {text:?}");
        assert!(gateway.requests().len() - asked <= 5);
    }
}

#[tokio::test]
async fn gateways_that_do_not_answer() {
    let Some(ens) = Ens::start().await else { return };
    let (first, second) = (gateway("first"), gateway("second"));
    let resolver = ens.offchain(&[first.get_url(), second.post_url()], 1).await;
    ens.set_resolver("alice.eth", &resolver).await;
    let net = gateway_net();
    // The next one is asked when one fails, but not when it says that the question is wrong.
    for outcome in [GatewayOutcome::Status(500), GatewayOutcome::Garbage] {
        first.script_next([outcome]);
        assert_eq!(ens.text_with("alice.eth", &net).await.as_deref(), Ok("second"), "{outcome:?}");
    }
    let asked = second.requests().len();
    first.script(GatewayOutcome::Status(404));
    assert_eq!(ens.text_with("alice.eth", &net).await, Err(FetchError::NotFound));
    first.script(GatewayOutcome::Status(403));
    assert!(matches!(ens.text_with("alice.eth", &net).await, Err(FetchError::Unavailable { .. })));
    first.script(GatewayOutcome::Status(400));
    assert!(matches!(ens.text_with("alice.eth", &net).await, Err(FetchError::Odd(_))));
    assert_eq!(second.requests().len(), asked);
    // What the contract does not believe is no record.
    first.script(GatewayOutcome::Forged);
    assert_eq!(ens.text_with("alice.eth", &net).await, Err(FetchError::NotFound));
    first.script(GatewayOutcome::Status(502));
    second.script(GatewayOutcome::Status(502));
    assert!(matches!(ens.text_with("alice.eth", &net).await, Err(FetchError::Unavailable { .. })));
}

/// The contract's author names the gateways, so they get what the guard lets through and nothing more.
#[tokio::test]
async fn gateways_are_asked_through_the_guard() {
    let Some(ens) = Ens::start().await else { return };
    let gateway = gateway("inside");
    for template in [gateway.get_url(), ens.chain.rpc_url().to_owned(), "file:///{data}".to_owned()] {
        let resolver = ens.offchain(std::slice::from_ref(&template), 1).await;
        ens.set_resolver("alice.eth", &resolver).await;
        let error = ens.text("alice.eth").await.unwrap_err();
        assert!(matches!(error, FetchError::Forbidden(_)), "{template}: {error}");
    }
    assert_eq!(gateway.requests(), []);
    // No gateway, no address, and none within the first four.
    let nowhere = vec!["http://".to_owned(); 4];
    for gateways in [vec![], vec!["no address".to_owned()], [nowhere, vec![gateway.get_url()]].concat()] {
        let resolver = ens.offchain(&gateways, 1).await;
        ens.set_resolver("alice.eth", &resolver).await;
        let error = ens.text_with("alice.eth", &gateway_net()).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{gateways:?}: {error}");
    }
    // A contract that sends us to ask in another one's name.
    let values =
        [Value::Strings(vec![gateway.get_url()]), Value::number(1), Value::address(&shown(&[1; 20]))];
    let resolver = ens.chain.deploy(OFFCHAIN_RESOLVER, &encode(&values)).await;
    ens.set_resolver("alice.eth", &resolver).await;
    assert!(matches!(ens.text_with("alice.eth", &gateway_net()).await, Err(FetchError::Odd(_))));
    assert_eq!(gateway.requests(), []);
}

#[tokio::test]
async fn resolvers_as_they_should_not_be() {
    let Some(ens) = Ens::start().await else { return };
    for (kind, is_evidence) in
        [(0, false), (1, false), (2, false), (3, false), (4, false), (5, true), (6, true)]
    {
        let resolver = ens.chain.deploy(HOSTILE_RESOLVER, &encode(&[Value::number(kind)])).await;
        ens.set_resolver("alice.eth", &resolver).await;
        let error = ens.text("alice.eth").await.unwrap_err();
        assert_eq!(error.is_evidence(), is_evidence, "{kind}: {error}");
        assert!(is_evidence || matches!(error, FetchError::Odd(_)), "{kind}: {error}");
    }
    // A resolver without code answers everything with nothing.
    ens.set_resolver("alice.eth", &shown(&[9; 20])).await;
    assert_eq!(ens.text("alice.eth").await, Err(FetchError::NotFound));
    // A chain without a registry.
    let verifier = EnsVerifier::new(&EnsSettings {
        rpc_url: Some(Secret::new(ens.chain.rpc_url())),
        ..EnsSettings::default()
    });
    let error = verifier.unwrap().unwrap().fetch(&alice("alice.eth"), &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
}
