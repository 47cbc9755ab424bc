//! Attempts to reach inside.

use std::net::SocketAddr;

use nextid_net::{FetchError, GuardedClient, NetConfig, UrlRule};

use crate::stand_in::{StandIn, answer, client_with_names};

#[tokio::test]
async fn names_that_resolve_inside_are_refused() {
    let server = StandIn::new(|_| answer(200, "", "secret")).await;
    let client = client_with_names(NetConfig::default(), [("evil.example", server.address)]);
    for url in
        ["http://evil.example/", "https://evil.example/", "http://evil.example./", "http://EVIL.example/"]
    {
        let error = client.get(url).await.unwrap_err();
        assert_eq!(error, FetchError::ForbiddenAddress { host: "evil.example".into() }, "{url}");
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn every_kind_of_inner_address_is_refused() {
    for ip in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ] {
        let address = SocketAddr::new(ip.parse().unwrap(), 0);
        let client = client_with_names(NetConfig::default(), [("evil.example", address)]);
        let error = client.get("https://evil.example/").await.unwrap_err();
        assert_eq!(error, FetchError::ForbiddenAddress { host: "evil.example".into() }, "{ip}");
    }
}

#[tokio::test]
async fn urls_that_break_a_rule_are_not_even_resolved() {
    let server = StandIn::new(|_| answer(200, "", "secret")).await;
    let port = server.address.port();
    let client = GuardedClient::new(NetConfig::default()).unwrap();
    for (url, why) in [
        (server.url("/"), UrlRule::IpLiteral),
        (format!("http://localhost:{port}/"), UrlRule::InternalName),
        (format!("http://2130706433:{port}/"), UrlRule::IpLiteral),
        (format!("http://[::ffff:127.0.0.1]:{port}/"), UrlRule::IpLiteral),
        (format!("http://example.com@127.0.0.1:{port}/"), UrlRule::UserInfo),
        (format!("http://example.com:{port}/"), UrlRule::Port),
        ("file:///etc/passwd".to_owned(), UrlRule::Scheme),
    ] {
        assert_eq!(client.get(&url).await.unwrap_err(), FetchError::ForbiddenUrl { why }, "{url}");
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn unknown_names_are_not_forbidden_ones() {
    let error = client_with_names(NetConfig::default(), []).get("https://gone.example/").await.unwrap_err();
    assert_eq!(error, FetchError::Resolve { host: "gone.example".into() });
    assert!(!error.is_forbidden());
}
