//! A verified copy of another service's database, which follows that service's feed.
//!
//! A mirror believes nothing that it can check: every link is verified against the chain that it has before it is stored.
//! What it cannot check, the state of proofs, it passes on as what the origin says. Its feed has the origin's ids and the
//! origin's epoch.
//!
//! An origin that shows two links for one place of a chain has forked it, or was lied to by its own database. A mirror stops
//! there, keeps both links as [`Evidence`], and goes on serving what it has.

mod chains;
mod contradiction;
mod evidence;
mod follower;
mod links;
mod mark;
mod origin;
mod places;
mod read_only;
mod refused;
pub mod schema;
mod status;
mod stop;
mod task;

pub use chains::Chains;
pub use contradiction::check_link;
pub use evidence::{Evidence, all as evidence};
pub use follower::{Ended, Follower};
pub use links::{CopiedLink, CopiedLinks};
pub use mark::{
    Mark, MarkError, adopt, advance, caught_up, claim, mark, origin_of, require_mirror_or_empty, require_own,
};
pub use origin::{Keeper, Kept, Origin, OriginError, Position, Told};
pub use places::{number, reference};
pub use read_only::{refuse_all, refuse_writes};
pub use refused::{Refused, Suspect, keep_items};
pub use status::{Lag, Status};
pub use stop::Stop;
pub use task::MirrorTask;
