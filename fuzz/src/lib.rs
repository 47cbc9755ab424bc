//! What the targets about platforms share: claims, the readers of what platforms send, and what every judge has to keep to.

mod claims;
mod judging;
mod readers;

pub use claims::{Case, NOTE_KEY, avatar_key, cases, claim};
pub use judging::judge;
pub use readers::{READERS, Reader, Shown};
