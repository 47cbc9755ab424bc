//! Files that hold, and files that do not.

use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::payload::ProofPayload;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform, SecretKey};
use serde_json::{Value, json};

use super::{ChainReport, check_reader};
use crate::error::CliError;

fn key() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

/// A chain that binds one GitHub account after the other.
fn chain(length: u64) -> Vec<Value> {
    let avatar = key().avatar();
    let mut prev: Option<String> = None;
    let mut links = Vec::new();
    for seq in 0..length {
        let identity = Identity::parse(Platform::Github, &format!("account-{seq}")).unwrap();
        let uuid = format!("00000000-0000-4000-8000-{seq:012}");
        let payload = ProofPayload {
            action: Action::Create,
            avatar: &avatar,
            platform: Platform::Github,
            identity: identity.as_str(),
            created_at: CreatedAt::from_seconds(1_700_000_000).unwrap(),
            uuid: LinkUuid::parse(&uuid).unwrap(),
            prev: prev.as_deref(),
        }
        .to_string();
        let signature = key().personal_sign(payload.as_bytes()).with_reduced_v().to_base64();
        let link = ProofLink {
            avatar: avatar.to_hex(),
            seq,
            action: "create".to_owned(),
            platform: "github".to_owned(),
            identity: identity.as_str().to_owned(),
            alt_id: String::new(),
            proof_location: "gist".to_owned(),
            created_at: "1700000000".to_owned(),
            signature: signature.clone(),
            signature_payload: payload,
            uuid,
            extra: serde_json::Map::new(),
            arweave_id: String::new(),
            signer: avatar.to_hex(),
            format: LinkFormat::V1,
            prev: prev.replace(signature),
        };
        links.push(serde_json::to_value(link).unwrap());
    }
    links
}

fn header(links: &[Value]) -> Value {
    let head = links.last().map(|link| json!({"seq": link["seq"], "signature": link["signature"]}));
    json!({"format": "nextid-chain", "version": 1, "service": "proof-service", "avatar": key().avatar(), "head": head})
}

fn export(header: &Value, links: &[Value]) -> String {
    let lines: Vec<String> = std::iter::once(header).chain(links).map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

fn page(links: &[Value], total: usize, current: u64, next: u64) -> Value {
    json!({"pagination": {"total": total, "per": 2, "current": current, "next": next}, "proof_chain": links})
}

fn check(text: &str) -> Result<ChainReport, CliError> {
    check_reader(text.as_bytes(), "F", None)
}

/// The line and the reason of a refusal.
fn refusal(text: &str) -> (usize, String) {
    match check(text).unwrap_err() {
        CliError::ChainBroken { line: Some(line), why, place } => {
            assert_eq!(place, format!("F, line {line}"));
            (line, why)
        }
        other => panic!("{other}"),
    }
}

fn json_of(report: &ChainReport) -> Value {
    serde_json::to_value(report).unwrap()
}

#[test]
fn an_export_holds() {
    let links = chain(3);
    let report = json_of(&check(&export(&header(&links), &links)).unwrap());
    assert_eq!(
        (&report["holds"], &report["complete"], &report["links"]),
        (&json!(true), &json!(true), &json!(3))
    );
    assert_eq!(report["bindings"][2]["identity"], "account-2");
    assert_eq!(report["bindings"][2]["evidence"], "post");
    assert_eq!(report["head"]["seq"], 2);
}

#[test]
fn an_empty_export_holds() {
    let report = json_of(&check(&export(&header(&[]), &[])).unwrap());
    assert_eq!(
        (&report["links"], &report["head"], &report["complete"]),
        (&json!(0), &Value::Null, &json!(true))
    );
}

#[test]
fn links_without_a_header_hold_but_may_not_be_all() {
    let links = chain(2);
    let lines: Vec<String> = links.iter().map(Value::to_string).collect();
    let report = json_of(&check(&lines.join("\r\n\r\n")).unwrap());
    assert_eq!((&report["complete"], &report["links"]), (&json!(false), &json!(2)));
}

#[test]
fn pages_hold_in_any_order_and_form() {
    let links = chain(3);
    let (first, second) = (page(&links[..2], 3, 1, 2), page(&links[2..], 3, 2, 0));
    for text in [
        format!("{first}\n{second}\n"),
        format!("{second:#}\n\n{first:#}"),
        json!([first, second]).to_string(),
        format!("{:#}", json!([second, first])),
    ] {
        let report = json_of(&check(&text).unwrap());
        assert_eq!((&report["complete"], &report["links"]), (&json!(true), &json!(3)), "{text}");
    }
}

#[test]
fn a_damaged_line_is_named() {
    let links = chain(4);
    let whole = export(&header(&links), &links);
    let lines: Vec<&str> = whole.lines().collect();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        refusal(&lines.join("\n"))
    };
    let tampered = lines[2].replace("account-1", "account-9");
    assert_eq!(with(2, &tampered).0, 3);
    let (line, why) = with(3, &lines[3][..50]);
    assert_eq!(line, 4);
    assert!(why.starts_with("not JSON: EOF while parsing"), "{why}");
    let (line, why) = with(3, "[]");
    assert_eq!((line, why.as_str()), (4, "not a link: a link is a JSON object"));
    let (line, why) = with(2, lines[3]);
    assert_eq!(line, 3);
    assert!(why.contains("a link with seq 1 should stand here"), "{why}");
    let (line, _) = with(0, "{\"format\":\"nextid-chain\",\"version\":2,\"avatar\":\"\"}");
    assert_eq!(line, 1);
}

