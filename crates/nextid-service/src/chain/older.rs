//! Signatures over a head that is the head no more.

use super::Prev;

/// How many links back a signature may point to and still be recognised as made over an older head.
pub const RECENT: i64 = 32;

/// Whether a signature fits no head at all or one of the `prev` of the newest links.
///
/// No head at all comes first, so that the commonest case, a first link that is sent twice, is found at once. These are up
/// to 33 recoveries, too long to be done between two awaits.
pub async fn fits_older_head(
    recent: Vec<Option<Vec<u8>>>,
    fits: impl Fn(&Prev) -> bool + Send + 'static,
) -> bool {
    let search = move || {
        let older = recent.into_iter().flatten().map(Prev::of);
        std::iter::once(Prev::none()).chain(older).any(|prev| fits(&prev))
    };
    tokio::task::spawn_blocking(search).await.unwrap_or(false)
}
