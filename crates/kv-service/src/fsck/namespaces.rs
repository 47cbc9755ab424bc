//! The contents that are stored, against those that follow from the chains.

use std::collections::BTreeMap;

use nextid_core::CanonicalJson;
use nextid_service::fsck::Defect;

use super::chain::Chain;
use crate::store::fsck::NamespaceColumns;

/// Compares the rows of an Avatar with what follows from its chain.
pub fn compare(chain: &Chain, rows: &[NamespaceColumns], found: &mut Vec<Defect>) {
    let mut missing: BTreeMap<(&str, &str), _> = chain
        .contents()
        .iter()
        .map(|((platform, identity), folded)| ((platform.as_str(), identity.as_str()), folded))
        .collect();
    for row in rows {
        let of_row = |defect: Defect| defect.row(row.id).of(&row.avatar);
        let name = format!("{}:{}", row.platform, row.identity);
        let Some(folded) = missing.remove(&(row.platform.as_str(), row.identity.as_str())) else {
            let defect = Defect::new("namespace_extra", "namespaces", "no link writes to it");
            found.push(of_row(defect).expected("none", name));
            continue;
        };
        let mut differ = |column: &str, expected: &str, is: &str| {
            if expected != is {
                let message = format!("{column} of {name} is not what follows from the chain");
                let defect = Defect::new("namespace_differs", "namespaces", message);
                found.push(of_row(defect).at(folded.seq).expected(expected, is));
            }
        };
        differ("content", CanonicalJson::of(&folded.content).as_str(), &row.content);
        differ("link_id", &folded.link_id.to_string(), &row.link_id.to_string());
    }
    for ((platform, identity), folded) in missing {
        found.push(
            Defect::new("namespace_missing", "namespaces", "links write to it")
                .of(chain.avatar())
                .at(folded.seq)
                .expected(format!("{platform}:{identity} by link {}", folded.link_id), "none"),
        );
    }
}
