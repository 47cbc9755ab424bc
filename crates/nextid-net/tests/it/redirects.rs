//! Redirects: each hop is checked, and credentials do not travel.

use nextid_net::{FetchError, FetchRequest, UrlRule};
use serde_json::json;

use crate::stand_in::{StandIn, allowing, answer, client_with_names, local_client, redirect};

#[tokio::test]
async fn up_to_three_are_followed() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "GET /3" => redirect(301, "/2"),
        "GET /2" => redirect(302, "./1#fragment"),
        "GET /1" => redirect(307, "/0"),
        "GET /0" => answer(200, "", "arrived"),
        _ => redirect(308, "/3"),
    })
    .await;
    let client = local_client();
    let response = client.get(&server.url("/3")).await.unwrap();
    assert_eq!(response.text(), "arrived");
    assert_eq!(response.final_url.as_str(), server.url("/0"));
    assert_eq!(server.hits(), 4);
    assert_eq!(client.get(&server.url("/4")).await.unwrap_err(), FetchError::TooManyRedirects { limit: 3 });
    assert_eq!(server.hits(), 8);
}

#[tokio::test]
async fn a_loop_ends() {
    let server = StandIn::new(|_| redirect(302, "/")).await;
    let error = local_client().get(&server.url("/")).await.unwrap_err();
    assert_eq!(error, FetchError::TooManyRedirects { limit: 3 });
    assert_eq!(server.hits(), 4);
}

#[tokio::test]
async fn they_do_not_lead_inside() {
    let inner = StandIn::new(|_| answer(200, "", "secret")).await;
    let port = inner.address.port();
    for (location, why) in [
        (inner.url("/"), UrlRule::IpLiteral),
        (format!("//127.0.0.1:{port}/"), UrlRule::IpLiteral),
        (format!("http://0x7f000001:{port}/"), UrlRule::IpLiteral),
        (format!("http://[::ffff:7f00:1]:{port}/"), UrlRule::IpLiteral),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), UrlRule::IpLiteral),
        (format!("http://localhost:{port}/"), UrlRule::InternalName),
        ("http://metadata.google.internal/".to_owned(), UrlRule::InternalName),
        ("http://user@public.example/".to_owned(), UrlRule::UserInfo),
        (format!("http://public.example:{port}/"), UrlRule::Port),
        ("file:///etc/passwd".to_owned(), UrlRule::Scheme),
        ("gopher://public.example/".to_owned(), UrlRule::Scheme),
    ] {
        let start = StandIn::new({
            let location = location.clone();
            move |_| redirect(302, &location)
        })
        .await;
        let client = client_with_names(allowing("start.example"), [("start.example", start.address)]);
        let error = client.get("http://start.example/").await.unwrap_err();
        assert_eq!(error, FetchError::ForbiddenUrl { why }, "{location}");
        assert_eq!(start.hits(), 1);
    }
    assert_eq!(inner.hits(), 0);
}

#[tokio::test]
async fn they_do_not_lead_to_names_that_resolve_inside() {
    let inner = StandIn::new(|_| answer(200, "", "secret")).await;
    let start = StandIn::new(|_| redirect(307, "http://evil.example/")).await;
    let names = [("start.example", start.address), ("evil.example", inner.address)];
    let client = client_with_names(allowing("start.example"), names);
    let forbidden = FetchError::ForbiddenAddress { host: "evil.example".into() };
    assert_eq!(client.get("http://start.example/").await.unwrap_err(), forbidden);
    // Trust in the first URL does not cover where it leads.
    let trusted = FetchRequest::get("http://start.example/").trusted();
    assert_eq!(client.fetch(trusted).await.unwrap_err(), forbidden);
    assert_eq!((start.hits(), inner.hits()), (2, 0));
}

#[tokio::test]
async fn trust_stays_with_its_host_and_port() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "GET /a" => redirect(302, "/b"),
        _ => answer(200, "", "inside"),
    })
    .await;
    let client = client_with_names(allowing(""), [("node", server.address)]);
    let request = FetchRequest::get(format!("http://node:{}/a", server.address.port())).trusted();
    assert_eq!(client.fetch(request).await.unwrap().text(), "inside");
}

#[tokio::test]
async fn credentials_do_not_travel_to_another_origin() {
    let other = StandIn::new(|_| answer(200, "", "other")).await;
    let elsewhere = other.url("/");
    let server = StandIn::new(move |seen| match seen.line.as_str() {
        "POST /here" => redirect(307, "/there"),
        _ => redirect(307, &elsewhere),
    })
    .await;
    let request = FetchRequest::post(server.url("/here"))
        .bearer("secret")
        .header("x-api-key", "secret")
        .accept("application/json")
        .json(&json!({}));
    local_client().fetch(request).await.unwrap();
    for seen in server.seen() {
        assert_eq!(seen.headers["authorization"], "Bearer secret", "{}", seen.line);
        assert_eq!(seen.headers["x-api-key"], "secret", "{}", seen.line);
    }
    let seen = &other.seen()[0];
    assert_eq!((seen.line.as_str(), seen.body.as_str()), ("POST /", "{}"));
    assert_eq!(seen.headers["accept"], "application/json");
    for name in ["authorization", "x-api-key", "referer"] {
        assert!(!seen.headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_post_becomes_a_get() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "POST /" => redirect(303, "/result"),
        _ => answer(200, "", seen.line.clone()),
    })
    .await;
    let response = local_client().post_json(&server.url("/"), &json!({"a": 1})).await.unwrap();
    assert_eq!(response.text(), "GET /result");
    assert_eq!(server.seen()[1].body, "");
}

#[tokio::test]
async fn they_are_answers_when_not_wanted_or_without_location() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "GET /nowhere" => answer(302, "", "nowhere"),
        _ => redirect(302, "/nowhere"),
    })
    .await;
    let client = local_client();
    assert_eq!(client.get(&server.url("/")).await.unwrap().text(), "nowhere");
    let response = client.fetch(FetchRequest::get(server.url("/")).no_redirects()).await.unwrap();
    assert_eq!((response.status, response.header("location")), (302, Some("/nowhere")));
}
