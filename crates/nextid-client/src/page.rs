//! Where in a list a page is.

use serde::{Deserialize, Serialize};

/// The `pagination` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pagination {
    /// Items in all.
    pub total: i64,
    /// Items on a page.
    pub per: i64,
    /// The number of this page, from 1.
    pub current: i64,
    /// The number of the next page; 0 on the last.
    pub next: i64,
}

impl Pagination {
    /// The page to ask for next. A service whose pages do not go forward has no next one, so that nobody turns in circles.
    pub fn following(&self) -> Option<i64> {
        (self.next > self.current).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_only_go_forward() {
        let page = |current, next| Pagination { total: 100, per: 40, current, next };
        assert_eq!(page(1, 2).following(), Some(2));
        assert_eq!(page(3, 0).following(), None);
        assert_eq!(page(2, 2).following(), None);
        assert_eq!(page(2, 1).following(), None);
    }
}
