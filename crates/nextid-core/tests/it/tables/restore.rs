//! Which Avatar a published signature stands for, and how a tweet is read.

use nextid_core::payload::ProofPayload;
use nextid_core::restore::{Misc, PublishedProof, RestoreError, TweetFields};
use nextid_core::signature::SignatureError;
use nextid_core::{Action, CreatedAt, Identity, Platform, Signature};

use crate::support::keys::{key, uuid};

/// An identity of each platform.
fn example(platform: Platform) -> Identity {
    let text = match platform {
        Platform::Ethereum => "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6".to_owned(),
        Platform::Solana => "TeF3wrkxN2eYJtU54SGJXWcUgmUigWEFsAuDeDvp17g".to_owned(),
        Platform::Nextid => key("bob").avatar().to_hex(),
        Platform::Dns => "example.com".to_owned(),
        Platform::Ens => "example.eth".to_owned(),
        Platform::Dotbit => "example.bit".to_owned(),
        Platform::Steam => "76561198092541763".to_owned(),
        Platform::Activitypub => "a@example.com".to_owned(),
        Platform::Slack => "U04Q3NRDWHX".to_owned(),
        Platform::Nostr => "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d".to_owned(),
        Platform::Bluesky => "octocat.bsky.social".to_owned(),
        Platform::Website => "example.com".to_owned(),
        _ => "octocat".to_owned(),
    };
    Identity::parse(platform, &text).unwrap()
}

fn signed(identity: &Identity, action: Action, previous: Option<Signature>) -> Signature {
    let prev = previous.map(|signature| signature.to_base64());
    let payload = ProofPayload {
        action,
        avatar: &key("alice").avatar(),
        platform: identity.platform(),
        identity: identity.as_str(),
        created_at: CreatedAt::EPOCH,
        uuid: uuid(1),
        prev: prev.as_deref(),
    };
    key("alice").personal_sign(payload.to_string().as_bytes())
}

#[test]
fn the_avatar_is_found_wherever_the_payload_does_not_name_it() {
    let previous = key("alice").personal_sign(b"the link before").with_reduced_v();
    for platform in Platform::ALL {
        let identity = example(*platform);
        for (action, previous) in [(Action::Create, None), (Action::Delete, Some(previous))] {
            let signature = signed(&identity, action, previous);
            let proof = PublishedProof {
                action,
                identity: &identity,
                created_at: CreatedAt::EPOCH,
                uuid: uuid(1),
                previous,
                signature,
            };
            if platform.payload_names_avatar() {
                assert_eq!(proof.avatar(), Err(RestoreError::NamesAvatar(*platform)));
                continue;
            }
            assert_eq!(proof.avatar(), Ok(key("alice").avatar()), "{platform}");
            let other = PublishedProof { created_at: CreatedAt::from_seconds(1).unwrap(), ..proof };
            assert_ne!(other.avatar(), Ok(key("alice").avatar()), "{platform}: any field counts");
        }
    }
}

#[test]
fn what_stands_for_no_key() {
    let identity = example(Platform::Twitter);
    let proof = PublishedProof {
        action: Action::Create,
        identity: &identity,
        created_at: CreatedAt::EPOCH,
        uuid: uuid(1),
        previous: None,
        signature: Signature::from_slice(&[0; 65]).unwrap(),
    };
    assert_eq!(proof.avatar(), Err(RestoreError::Signature(SignatureError::Unrecoverable)));
    let custom_name = Identity::parse(Platform::Steam, "gabelogannewell").unwrap();
    assert_eq!(
        PublishedProof { identity: &custom_name, ..proof }.avatar(),
        Err(RestoreError::NotTheSignedIdentity)
    );
}

fn misc<'a>(uuid: &'a str, created_at: &'a str, previous: Option<&'a str>) -> Option<Misc<'a>> {
    Some(Misc { uuid, created_at, previous })
}

#[test]
fn tweets_are_read() {
    let english = "🎭 Verify @a with @NextDotID.\nSig: c2ln\nMisc: some-uuid|17|cHJldg==";
    let expected = TweetFields { signature: Some("c2ln"), misc: misc("some-uuid", "17", Some("cHJldg==")) };
    assert_eq!(TweetFields::read(english), expected);
    assert_eq!(TweetFields::read(&english.replace("Misc", "其它信息")), expected, "in Chinese");
    assert_eq!(TweetFields::read(&english.replace('\n', " \t\r\n")), expected, "line ends");
    assert_eq!(
        TweetFields::read(&format!("Sig: first\nMisc: a|1|b\n{english}\nSig:\nSig: \nMisc: a|b|c")),
        expected,
        "the last line that is one counts"
    );
    assert_eq!(
        TweetFields::read("其它信息: u|1|p\nMisc: v|2|").misc,
        misc("v", "2", None),
        "the last of either language"
    );
}

#[test]
fn lines_that_only_begin_like_one() {
    for line in [
        "",
        "Misc:",
        "Misc: ",
        "misc: a|1|b",
        " Misc: a|1|b",
        "Misc: a|1",
        "Misc: |1|b",
        "Misc: a||b",
        "Misc: a|-1|b",
        "Misc: a|+1|b",
        "Misc: a|１|b",
        "Misc:a|1|b",
        "sig: c2ln",
        "Sig:c2ln",
        "> Sig: c2ln",
        "Sig: ",
        "Sig:\u{a0}c2ln",
    ] {
        assert_eq!(TweetFields::read(line), TweetFields::default(), "{line:?}");
    }
    assert_eq!(TweetFields::read("Misc: a|1|b|c|").misc, misc("a", "1", Some("b|c|")));
}
