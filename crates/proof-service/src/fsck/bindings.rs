//! The bindings that are stored, against those that follow from the chains.

use std::collections::BTreeMap;

use nextid_core::{Platform, identity};
use nextid_service::fsck::Defect;

use super::chain::Chain;
use crate::store::fsck::BindingColumns;

/// What a binding's state may be.
const STATES: [&str; 5] = ["valid", "missing", "mismatch", "unreachable", "unchecked"];

/// Compares the rows of these Avatars with what follows from their chains.
pub fn compare(chains: &[Chain], rows: &[BindingColumns], found: &mut Vec<Defect>) {
    let mut stored: BTreeMap<&[u8], Vec<&BindingColumns>> = BTreeMap::new();
    for row in rows {
        stored.entry(&row.avatar).or_default().push(row);
    }
    for chain in chains {
        compare_one(chain, stored.get(chain.avatar()).map_or(&[], Vec::as_slice), found);
    }
}

fn compare_one(chain: &Chain, rows: &[&BindingColumns], found: &mut Vec<Defect>) {
    let mut missing = chain.bound().clone();
    for row in rows {
        let of_row = |defect: Defect| defect.row(row.id).of(&row.avatar);
        let name = format!("{}:{}", row.platform, row.identity);
        let Some(bound) = missing.remove(&(row.platform.clone(), row.identity.clone())) else {
            let defect =
                Defect::new("binding_extra", "bindings", "no link binds it, or a later one revoked it");
            found.push(of_row(defect).expected("none", name));
            continue;
        };
        let mut differ = |column: &str, expected: &dyn ToString, is: &dyn ToString| {
            let (expected, is) = (expected.to_string(), is.to_string());
            if expected != is {
                let message = format!("{column} of {name} is not what follows from the chain");
                let defect = Defect::new("binding_differs", "bindings", message);
                found.push(of_row(defect).at(bound.seq).expected(expected, is));
            }
        };
        differ("link_id", &bound.link_id, &row.link_id);
        differ("proof_location", &bound.proof_location, &row.proof_location);
        let Ok(platform) = row.platform.parse::<Platform>() else { continue };
        // Of an account, the platform's own id may be learned later.
        if !platform.needs_post() {
            differ("alt_id", &bound.alt_id, &row.alt_id);
        }
        differ("identity_folded", &identity::fold(platform, &row.identity), &row.identity_folded);
        differ("alt_id_folded", &identity::fold(platform, &row.alt_id), &row.alt_id_folded);
        differ("alt_name_folded", &identity::fold(platform, &row.alt_name), &row.alt_name_folded);
        if !STATES.contains(&row.state.as_str()) {
            differ("state", &STATES.join(" or "), &row.state);
        }
    }
    for ((platform, identity), bound) in missing {
        found.push(
            Defect::new("binding_missing", "bindings", "a link binds it, and none revoked it")
                .of(chain.avatar())
                .at(bound.seq)
                .expected(format!("{platform}:{identity} by link {}", bound.link_id), "none"),
        );
    }
}
