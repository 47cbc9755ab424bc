//! The chains of `docs/vectors`, for every implementation of a verifier: built here, the same in every run.
//!
//! `examples/chain_vectors.rs` writes them; `check` compares the files with what is built, and the verifier's word with
//! what the index says.

#[cfg(test)]
mod check;
mod invalid;
pub mod lines;
mod valid;

use serde_json::{Value, json};

/// One file, and what a verifier has to say of it.
pub struct ChainVector {
    /// The name of the file, without its directory and its ending.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// Its lines, without their ends.
    pub lines: Vec<String>,
    /// What a verifier has to say.
    pub verdict: Verdict,
}

/// What a verifier has to say of a file.
pub enum Verdict {
    /// It holds, and this follows.
    Holds(Value),
    /// It does not hold.
    Refused {
        /// The line that is named, from 1.
        line: u64,
        /// What is wrong with it.
        defect: &'static str,
    },
}

impl ChainVector {
    /// Where the file is, below `docs/vectors`.
    pub fn path(&self) -> String {
        let directory = match self.verdict {
            Verdict::Holds(_) => "valid",
            Verdict::Refused { .. } => "invalid",
        };
        format!("{directory}/{}.jsonl", self.name)
    }

    /// What is in the file.
    pub fn text(&self) -> String {
        let is_cut = matches!(self.verdict, Verdict::Refused { defect: "not_json", .. });
        self.lines.join("\n") + if is_cut { "" } else { "\n" }
    }
}

/// All of them, those that hold first.
pub fn all() -> Vec<ChainVector> {
    valid::all().into_iter().chain(invalid::all()).collect()
}

/// `index.json`.
pub fn index(vectors: &[ChainVector]) -> String {
    let (mut valid, mut invalid) = (Vec::new(), Vec::new());
    for vector in vectors {
        match &vector.verdict {
            Verdict::Holds(state) => {
                valid.push(json!({"file": vector.path(), "about": vector.about, "state": state}));
            }
            Verdict::Refused { line, defect } => invalid
                .push(json!({"file": vector.path(), "about": vector.about, "line": line, "defect": defect})),
        }
    }
    let index = json!({"format": "nextid-chain", "version": 1, "valid": valid, "invalid": invalid});
    serde_json::to_string_pretty(&index).expect("JSON") + "\n"
}