#[test]
fn a_signature_by_another_key_is_found() {
    let mut links = chain(1);
    let payload = links[0]["signature_payload"].as_str().unwrap().to_owned();
    let forged = SecretKey::from_bytes(&[8; 32])
        .unwrap()
        .personal_sign(payload.as_bytes())
        .with_reduced_v()
        .to_base64();
    links[0]["signature"] = forged.into();
    let (line, why) = refusal(&export(&header(&links), &links));
    assert_eq!(line, 2);
    assert!(why.contains("the signature does not verify"), "{why}");
}

#[test]
fn a_file_that_ends_too_early_is_found() {
    let links = chain(3);
    let (line, why) = refusal(&export(&header(&links), &links[..2]));
    assert_eq!(
        (line, why.as_str()),
        (3, "the file ends at seq 1, but its header says that the head has seq 2")
    );
    let (line, why) = refusal(&export(&header(&links), &[]));
    assert_eq!(
        (line, why.as_str()),
        (1, "the file ends without a link, but its header says that the head has seq 2")
    );
    let (_, why) = refusal(&page(&links[..2], 3, 1, 2).to_string());
    assert!(why.contains("a page is missing"), "{why}");
    let (_, why) = refusal(&export(&header(&[]), &links));
    assert!(why.contains("links follow"), "{why}");
}

#[test]
fn a_link_in_a_page_is_named_with_its_page() {
    let mut links = chain(3);
    links[2]["prev"] = Value::Null;
    let text = format!("{:#}\n{}", page(&links[..2], 3, 1, 2), page(&links[2..], 3, 2, 0));
    let second = text.lines().count();
    let (line, why) = refusal(&text);
    assert_eq!(line, second);
    assert!(why.starts_with("link 1 of page 2: "), "{why}");
}

#[test]
fn what_is_no_chain_is_refused() {
    for text in ["", "\n\n", "hello", "{}", "3", "{\n  \"a\": 1,\n", "[1]", "\u{0}"] {
        let (line, _) = refusal(text);
        assert!(line >= 1, "{text:?}");
    }
    assert_eq!(refusal("{\n  \"a\": 1,\n  oops\n}").0, 3);
}

#[test]
fn somebody_elses_chain_is_refused() {
    let links = chain(1);
    let stranger: Avatar = SecretKey::from_bytes(&[9; 32]).unwrap().avatar();
    for text in [export(&header(&links), &links), links[0].to_string(), page(&links, 1, 1, 0).to_string()] {
        let error = check_reader(text.as_bytes(), "F", Some(stranger)).unwrap_err();
        assert!(matches!(error, CliError::ChainBroken { .. }), "{error}");
    }
}
