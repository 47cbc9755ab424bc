//! The readers of what others send that are reached by fetching only, for the fuzz targets in `fuzz/`. Each takes anything.
//!
//! The other readers are the functions `evidence` of the platforms' modules.

pub use crate::activitypub::fuzzing as activitypub;
pub use crate::contract_wallet::fuzzing as contract_wallet;
pub use crate::ens::fuzzing as ens;
pub use crate::ethereum_rpc::fuzzing as ethereum_node;
pub use crate::nostr::fuzzing as relay;
pub use crate::txt_lookup::fuzzing as txt_lookup;
