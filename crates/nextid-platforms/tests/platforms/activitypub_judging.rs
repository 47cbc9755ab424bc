//! Which posts on the fediverse prove a binding.

use nextid_core::{Platform, base1024};
use nextid_platforms::activitypub::ActivitypubVerifier;
use nextid_platforms::{
    Account, ActivitypubSettings, CheckError, Claim, Evidence, Mismatch, ProofText, Verified, Verifier,
};
use nextid_testkit::keys::key;

use crate::support::{OTHER_UUID, claim, linked_claim, post, sign, signed_post};

const ALICE: &str = "Alice@social.example";
const POST: &str = "109372843234789";

fn alice() -> Claim {
    claim(&key("alice"), Platform::Activitypub, ALICE, POST)
}

fn check(claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
    ActivitypubVerifier::new(&ActivitypubSettings::default()).unwrap().check(claim, evidence)
}

fn shown(kind: &str, content: impl Into<String>) -> Evidence {
    Evidence {
        account: Some(Account {
            name: "alice@social.example".to_owned(),
            other_names: Vec::new(),
            id: Some("108222".to_owned()),
            display_name: Some("Alice 🎭".to_owned()),
        }),
        texts: vec![ProofText { name: kind.to_owned(), content: content.into(), truncated: false }],
        location: Some(POST.to_owned()),
    }
}

/// The post as Mastodon writes it.
fn html(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n");
    paragraphs.map(|paragraph| format!("<p>{}</p>", paragraph.replace('\n', "<br />"))).collect()
}

#[test]
fn a_genuine_post_passes() {
    let (claim, key) = (alice(), key("alice"));
    let text = signed_post(&claim, &key);
    let expected = Verified {
        signature: sign(&claim, &key),
        alt_id: "108222".to_owned(),
        alt_name: "Alice 🎭".to_owned(),
        location: POST.to_owned(),
    };
    assert_eq!(check(&claim, &shown("text", text.as_str())), Ok(expected.clone()));
    assert_eq!(check(&claim, &shown("html", html(&text))), Ok(expected));
}

#[test]
fn posts_as_people_and_servers_mangle_them() {
    let (claim, key) = (alice(), key("alice"));
    let text = signed_post(&claim, &key);
    let signature = sign(&claim, &key).to_base64();
    let (head, tail) = signature.split_at(40);
    for content in [
        text.replace('\n', "\r\n"),
        text.replace(&signature, &format!("{signature}  ")),
        text.replace(&signature, &format!("{head}\u{ad}{tail}")),
        text.replace(&signature, &format!("\u{200b}{signature}\u{200b}")),
        text.replace(&signature, &format!("“{signature}”")),
        text.replace("Signature: ", "Signature:\u{a0}"),
        format!("Look!\n\n{text}\n#nextid"),
        format!("Signature: {signature}"),
    ] {
        check(&claim, &shown("text", content.as_str()))
            .unwrap_or_else(|error| panic!("{content:?}: {error}"));
        check(&claim, &shown("html", html(&content))).unwrap_or_else(|error| panic!("{content:?}: {error}"));
    }
    for content in [
        // Mastodon with a mention and a link, Pleroma without paragraphs, and an editor's own.
        html(&text).replace(
            "@Alice@social.example",
            "<span class=\"h-card\"><a href=\"https://social.example/@alice\">@<span>alice</span></a></span>",
        ),
        text.trim().replace('\n', "<br>"),
        format!("<div>{}</div>", text.trim().replace('\n', "</div><div>")),
        html(&text).replace('+', "&#43;").replace('/', "&#x2F;"),
        html(&text).replace(&signature, &format!("{head}<wbr>{tail}")),
        html(&text).replace(&signature, &format!("{head}&shy;{tail}")),
        html(&text).replace("Signature: ", "Signature:&nbsp;"),
        // A post that quotes another one above its own text.
        format!(
            "<p class=\"quote-inline\">RE: <a href=\"x\">x</a></p><blockquote>Signature: AAAA</blockquote>{}",
            html(&text)
        ),
    ] {
        check(&claim, &shown("html", content.as_str()))
            .unwrap_or_else(|error| panic!("{content:?}: {error}"));
    }
}

#[test]
fn posts_that_are_not_the_accounts_own_words() {
    let (claim, key) = (alice(), key("alice"));
    let text = html(&signed_post(&claim, &key));
    for (kind, found) in [
        ("boost", "somebody else's post, shared"),
        ("reply", "a reply"),
        ("hidden", "a post that is not public"),
        ("", "a post that is not public"),
    ] {
        let error = check(&claim, &shown(kind, text.as_str())).unwrap_err();
        assert_eq!(
            (error.mismatch(), error.found().as_deref()),
            (Some(Mismatch::Text), Some(found)),
            "{kind}"
        );
    }
    // Somebody else's words, quoted.
    let quoted = format!("<p>Look at that:</p><blockquote>{text}</blockquote>");
    assert_eq!(check(&claim, &shown("html", quoted)).unwrap_err().mismatch(), None);
    let quoted = signed_post(&claim, &key).replace('\n', "\n> ");
    assert_eq!(check(&claim, &shown("text", quoted)).unwrap_err().mismatch(), None);
    // A tag in a text is no tag.
    let shown_as_text = shown("text", format!("a<br>Signature: {}", sign(&claim, &key).to_base64()));
    assert_eq!(check(&claim, &shown_as_text).unwrap_err().mismatch(), None);
    assert_eq!(check(&claim, &Evidence { texts: Vec::new(), ..shown_as_text }).unwrap_err().mismatch(), None);
}

