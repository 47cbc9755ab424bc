//! The plans of searches: each goes through an index, whatever is looked for.

use diesel::prelude::*;
use diesel::sql_types::Text;
use nextid_core::Platform;
use nextid_service::db::{Backend, Db, DbConnection, DbSettings};
use nextid_testkit::{TestDatabase, on_both_databases};

use super::MIGRATIONS;
use super::search::{Search, SearchBy, Sort};
use super::search_page::page;

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Three thousand Avatars with a wallet and a login each.
async fn filled(db: &TestDatabase) -> Db {
    let settings = DbSettings { pool_size: 1, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.unwrap();
    let bytes = match db.backend() {
        nextid_testkit::Backend::Postgres => "decode(lpad(to_hex(n / 2), 66, '0'), 'hex')",
        nextid_testkit::Backend::Sqlite => "unhex(printf('%066x', n / 2))",
    };
    let numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 6001)";
    db.execute(&format!(
        "{numbers} INSERT INTO links (avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, \
         signature, signature_payload, signer, format, extra, stored_at) \
         SELECT {bytes}, n % 2, {bytes}, 'create', 'github', '', '', '', 1, '', '', '', 'v1', '{{}}', 1 \
         FROM numbers WHERE n % 2 = 0; \
         {numbers} INSERT INTO bindings (avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
         alt_name_folded, proof_location, link_id, state, is_valid, invalid_reason, created_at, last_checked_at) \
         SELECT {bytes}, CASE n % 2 WHEN 0 THEN 'github' ELSE 'dns' END, 'login-' || n, 'login-' || n, \
         CAST(n * 7919 AS TEXT), CAST(n * 7919 AS TEXT), '', '', '', (SELECT min(id) FROM links), 'valid', true, '', 1, 1 \
         FROM numbers; ANALYZE"
    ));
    if db.backend() == nextid_testkit::Backend::Postgres {
        // In tables this small it is cheapest to read everything. The planner takes them for tables of millions.
        db.execute("UPDATE pg_class SET reltuples = reltuples * 1000 WHERE relname IN ('bindings', 'links', 'searchable')");
    }
    Db::open(settings).await.unwrap()
}

fn plan(conn: &mut DbConnection, search: &Search) -> Vec<String> {
    let mut sql = page(conn.backend(), search);
    match conn {
        DbConnection::Postgres(c) => {
            sql.prepend("EXPLAIN (COSTS OFF) ");
            let steps: Vec<PostgresStep> = sql.boxed().load(c).unwrap();
            steps.into_iter().map(|step| step.step).collect()
        }
        DbConnection::Sqlite(c) => {
            sql.prepend("EXPLAIN QUERY PLAN ");
            let steps: Vec<SqliteStep> = sql.boxed().load(c).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
    }
}

/// Steps that read a whole table of ours.
fn scans(database: Backend, plan: &[String]) -> Vec<String> {
    let is_scan = |step: &&String| match database {
        Backend::Postgres => step.contains("Seq Scan on") || step.contains("Parallel"),
        Backend::Sqlite => {
            let names = ["SCAN b", "SCAN l", "SCAN t", "SCAN bindings", "SCAN links"];
            names.iter().any(|name| step.as_str() == *name || step.starts_with(&format!("{name} ")))
        }
    };
    plan.iter().filter(is_scan).cloned().collect()
}

on_both_databases! {
    /// Neither bindings nor links are read from end to end.
    async fn no_search_reads_everything(db: TestDatabase) {
        let database = filled(&db).await;
        let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut searches = Vec::new();
        for platform in [None, Some(Platform::Github)] {
            for parts in [["log"].as_slice(), &["login-4711"], &["l"], &["é"], &["gin", "og", "47114711"]] {
                searches.push((SearchBy::Fuzzy { platform, parts: text(parts) }, "searchable"));
            }
            let keys = text(&["login-17", "login-18"]);
            searches.push((SearchBy::Exact { platform, keys }, "bindings_identity"));
        }
        let avatars = ["alice", "bob"].map(|name| nextid_testkit::keys::key(name).avatar()).to_vec();
        searches.push((SearchBy::Avatars(avatars), "bindings"));
        database
            .read(move |conn| {
                let backend = conn.backend();
                for (by, index) in &searches {
                    for (sort, ascending) in [(Sort::Id, false), (Sort::Id, true), (Sort::ActivatedAt, false)] {
                        let search = Search { by: by.clone(), sort, ascending, offset: 40, limit: 40 };
                        let steps = plan(conn, &search);
                        assert_eq!(scans(backend, &steps), Vec::<String>::new(), "{search:?}\n{}", steps.join("\n"));
                        assert!(steps.iter().any(|step| step.contains(index)), "{search:?}\n{}", steps.join("\n"));
                    }
                }
                Ok(())
            })
            .await
            .unwrap();
    }
}
