//! Exports, line by line.

use nextid_core::Platform;
use nextid_core::export::{
    ChainService, ExportDefect, ExportError, ExportHeader, ExportState, ExportVerifier,
};
use serde_json::{Value, json};

use crate::chain_vectors::lines::proof;
use crate::support::keys::key;
use crate::support::proof_chain::ProofChain;

fn lines() -> Vec<String> {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Github, "alice");
    proof(&chain)
}

fn verify(lines: &[String]) -> Result<ExportState, ExportError> {
    let mut verifier = ExportVerifier::new(Some(key("alice").avatar()));
    for line in lines {
        verifier.push_line(line.as_bytes())?;
    }
    verifier.finish()
}

/// The line and the name of what is wrong.
fn refusal(lines: &[String]) -> (u64, &'static str) {
    let error = verify(lines).unwrap_err();
    (error.line, error.defect.code())
}

/// The same lines with a member of one of them replaced, or without it.
fn with(line: usize, member: &str, value: Option<Value>) -> Vec<String> {
    let mut lines = lines();
    let mut object: Value = serde_json::from_str(&lines[line]).unwrap();
    match value {
        Some(value) => object[member] = value,
        None => drop(object.as_object_mut().unwrap().remove(member)),
    }
    lines[line] = object.to_string();
    lines
}

#[test]
fn a_header_is_written_in_one_order() {
    let header = ExportHeader::new(ChainService::Kv, "0x04".to_owned(), None);
    assert_eq!(
        serde_json::to_string(&header).unwrap(),
        r#"{"format":"nextid-chain","version":1,"service":"kv-service","avatar":"0x04","head":null}"#
    );
}

#[test]
fn blank_lines_and_ends_of_lines_do_not_matter() {
    let mut lines = lines();
    lines.insert(0, "\r\n".to_owned());
    lines.insert(2, String::new());
    lines[1].push_str("\r\n");
    assert_eq!(verify(&lines).unwrap().links, 2);
    // They are counted.
    lines[3].replace_range(..1, "[");
    assert_eq!(refusal(&lines).0, 4);
}

#[test]
fn members_that_are_not_known_do_not_matter() {
    assert!(verify(&with(0, "exported_at", Some(json!(1)))).is_ok());
    assert!(verify(&with(1, "note", Some(json!({})))).is_ok());
}

#[test]
fn what_is_no_header() {
    assert_eq!(refusal(&[]), (1, "empty"));
    assert_eq!(refusal(&[String::new(), String::new()]), (2, "empty"));
    assert_eq!(refusal(&lines()[1..]), (1, "not_header"));
    for (member, value, code) in [
        ("format", Some(json!("other")), "not_header"),
        ("format", None, "not_header"),
        ("version", Some(json!(2)), "unknown_version"),
        ("version", Some(json!("1")), "not_header"),
        ("version", None, "not_header"),
        ("service", Some(json!("mail-service")), "not_header"),
        ("service", None, "not_header"),
        ("avatar", Some(json!("0x02")), "not_header"),
        ("avatar", Some(json!(key("bob").avatar().to_hex())), "other_chain"),
        ("head", Some(json!(7)), "not_header"),
    ] {
        assert_eq!(refusal(&with(0, member, value)), (1, code), "{member}");
    }
    for text in ["", "{", "nonsense", "\u{0}", "[]", "7"] {
        assert_eq!(refusal(&[text.to_owned(), lines()[0].clone()][..1]).0, 1, "{text}");
    }
}

#[test]
fn what_is_no_link() {
    for text in ["[]", "7", "null", "\"link\""] {
        let mut lines = lines();
        lines[2] = text.to_owned();
        assert_eq!(refusal(&lines), (3, "not_link"), "{text}");
    }
    for text in ["{", "nonsense", "{} {}", "{\"seq\":}"] {
        let mut lines = lines();
        lines[2] = text.to_owned();
        assert_eq!(refusal(&lines), (3, "not_json"), "{text}");
    }
    assert_eq!(refusal(&with(2, "signature", None)), (3, "not_link"));
    assert_eq!(refusal(&with(2, "seq", Some(json!(-1)))), (3, "not_link"));
    assert_eq!(refusal(&with(2, "format", Some(json!("v9")))), (3, "not_link"));
    // The members of a struct as an array, which a parser may take for one.
    let link: Value = serde_json::from_str(&lines()[2]).unwrap();
    let mut lines = lines();
    lines[2] = Value::Array(link.as_object().unwrap().values().cloned().collect()).to_string();
    assert_eq!(refusal(&lines), (3, "not_link"));
}

#[test]
fn where_the_head_is() {
    let whole = lines();
    assert_eq!(refusal(&whole[..2]), (2, "truncated"));
    assert_eq!(refusal(&whole[..1]), (1, "truncated"));
    assert_eq!(refusal(&with(0, "head", Some(Value::Null))), (2, "beyond_head"));
    let signature: Value = serde_json::from_str::<Value>(&whole[1]).unwrap()["signature"].take();
    assert_eq!(
        refusal(&with(0, "head", Some(json!({"seq": 0, "signature": signature})))),
        (3, "beyond_head")
    );
    assert_eq!(
        refusal(&with(0, "head", Some(json!({"seq": 1, "signature": signature})))),
        (3, "head_differs")
    );
    assert_eq!(
        refusal(&with(0, "head", Some(json!({"seq": u64::MAX, "signature": signature})))),
        (3, "truncated")
    );
}

#[test]
fn a_defect_says_what_is_wrong() {
    let error = verify(&lines()[..2]).unwrap_err();
    assert_eq!(error.defect, ExportDefect::Truncated { head: 1, last: Some(0) });
    assert_eq!(
        error.to_string(),
        "line 2: the file ends at seq 0, but its header says that the head has seq 1"
    );
    let error = verify(&with(2, "prev", Some(Value::Null))).unwrap_err();
    assert!(error.to_string().starts_with("line 3: link 1 (seq 1, uuid "), "{error}");
}
