//! Bindings put into the database directly, and the same search made by comparing each.

use nextid_core::Platform;
use nextid_core::identity::fold;
use nextid_service::db::{Db, DbSettings};
use nextid_testkit::TestDatabase;
use proof_service::store::search::{Search, SearchBy, SearchPage, Sort};
use proof_service::store::{MIGRATIONS, Store};

/// A binding, the only one of its Avatar.
#[derive(Debug, Clone)]
pub struct Bound {
    pub id: i64,
    pub platform: Platform,
    pub identity: String,
    pub alt_id: String,
    pub alt_name: String,
}

impl Bound {
    /// One with nothing but an identity.
    pub fn new(id: i64, platform: Platform, identity: &str) -> Self {
        Self { id, platform, identity: identity.to_owned(), alt_id: String::new(), alt_name: String::new() }
    }

    fn folded(&self) -> [String; 3] {
        [&self.identity, &self.alt_id, &self.alt_name].map(|text| fold(self.platform, text))
    }

    /// Whether a search for parts finds it: anywhere, or at the beginning where the part is short.
    pub fn contains(&self, parts: &[String]) -> bool {
        self.folded().iter().filter(|text| !text.is_empty()).any(|text| {
            parts.iter().any(|part| match part.chars().count() {
                0..3 => text.starts_with(part.as_str()),
                _ => text.contains(part.as_str()),
            })
        })
    }

    /// The statement that inserts it.
    pub fn insert(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let [identity, alt_id, alt_name] = self.folded();
        format!(
            "INSERT INTO bindings (id, avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
             alt_name_folded, proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at) \
             {{}} VALUES ({}, {{}}, '{}', {}, {}, {}, {}, {}, {}, '', 1, 'valid', true, '', 1, 1);",
            self.id,
            self.platform,
            quoted(&self.identity),
            quoted(&identity),
            quoted(&self.alt_id),
            quoted(&alt_id),
            quoted(&self.alt_name),
            quoted(&alt_name),
        )
    }
}

/// A migrated database with a link that all bindings refer to.
pub async fn migrated(db: &TestDatabase) -> Store {
    let settings = DbSettings { pool_size: 2, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.expect("the migrations");
    db.execute(&format!(
        "INSERT INTO links (avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, \
         signature, signature_payload, signer, format, extra, stored_at) \
         VALUES ({0}, 0, {0}, 'create', 'github', 'x', '', '', 1, {0}, '', '', 'v1', '{{}}', 1)",
        bytes(db, 0)
    ));
    Store::new(Db::open(settings).await.expect("the database"))
}

/// Inserts all of them, each with an Avatar of its own.
pub fn insert(db: &TestDatabase, rows: &[Bound]) {
    let given_ids = match db.backend() {
        nextid_testkit::Backend::Postgres => "OVERRIDING SYSTEM VALUE",
        nextid_testkit::Backend::Sqlite => "",
    };
    let statements = rows.iter().map(|row| {
        let statement = row.insert();
        statement.replacen("{}", given_ids, 1).replacen("{}", &bytes(db, row.id), 1)
    });
    db.execute(&statements.collect::<Vec<_>>().join("\n"));
}

fn bytes(db: &TestDatabase, number: i64) -> String {
    match db.backend() {
        nextid_testkit::Backend::Postgres => format!("'\\x02{number:064x}'::bytea"),
        nextid_testkit::Backend::Sqlite => format!("X'02{number:064x}'"),
    }
}

/// The newest matches first.
pub fn fuzzy(platform: Option<Platform>, parts: &[String]) -> Search {
    let by = SearchBy::Fuzzy { platform, parts: parts.to_vec() };
    Search { by, sort: Sort::Id, ascending: false, offset: 0, limit: 40 }
}

/// The identities of a page, in its order.
pub fn identities(page: &SearchPage) -> Vec<String> {
    page.avatars.iter().flat_map(|avatar| &avatar.proofs).map(|proof| proof.identity.clone()).collect()
}
