//! Which posts prove a binding, on every platform where the signature is in a text that people write.

use nextid_core::{Signature, base1024};
use nextid_platforms::{Claim, Mismatch};
use nextid_testkit::keys::key;

use crate::published::{LINES, Place, STEAM, TIKTOK};
use crate::support::{OTHER_UUID, UUID, linked_claim, post, sign, signed_post};
use crate::worlds::alice;

fn every_place() -> impl Iterator<Item = Place> {
    LINES.into_iter().chain([STEAM, TIKTOK])
}

#[track_caller]
fn passes(place: &Place, claim: &Claim, text: &str, signature: &Signature) {
    let found = place.verifier().check(claim, &place.show(text));
    let found = found.unwrap_or_else(|error| panic!("{}: {error}\n{text}", place.platform));
    assert_eq!(found.signature.with_reduced_v(), signature.with_reduced_v());
}

#[track_caller]
fn fails(place: &Place, claim: &Claim, text: &str, mismatch: Option<Mismatch>) {
    let error = place.verifier().check(claim, &place.show(text)).unwrap_err();
    assert_eq!(error.mismatch(), mismatch, "{}: {error}\n{text}", place.platform);
}

#[test]
fn a_genuine_post_passes() {
    for place in every_place() {
        let claim = place.claim(&alice());
        passes(&place, &claim, &signed_post(&claim, &alice()), &sign(&claim, &alice()));
    }
}

/// What people, keyboards and platforms do to a text, and what does not matter.
#[test]
fn mangled_posts_pass() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let signature = sign(&claim, &alice());
        let base64 = signature.to_base64();
        let genuine = signed_post(&claim, &alice());
        for text in [
            genuine.replace('\n', "\r\n"),
            genuine.replace('\n', "\u{2028}"),
            genuine.replace('\n', " \u{a0}\n"),
            format!("\u{feff}{genuine}\n\n"),
            format!("Some words before <3 & > more\n\n{genuine}\nand “after”"),
            genuine.replace(&base64, &format!("{}\u{ad}{}", &base64[..30], &base64[30..])),
            genuine.replace(&base64, &format!("\u{200b}{}\u{2060}{}\u{200d}", &base64[..40], &base64[40..])),
            genuine.replace(": ", ":\u{a0}"),
            post(&claim, &signature.with_reduced_v().to_base64()),
            genuine.replace("🎭", "￼"),
        ] {
            passes(&place, &claim, &text, &signature);
        }
    }
}

#[test]
fn mangled_lines_pass() {
    for place in LINES {
        let claim = place.claim(&alice());
        let signature = sign(&claim, &alice());
        let base64 = signature.to_base64();
        let emoji = base1024::encode(signature.as_bytes());
        let selected: String = emoji.chars().flat_map(|c| [c, '\u{fe0f}']).collect();
        for text in [
            post(&claim, &emoji),
            post(&claim, &selected),
            format!("Sig: {base64}"),
            format!("Sig: “{base64}”"),
            format!("Sig: '{base64}'"),
            format!("Sig: `{base64}`"),
            format!("S\u{200c}ig: {base64} "),
            format!("在NextID上认证我的账号： alice \nSig: {base64}\n其它信息: x"),
            format!("see Sig: nothing\n> Sig: a quotation\nSig: {base64}"),
            format!("Sig: {base64}\nSig: {}", signature.with_reduced_v().to_base64().replace('A', "B")),
        ] {
            passes(&place, &claim, &text, &signature);
        }
    }
}

#[test]
fn another_author_is_refused() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let text = signed_post(&claim, &alice());
        for name in ["mallory", "alice2", "aliс", "U00000000", "76561197960287930"] {
            let error = place.verifier().check(&claim, &place.show_as(name, &text)).unwrap_err();
            assert_eq!(error.mismatch(), Some(Mismatch::Author), "{}: {error}", place.platform);
            assert_eq!(error.expected(), claim.identity.as_str());
        }
        let mut nobody = place.show(&text);
        nobody.account = None;
        let error = place.verifier().check(&claim, &nobody).unwrap_err();
        assert_eq!((error.mismatch(), error.found()), (Some(Mismatch::Author), None), "{}", place.platform);
    }
}