#[test]
fn other_signatures_are_refused() {
    let (claim, key) = (alice(), key("alice"));
    let mismatch = |text: String| check(&claim, &shown("text", text)).unwrap_err().mismatch();
    let other_link = linked_claim(&key, Platform::Activitypub, ALICE, POST, OTHER_UUID, None);
    let other_head =
        linked_claim(&key, Platform::Activitypub, ALICE, POST, crate::support::UUID, Some("AAAA"));
    let right = sign(&claim, &key).to_base64();
    for wrong in [
        sign(&claim, &nextid_testkit::keys::key("mallory")).to_base64(),
        sign(&other_link, &key).to_base64(),
        sign(&other_head, &key).to_base64(),
        // Base64 alone is known here.
        base1024::encode(sign(&claim, &key).as_bytes()),
        "AAAA".to_owned(),
        "%SIG_BASE64%".to_owned(),
    ] {
        assert_eq!(mismatch(post(&claim, &wrong)), Some(Mismatch::Signature), "{wrong}");
        assert_eq!(mismatch(format!("Signature: {wrong}\nSignature: {right}")), Some(Mismatch::Signature));
    }
    for text in ["", "Signature:", "Signature: ", "signature: abc", "Sig: abc", "no Signature: abc"] {
        assert_eq!(mismatch(text.to_owned()), None, "{text}");
    }
}

#[test]
fn the_author_must_be_the_servers_own() {
    let claim = alice();
    let text = signed_post(&claim, &key("alice"));
    let by = |name: &str| {
        let mut evidence = shown("text", text.as_str());
        evidence.account.as_mut().unwrap().name = name.to_owned();
        check(&claim, &evidence)
    };
    for name in ["alice@social.example", "ALICE@Social.Example", ALICE] {
        by(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for name in [
        "alice",
        "alice@",
        "",
        "bob@social.example",
        "alice@social.example:443",
        "alice@other.example",
        "alice@social.example@other.example",
        "alice@social.example.other.example",
        "@alice@social.example",
    ] {
        assert_eq!(by(name).unwrap_err().mismatch(), Some(Mismatch::Author), "{name}");
    }
    let nobody = Evidence { account: None, ..shown("text", text.as_str()) };
    assert_eq!(check(&claim, &nobody).unwrap_err().mismatch(), Some(Mismatch::Author));
}

/// An account that is looked at again is known by its id, and still has to be the server's own.
#[test]
fn a_renamed_account_stays() {
    let claim = Claim { alt_id: Some("108222".to_owned()), ..alice() };
    let text = signed_post(&claim, &key("alice"));
    let by = |name: &str, id: &str| {
        let mut evidence = shown("text", text.as_str());
        let account = evidence.account.as_mut().unwrap();
        (account.name, account.id) = (name.to_owned(), Some(id.to_owned()));
        check(&claim, &evidence)
    };
    assert_eq!(by("alicia@social.example", "108222").unwrap().alt_name, "alicia@social.example");
    for (name, id) in [("alice@social.example", "5"), ("alice@other.example", "108222")] {
        assert_eq!(by(name, id).unwrap_err().mismatch(), Some(Mismatch::Author), "{name} {id}");
    }
}

/// With vectors made by independent libraries.
#[test]
fn vectors_pass() {
    let secret = nextid_core::SecretKey::from_hex(
        "0xc848430d478027ab037581ce1007a145e6dd5ac58f60553875a88ef4630950bf",
    )
    .unwrap();
    let prev = "1uYi2eMKLc+AhMhV0177TX8DrgufmZpRCU17qIUdVE0wmZTGipmMyGZy1FqmYXEStrIdb83AY0kwqdmex0T0QgE=";
    for (prev, signature) in [
        (None, "zKmfIAhhq7aIoyFl3/6RlP8Fu0pSUCuV3SzPVnjjTbInm/MwTpJWcw38o8QzVFWI80afYYW/o8k6lhjLJ2B4RRw="),
        (
            Some(prev),
            "DJTMMUf4UhpCqhkmusSulKE8XFb8Htv9pJqV/faVCm1GHuhhdljfQz49QnXKPe3uehNiFWpQne70t/Nnp43gPxs=",
        ),
    ] {
        let uuid = "00000000-0000-4000-8000-000000000038";
        let claim = linked_claim(&secret, Platform::Activitypub, "user@example.social", POST, uuid, prev);
        let mut evidence = shown("html", html(&post(&claim, signature)));
        evidence.account.as_mut().unwrap().name = "user@example.social".to_owned();
        assert_eq!(check(&claim, &evidence).unwrap().signature.to_base64(), signature);
    }
}
