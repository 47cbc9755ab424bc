//! Which page of a list a client asks for.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A page's number, from 1. What is 0 or negative is 1; a page past the end is an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page(i64);

impl Page {
    /// The page of this number.
    pub fn new(number: i64) -> Self {
        Self(number.max(1))
    }

    /// Its number, at least 1.
    pub fn number(self) -> i64 {
        self.0
    }

    /// How many items come before it, with `per` on a page.
    pub fn offset(self, per: i64) -> i64 {
        (self.0 - 1).saturating_mul(per)
    }

    /// The `pagination` of an answer with `shown` items, of `total` in all.
    pub fn pagination(self, per: i64, total: i64, shown: usize) -> Pagination {
        let more = shown > 0 && self.0.saturating_mul(per) < total;
        Pagination { total, per, current: self.0, next: if more { self.0 + 1 } else { 0 } }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self(1)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::new)
    }
}

impl PartialSchema for Page {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("The number of the page, from 1; what is not positive is 1."))
            .default(Some(1.into()))
            .into()
    }
}

impl ToSchema for Page {}

/// Where in a list a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pagination {
    /// Items in all.
    pub total: i64,
    /// Items on a page.
    pub per: i64,
    /// The number of this page.
    pub current: i64,
    /// The number of the next page; 0 on the last.
    pub next: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_start_at_one() {
        assert_eq!((Page::new(0).number(), Page::new(-5).number(), Page::default().number()), (1, 1, 1));
        assert_eq!((Page::new(1).offset(40), Page::new(3).offset(40)), (0, 80));
        assert_eq!(Page::new(i64::MAX).offset(40), i64::MAX);
    }

    #[test]
    fn the_last_page_has_no_next() {
        let next = |number, total, shown| Page::new(number).pagination(40, total, shown).next;
        assert_eq!(
            (next(1, 0, 0), next(1, 40, 40), next(1, 41, 40), next(2, 41, 1), next(9, 41, 0)),
            (0, 0, 2, 0, 0)
        );
        assert_eq!(next(i64::MAX, i64::MAX, 1), 0);
    }
}