#[test]
fn another_signature_is_refused() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let head = sign(&claim, &alice()).to_base64();
        let bob = place.claim(&key("bob"));
        let others = [
            sign(&claim, &key("bob")),
            sign(&bob, &key("bob")),
            sign(&linked_claim(&alice(), place.platform, place.identity, "", OTHER_UUID, None), &alice()),
            sign(&linked_claim(&alice(), place.platform, place.identity, "", UUID, Some(&head)), &alice()),
            alice().personal_sign(claim.payload.replace("create", "delete").as_bytes()),
            alice().personal_sign(claim.payload.replace("1700000000", "1700000001").as_bytes()),
        ];
        for signature in others {
            fails(&place, &claim, &post(&claim, &signature.to_base64()), Some(Mismatch::Signature));
        }
        for text in [&head[..84], "x", "%SIG_BASE64%", &head[1..]] {
            fails(&place, &claim, &post(&claim, text), Some(Mismatch::Signature));
        }
    }
}

#[test]
fn no_signature_is_missing() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let genuine = signed_post(&claim, &alice());
        for text in [
            "Nothing to prove here.".to_owned(),
            genuine.replace("Sig: ", "sig: ").replace("proof: ", "Proof: "),
            genuine.replace("Sig: ", "Sig:").replace("proof: ", "proof:"),
            genuine.replace("Sig: ", "Sig： ").replace("proof: ", "proof： "),
            "Sig: ".to_owned(),
            "NextID proof: ".to_owned(),
        ] {
            fails(&place, &claim, &text, None);
        }
    }
}

#[test]
fn other_lines_do_not_count() {
    for place in LINES {
        let claim = place.claim(&alice());
        let base64 = sign(&claim, &alice()).to_base64();
        for text in [
            format!("see Sig: {base64}"),
            format!("> Sig: {base64}"),
            format!("Signature: {base64}"),
            base64.clone(),
        ] {
            fails(&place, &claim, &text, None);
        }
    }
}

/// Otherwise what is quoted or answered below a post could speak for it.
#[test]
fn the_first_of_two_signatures_decides() {
    for place in LINES.into_iter().chain([TIKTOK]) {
        let claim = place.claim(&alice());
        let genuine = signed_post(&claim, &alice());
        let wrong = post(&claim, &sign(&claim, &key("bob")).to_base64());
        fails(&place, &claim, &format!("{wrong}\n{genuine}"), Some(Mismatch::Signature));
        passes(&place, &claim, &format!("{genuine}\n{wrong}"), &sign(&claim, &alice()));
    }
}

#[test]
fn base1024_counts_only_where_it_may() {
    let claim = TIKTOK.claim(&alice());
    let emoji = base1024::encode(sign(&claim, &alice()).as_bytes());
    fails(&TIKTOK, &claim, &post(&claim, &emoji), Some(Mismatch::Signature));
    let claim = STEAM.claim(&alice());
    let signature = sign(&claim, &alice());
    passes(&STEAM, &claim, &post(&claim, &base1024::encode(signature.as_bytes())), &signature);
}

/// A binding is looked at again with the account's immutable id.
#[test]
fn an_account_is_known_by_its_id() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let text = signed_post(&claim, &alice());
        let shown = place.show(&text);
        let Some(id) = shown.account.clone().unwrap().id else { continue };
        if id == claim.identity.as_str() {
            continue;
        }
        let verifier = place.verifier();
        let pinned = Claim { alt_id: Some(id), ..claim.clone() };
        let renamed = place.show_as("alice_renamed", &text);
        assert_eq!(verifier.check(&pinned, &renamed).unwrap().alt_name, "alice_renamed");
        assert_eq!(verifier.check(&claim, &renamed).unwrap_err().mismatch(), Some(Mismatch::Author));
        // Somebody else has taken the name.
        let other = Claim { alt_id: Some("9".to_owned()), ..claim.clone() };
        let error = verifier.check(&other, &shown).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Author));
        assert_eq!(error.expected(), format!("{} with the id 9", claim.identity));
        // An empty one says nothing.
        let unknown = Claim { alt_id: Some(String::new()), ..claim };
        verifier.check(&unknown, &shown).unwrap();
    }
}

#[test]
fn evidence_can_be_recorded() {
    for place in every_place() {
        let claim = place.claim(&alice());
        let shown = place.show(&signed_post(&claim, &alice()));
        let recorded = serde_json::to_string(&shown).unwrap();
        let again = serde_json::from_str(&recorded).unwrap();
        assert_eq!(shown, again);
        place.verifier().check(&claim, &again).unwrap();
    }
}
