//! Which bindings a search finds.

use nextid_testkit::keys::{key, solana};
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::Value;

use crate::support::platforms::{github, publish_txt};
use crate::support::{App, Setup, address_of};

/// The logins of the Avatars that a search finds, newest first.
async fn found(app: &App, query: &str) -> Vec<String> {
    let body = app.read(&format!("/v1/proof?{query}")).await;
    let ids = body["ids"].as_array().expect("a list");
    assert_eq!(body["pagination"]["total_exact"], Value::Null);
    ids.iter().map(|id| id["proofs"][0]["identity"].as_str().expect("a text").to_owned()).collect()
}

/// An Avatar for each login, bound in this order.
async fn logins(db: &TestDatabase, logins: &[&str]) -> App {
    let github = github();
    let app = Setup::new(db).github(&github).start().await;
    for login in logins {
        app.bind_github(&key(login), &github, login).await;
    }
    app
}

on_both_databases! {
    /// As a whole, in any letter case; `exact` is false if it is left out, empty, or says so.
    async fn exact_is_as_a_whole(db: TestDatabase) {
        let app = logins(&db, &["octocat", "octocat2", "myoctocat"]).await;
        for exact in ["exact=true", "exact=1", "exact=T"] {
            for identity in ["octocat", "OctoCat"] {
                assert_eq!(found(&app, &format!("identity={identity}&{exact}")).await, ["octocat"]);
                assert_eq!(found(&app, &format!("identity={identity}&platform=github&{exact}")).await, ["octocat"]);
            }
        }
        for part in ["", "&exact=", "&exact=false", "&exact=0", "&exact=F"] {
            assert_eq!(found(&app, &format!("identity=OCTOCAT{part}")).await, ["myoctocat", "octocat2", "octocat"]);
        }
        assert_eq!(found(&app, "identity=octocat3").await, Vec::<String>::new());
        assert_eq!(found(&app, "identity=octocat&platform=dns").await, Vec::<String>::new());
        assert_eq!(found(&app, "identity=%40octocat&platform=github&exact=true").await, ["octocat"]);
    }

    /// Three characters are found anywhere, fewer at the beginning.
    async fn short_texts_are_prefixes(db: TestDatabase) {
        let app = logins(&db, &["abcdef", "xabc", "bcd"]).await;
        assert_eq!(found(&app, "identity=a").await, ["abcdef"]);
        assert_eq!(found(&app, "identity=bc").await, ["bcd"]);
        assert_eq!(found(&app, "identity=abc").await, ["xabc", "abcdef"]);
        assert_eq!(found(&app, "identity=BCD").await, ["bcd", "abcdef"]);
    }

    /// Percent sign, underscore and backslash are themselves.
    async fn wildcards_are_escaped(db: TestDatabase) {
        let app = logins(&db, &["a_b", "axb", "abc_def", "abcxdef"]).await;
        assert_eq!(found(&app, "identity=a_b").await, ["a_b"]);
        assert_eq!(found(&app, "identity=c_d").await, ["abc_def"]);
        for wildcard in ["%25", "_", "%25%25%25", "___", "a%25f", "%5C", "%5C%5C%5C", "abc%5C_def"] {
            assert_eq!(found(&app, &format!("identity={wildcard}")).await, Vec::<String>::new(), "{wildcard}");
        }
    }

    /// Several identities stay within the platform, in both modes.
    async fn several_identities_stay_within_the_platform(db: TestDatabase) {
        let github = github();
        let dns = nextid_testkit::dns::DnsStandIn::start();
        let app = Setup::new(&db).github(&github).dns(&dns).start().await;
        app.bind_github(&key("alice"), &github, "first").await;
        app.bind_github(&key("bob"), &github, "second").await;
        let draft = app.draft(&key("carol"), "create", "dns", "second.first.com").await;
        publish_txt(&dns, "second.first.com", &draft);
        app.accept(&draft).await;
        assert_eq!(found(&app, "identity=first,second").await, ["second.first.com", "second", "first"]);
        assert_eq!(found(&app, "identity=first,second&platform=github").await, ["second", "first"]);
        assert_eq!(found(&app, "identity=second,first&platform=dns").await, ["second.first.com"]);
        assert_eq!(found(&app, "identity=nobody,second,first&platform=github&exact=true").await, ["second", "first"]);
        assert_eq!(found(&app, "identity=FIRST,second.first.com&exact=true").await, ["second.first.com", "first"]);
        assert_eq!(found(&app, "identity=first,second&platform=dns&exact=true").await, Vec::<String>::new());
        // Only the first of equal names counts.
        assert_eq!(found(&app, "identity=first&identity=second&platform=github").await, ["first"]);
    }

    /// Where letter case tells accounts apart, it has to be right.
    async fn solana_is_case_sensitive(db: TestDatabase) {
        let app = App::start(&db).await;
        let wallet = solana("wallet");
        let draft = app.draft(&key("alice"), "create", "solana", &wallet.address()).await;
        app.accept(&draft.signed().by_solana(&wallet)).await;
        let address = wallet.address();
        let (lower, part) = (address.to_lowercase(), address[4..16].to_owned());
        assert_ne!(part, part.to_lowercase());
        for query in ["", "&platform=solana"] {
            assert_eq!(found(&app, &format!("identity={address}&exact=true{query}")).await, [address.as_str()]);
            assert_eq!(found(&app, &format!("identity={lower}&exact=true{query}")).await, Vec::<String>::new());
            assert_eq!(found(&app, &format!("identity={part}{query}")).await, [address.as_str()]);
            assert_eq!(found(&app, &format!("identity={}{query}", part.to_lowercase())).await, Vec::<String>::new());
        }
        app.exists(&key("alice").avatar(), "solana", &address).await.expect_status(200);
        app.exists(&key("alice").avatar(), "solana", &lower).await.expect_error(404, "not_found");
    }

    /// The platform's own id of an account finds it as well as its name.
    async fn accounts_are_found_by_their_own_id(db: TestDatabase) {
        let app = logins(&db, &["octocat", "hubot"]).await;
        assert_eq!(found(&app, "identity=1000001&exact=true").await, ["octocat"]);
        assert_eq!(found(&app, "identity=1000002&platform=github&exact=true").await, ["hubot"]);
        assert_eq!(found(&app, "identity=100000").await, ["hubot", "octocat"]);
    }

    /// The present display name of an account finds it; no name finds nothing.
    async fn accounts_are_found_by_their_display_name(db: TestDatabase) {
        let app = logins(&db, &["octocat", "hubot"]).await;
        db.execute(
            "UPDATE bindings SET alt_name = 'The Octocat', alt_name_folded = 'the octocat' WHERE identity = 'octocat'",
        );
        assert_eq!(found(&app, "identity=the+octocat&exact=true").await, ["octocat"]);
        assert_eq!(found(&app, "identity=The%20Octo").await, ["octocat"]);
        let body = app.read("/v1/proof?identity=octocat&exact=true").await;
        assert_eq!(body["ids"][0]["proofs"][0]["alt_name"], "The Octocat");
    }

    /// With `nextid` an identity is an Avatar, and everything that is bound to it matches.
    async fn nextid_finds_avatars(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        for number in 0..3 {
            app.bind_wallet(&alice, &key(&format!("wallet {number}"))).await;
        }
        app.bind_wallet(&bob, &key("wallet 0")).await;
        app.bind_alias(&bob, &key("carol")).await;
        let body = app.read(&format!("/v1/proof?platform=nextid&identity={},{}", alice.avatar(), bob.avatar())).await;
        assert_eq!((&body["pagination"]["total"], body["ids"].as_array().unwrap().len()), (&4.into(), 2));
        assert_eq!(body["ids"][0]["avatar"], bob.avatar().to_hex());
        assert_eq!(body["ids"][1]["proofs"].as_array().unwrap().len(), 3);
        let body = app.read(&format!("/v1/proof?platform=nextid&identity={}", key("nobody").avatar())).await;
        assert_eq!((&body["pagination"]["total"], &body["ids"]), (&0.into(), &serde_json::json!([])));
    }

    /// A hit shows everything of its Avatar, not only what matched.
    async fn a_hit_shows_all_bindings(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        app.bind_github(&alice, &github, "octocat").await;
        app.bind_wallet(&alice, &key("wallet")).await;
        let body = app.read("/v1/proof?platform=github&identity=octocat&exact=true").await;
        assert_eq!(body["pagination"]["total"], 1);
        let identities: Vec<&str> =
            body["ids"][0]["proofs"].as_array().unwrap().iter().map(|proof| proof["identity"].as_str().unwrap()).collect();
        assert_eq!(identities, [address_of(&key("wallet")).as_str(), "octocat"]);
    }
}
