//! Random texts: letters of one to four bytes, wildcards, quotes, what separates the texts of the index.

use nextid_core::Platform;
use nextid_testkit::on_both_databases;
use proof_service::store::search::Sort;

use crate::support::{Bound, fuzzy, identities, insert, migrated};

const LETTERS: [&str; 24] = [
    "a", "b", "c", "A", "B", "é", "É", "ß", "日", "本", "😀", "%", "_", "\\", "'", "\"", "*", "?", "[", "]",
    " ", ".", "-", "0",
];
const PLATFORMS: [Platform; 4] = [Platform::Github, Platform::Dns, Platform::Solana, Platform::Twitter];

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn text(&mut self, longest: usize) -> String {
        let length = self.below(longest + 1);
        (0..length).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    /// From a few letters only, so that much is found.
    fn plain(&mut self, longest: usize) -> String {
        let length = self.below(longest) + 1;
        (0..length).map(|_| ["a", "b", "é", "."][self.below(4)]).collect()
    }

    fn row(&mut self, number: i64) -> Bound {
        let platform = PLATFORMS[self.below(PLATFORMS.len())];
        let name = if self.below(2) == 0 { self.text(12) } else { self.plain(12) };
        Bound {
            // Over several segments of the index, some of them empty.
            id: number * 1_500
                + i64::try_from(self.below(1_000)).unwrap()
                + if number > 150 { 400_000 } else { 0 },
            platform,
            // Unique, and not empty.
            identity: format!("{name}{number}"),
            alt_id: self.text(6),
            alt_name: if self.below(3) == 0 { String::new() } else { self.plain(30) },
        }
    }

    /// A piece of a row, or any text, folded as the routes do it.
    fn part(&mut self, rows: &[Bound], platform: Option<Platform>) -> String {
        let text = match self.below(4) {
            0 => self.text(4),
            1 => self.plain(5),
            _ => {
                let row = &rows[self.below(rows.len())];
                let text = [&row.identity, &row.alt_id, &row.alt_name][self.below(3)];
                let letters: Vec<char> = text.chars().collect();
                let from = self.below(letters.len() + 1);
                let to = from + self.below(letters.len() - from + 1);
                letters[from..to].iter().collect()
            }
        };
        match platform {
            Some(platform) => nextid_core::identity::fold(platform, &text),
            None if self.below(4) == 0 => text,
            None => text.to_lowercase(),
        }
    }
}

on_both_databases! {
    /// Every search finds, counts and orders what comparing each row would, before and after rows have changed and gone.
    async fn the_index_finds_what_comparing_finds(db: TestDatabase) {
        let store = migrated(&db).await;
        let mut numbers = Numbers(20_261_122);
        let mut rows: Vec<Bound> = (1..=300).map(|number| numbers.row(number)).collect();
        insert(&db, &rows);
        for round in 0..2 {
            for _ in 0..120 {
                let platform = (numbers.below(3) == 0).then(|| PLATFORMS[numbers.below(PLATFORMS.len())]);
                let count = 1 + numbers.below(3);
                let parts: Vec<String> = (0..count)
                    .map(|_| numbers.part(&rows, platform))
                    .filter(|part| !part.is_empty())
                    .collect();
                let mut expected: Vec<&Bound> = rows
                    .iter()
                    .filter(|row| platform.is_none_or(|platform| row.platform == platform) && row.contains(&parts))
                    .collect();
                let mut search = fuzzy(platform, &parts);
                (search.sort, search.ascending) = match numbers.below(3) {
                    0 => (Sort::Id, false),
                    1 => (Sort::Id, true),
                    _ => (Sort::Identity, true),
                };
                match search.sort {
                    Sort::Identity => expected.sort_by(|a, b| (&a.identity, a.id).cmp(&(&b.identity, b.id))),
                    _ => expected.sort_by_key(|row| if search.ascending { row.id } else { -row.id }),
                }
                let label = format!("round {round}: {parts:?} on {platform:?}");
                let page = store.search(search.clone()).await.unwrap();
                assert_eq!((page.total, page.total_exact), (i64::try_from(expected.len()).unwrap(), true), "{label}");
                let wanted: Vec<String> = expected.iter().take(40).map(|row| row.identity.clone()).collect();
                assert_eq!(identities(&page), wanted, "{label}");
                assert_eq!(page.matched, wanted.len(), "{label}");
                search.offset = 40;
                let page = store.search(search).await.unwrap();
                let wanted: Vec<String> = expected.iter().skip(40).take(40).map(|row| row.identity.clone()).collect();
                assert_eq!(identities(&page), wanted, "{label}, second page");
            }
            // Every third goes, every fifth gets another name.
            for row in rows.iter_mut().filter(|row| row.id % 3 != 0 && row.id % 5 == 0) {
                row.alt_name = "aé.b renamed".to_owned();
            }
            rows.retain(|row| row.id % 3 != 0);
            db.execute(
                "DELETE FROM bindings WHERE id % 3 = 0; \
                 UPDATE bindings SET alt_name = 'aé.b renamed', alt_name_folded = 'aé.b renamed' WHERE id % 5 = 0",
            );
        }
    }

    /// What separates the texts in the index finds nothing, and finds nobody else.
    async fn separators_are_no_way_around(db: TestDatabase) {
        let store = migrated(&db).await;
        let mut row = Bound::new(1, Platform::Github, "first");
        row.alt_id = "second".to_owned();
        insert(&db, &[row, Bound::new(2, Platform::Dns, "a\u{2}b\u{3}c")]);
        let found = async |part: &str| identities(&store.search(fuzzy(None, &[part.to_owned()])).await.unwrap());
        for part in ["\u{2}\u{2}fi", "\u{2}fir", "irs\u{2}t"] {
            assert_eq!(found(part).await, ["first"], "{part:?} is what it is without them");
        }
        for part in ["st\u{2}\u{2}se", "stse", "\u{3}", "\u{2}\u{2}", "github", "gi", "\u{3}\u{f03e7}"] {
            assert_eq!(found(part).await, Vec::<String>::new(), "{part:?}");
        }
        assert_eq!(found("abc").await, ["a\u{2}b\u{3}c"]);
    }
}
