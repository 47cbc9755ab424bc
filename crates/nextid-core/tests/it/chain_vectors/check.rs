//! The published files are what is built here, and the verifier says of each what the index says.

use std::collections::BTreeSet;
use std::path::PathBuf;

use nextid_core::export::{ExportError, ExportState, ExportVerifier, VerifiedChain};
use serde_json::{Value, json};

use super::{Verdict, all, index};

fn published(path: &str) -> String {
    let file = directory().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/vectors"))
}

fn verify(text: &str) -> Result<ExportState, ExportError> {
    let mut verifier = ExportVerifier::new(None);
    for line in text.lines() {
        verifier.push_line(line.as_bytes())?;
    }
    verifier.finish()
}

/// A state as the index tells it: bindings by the link that bound them, contents by platform and identity.
fn told(state: &ExportState) -> Value {
    let mut told = json!({
        "service": state.service, "avatar": state.avatar.to_hex(), "links": state.links,
    });
    match &state.chain {
        VerifiedChain::Proof(chain) => {
            let mut bindings: Vec<_> = chain.bindings.iter().collect();
            bindings.sort_by_key(|binding| binding.seq);
            let bindings = bindings.into_iter().map(|binding| {
                json!({
                    "platform": binding.platform, "identity": binding.identity, "seq": binding.seq,
                    "evidence": binding.evidence.as_str(),
                })
            });
            told["bindings"] = bindings.collect();
        }
        VerifiedChain::Kv(chain) => {
            let mut contents: Vec<_> = chain.contents.iter().collect();
            contents.sort_by_key(|((platform, _), _)| platform.as_str());
            let contents = contents.into_iter().map(|((platform, identity), content)| {
                json!({"platform": platform, "identity": identity, "content": content})
            });
            told["contents"] = contents.collect();
        }
    }
    told
}

#[test]
fn the_files_are_what_is_built() {
    let vectors = all();
    let advice = "cargo run -p nextid-core --example chain_vectors";
    for vector in &vectors {
        assert!(published(&vector.path()) == vector.text(), "{} differs: {advice}", vector.path());
    }
    assert!(published("index.json") == index(&vectors), "index.json differs: {advice}");
    let mut files = BTreeSet::new();
    for part in ["valid", "invalid"] {
        for file in std::fs::read_dir(directory().join(part)).unwrap() {
            files.insert(format!("{part}/{}", file.unwrap().file_name().into_string().unwrap()));
        }
    }
    assert_eq!(files, vectors.iter().map(|vector| vector.path()).collect::<BTreeSet<_>>());
}

/// By the files alone, as another implementation reads them.
#[test]
fn the_verifier_says_what_the_index_says() {
    let index: Value = serde_json::from_str(&published("index.json")).unwrap();
    let list = |name: &str| index[name].as_array().unwrap().clone();
    assert_eq!((list("valid").len(), list("invalid").len()), (10, 20));
    for entry in list("valid") {
        let path = entry["file"].as_str().unwrap();
        let state = verify(&published(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(told(&state), entry["state"], "{path}");
    }
    for entry in list("invalid") {
        let path = entry["file"].as_str().unwrap();
        let error = verify(&published(path)).expect_err(path);
        assert_eq!(
            (json!(error.line), json!(error.defect.code())),
            (entry["line"].clone(), entry["defect"].clone()),
            "{path}"
        );
    }
}

/// What an index promises has to be in its file: a vector that is broken in two ways tests nothing of the second.
#[test]
fn up_to_the_named_line_everything_holds() {
    for vector in all() {
        let Verdict::Refused { line, .. } = vector.verdict else { continue };
        let mut verifier = ExportVerifier::new(None);
        let before = usize::try_from(line).unwrap() - 1;
        for sound in &vector.lines[..before] {
            verifier.push_line(sound.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        }
    }
}
