//! Puts chains into the tables of a service, as many as are wanted in minutes instead of hours.
//!
//! The service's own migrations make the tables. Indexes that are no constraints are dropped before and made again after, and
//! so is what triggers keep for the search; constraints are filled in their order. At the end the planner's statistics are up to date, and nothing of the loading is
//! left for the measurements to write.

use std::time::{Duration, Instant};

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;

use crate::failure::{Context as _, Result};
use crate::people::Person;
use crate::rows::{self, base64, created_at};
use crate::service::{Postgres, Programs, Which};
use crate::sink::{Field, Sink};
use crate::sqlite;

/// A database of one service.
#[derive(Debug, Clone)]
pub struct Database {
    /// Whose tables.
    pub which: Which,
    /// `postgres://…` or `sqlite://…`
    pub url: String,
    /// The server and the name in it; none for SQLite.
    pub postgres: Option<(Postgres, String)>,
}

const KV_LINKS: &str = "id, avatar, seq, uuid, platform, identity, namespace, patch, created_at, signature, \
                        signature_payload, signer, format, prev, stored_at";
const KV_NAMESPACES: &str = "avatar, platform, identity, content, link_id";
const PROOF_LINKS: &str = "id, avatar, seq, uuid, action, platform, identity, alt_id, proof_location, created_at, \
                           signature, signature_payload, signer, format, prev, extra, stored_at";
const PROOF_BINDINGS: &str = "avatar, platform, identity, identity_folded, alt_id, alt_id_folded, alt_name, \
                              alt_name_folded, proof_location, link_id, state, is_valid, invalid_reason, created_at, \
                              last_checked_at, next_check_at";
const FEED: &str = "id, kind, ref";

/// The kind of a link in both feeds.
const LINK: i64 = 1;

/// What a server that has run for a while has in its memory, and one that was just filled has not: everything, if it has
/// room; else the indexes and the tables of what is in force, which come last here.
const READ_INTO_MEMORY: &str = "CREATE EXTENSION IF NOT EXISTS pg_prewarm;\n\
    SELECT pg_prewarm('links');\n\
    SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
    AND (relkind = 'i' OR relname IN ('namespaces', 'bindings', 'searchable'));\n";

/// What the triggers of proof-service's `bindings` would have done row by row.
const SEARCHABLE_POSTGRES: &str = "INSERT INTO searchable (id, platform, texts) \
    SELECT id, platform, search_texts(identity_folded, alt_id_folded, alt_name_folded) FROM bindings ORDER BY id;\n";
const SEARCHABLE_SQLITE: &str = "INSERT INTO searchable (searchable) VALUES ('rebuild')";

impl Database {
    fn tables(&self) -> &'static [&'static str] {
        match self.which {
            Which::Kv => &["links", "namespaces", "feed"],
            Which::Proof => &["links", "bindings", "feed", "searchable"],
        }
    }

    /// Makes the tables, and fills them with `links` links of each of `people`. Returns how long it took.
    ///
    /// # Errors
    /// With the words of the database or the program.
    pub fn fill(&self, programs: &Programs, people: &[Person], links: u64) -> Result<Duration> {
        let started = Instant::now();
        if let Some((server, name)) = &self.postgres {
            server.create(name)?;
            programs.migrate(self.which, &self.url)?;
            self.fill_postgres(server, name, people, links)?;
        } else {
            programs.migrate(self.which, &self.url)?;
            self.fill_sqlite(people, links)?;
        }
        Ok(started.elapsed())
    }

    fn fill_postgres(&self, server: &Postgres, name: &str, people: &[Person], links: u64) -> Result<()> {
        let list = self.tables().iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(",");
        let of_tables = format!(
            "FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ({list}) \
             AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        );
        let drops = server.sql(name, &format!("SELECT 'DROP INDEX ' || indexname || ';' {of_tables}"))?;
        let makes = server.sql(name, &format!("SELECT indexdef || ';' {of_tables}"))?;
        server.sql(name, &format!("{drops}\n"))?;
        self.write(people, links, |table, columns| Sink::postgres(server, name, table, columns))?;
        let total = total(people, links);
        let is_there = server.sql(name, "SELECT to_regclass('searchable') IS NOT NULL")? == "t";
        let searchable = if is_there { SEARCHABLE_POSTGRES } else { "" };
        server.sql(
            name,
            &format!(
                "SET maintenance_work_mem = '1GB';\nSET jit = off;\n{searchable}{makes}\n\
                 SELECT setval(pg_get_serial_sequence('links', 'id'), {total});\n\
                 VACUUM (ANALYZE);\nCHECKPOINT;\n{READ_INTO_MEMORY}"
            ),
        )?;
        Ok(())
    }

    fn fill_sqlite(&self, people: &[Person], links: u64) -> Result<()> {
        let mut connection = sqlite::open_for_loading(&self.url)?;
        let run = |connection: &mut SqliteConnection, sql: &str| connection.batch_execute(sql).context(sql);
        let parts = sqlite::indexes_and_triggers(&mut connection, self.tables())?;
        for part in &parts {
            run(&mut connection, &format!("DROP {} {}", part.kind, part.name))?;
        }
        run(&mut connection, "BEGIN")?;
        self.write_sqlite(&mut connection, people, links)?;
        // Its trigger tells whether there is a search to be filled: programs of before it can be measured too.
        if parts.iter().any(|part| part.kind == "trigger") {
            run(&mut connection, SEARCHABLE_SQLITE)?;
        }
        for part in &parts {
            run(&mut connection, &part.sql)?;
        }
        run(&mut connection, "COMMIT; ANALYZE;")
    }

    fn write_sqlite(&self, connection: &mut SqliteConnection, people: &[Person], links: u64) -> Result<()> {
        // One connection cannot fill two tables at a time, so that the rows are made once for each table.
        for (table, columns) in self.parts() {
            let mut sink = Sink::sqlite(connection, table, columns);
            fill_table(self.which, table, &mut sink, people, links)?;
            sink.close()?;
        }
        Ok(())
    }

    fn write<'c>(
        &self,
        people: &[Person],
        links: u64,
        open: impl Fn(&str, &str) -> Result<Sink<'c>>,
    ) -> Result<()> {
        for (table, columns) in self.parts() {
            let mut sink = open(table, columns)?;
            fill_table(self.which, table, &mut sink, people, links)?;
            sink.close()?;
        }
        Ok(())
    }

    fn parts(&self) -> [(&'static str, &'static str); 3] {
        match self.which {
            Which::Kv => [("links", KV_LINKS), ("namespaces", KV_NAMESPACES), ("feed", FEED)],
            Which::Proof => [("links", PROOF_LINKS), ("bindings", PROOF_BINDINGS), ("feed", FEED)],
        }
    }
}

fn total(people: &[Person], links: u64) -> u64 {
    links * u64::try_from(people.len()).unwrap_or(u64::MAX)
}

fn int(number: u64) -> Field<'static> {
    Field::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn fill_table(which: Which, table: &str, sink: &mut Sink<'_>, people: &[Person], links: u64) -> Result<()> {
    if table == "feed" {
        // In the order in which links were made, which is not that of the Avatars' keys.
        return (1..=total(people, links)).try_for_each(|id| sink.row(&[int(id), Field::Int(LINK), int(id)]));
    }
    for (person, position) in people.iter().zip(0_u64..) {
        for seq in 0..links {
            let id = position * links + seq + 1;
            match (which, table) {
                (Which::Kv, "links") => kv_link(sink, person, seq, id)?,
                (Which::Kv, _) if seq + 1 == links => kv_namespace(sink, person, id)?,
                (Which::Kv, _) => {}
                (Which::Proof, "links") => proof_link(sink, person, seq, id)?,
                (Which::Proof, _) => proof_binding(sink, person, seq, id)?,
            }
        }
    }
    Ok(())
}

fn kv_link(sink: &mut Sink<'_>, person: &Person, seq: u64, id: u64) -> Result<()> {
    let row = rows::kv_row(&person.avatar, person.index, seq)?;
    let (signature, prev) = signatures(person.index, seq);
    let at = created_at(seq);
    sink.row(&[
        int(id),
        Field::Bytes(person.avatar.as_bytes()),
        int(seq),
        Field::Bytes(rows::uuid(person.index, seq).as_bytes()),
        Field::Text("nextid"),
        Field::Text(&row.identity),
        Field::Text(&row.identity),
        Field::Text(row.patch.as_str()),
        Field::Int(at),
        Field::Bytes(&signature),
        Field::Text(&row.payload),
        Field::Text(&person.avatar.to_uncompressed_hex()),
        Field::Text("v1"),
        prev.as_ref().map_or(Field::Null, |prev| Field::Bytes(prev)),
        Field::Int(at),
    ])
}

fn kv_namespace(sink: &mut Sink<'_>, person: &Person, link_id: u64) -> Result<()> {
    sink.row(&[
        Field::Bytes(person.avatar.as_bytes()),
        Field::Text("nextid"),
        Field::Text(&person.avatar.to_hex()),
        Field::Text(rows::content(u64::from(person.index)).as_str()),
        int(link_id),
    ])
}

fn proof_link(sink: &mut Sink<'_>, person: &Person, seq: u64, id: u64) -> Result<()> {
    let row = rows::proof_row(&person.avatar, person.index, seq)?;
    let (signature, prev) = signatures(person.index, seq);
    let at = created_at(seq);
    let extra = match row.platform {
        nextid_core::Platform::Ethereum => format!("{{\"wallet_signature\":\"{}\"}}", base64(&signature)),
        _ => "{}".to_owned(),
    };
    sink.row(&[
        int(id),
        Field::Bytes(person.avatar.as_bytes()),
        int(seq),
        Field::Bytes(rows::uuid(person.index, seq).as_bytes()),
        Field::Text("create"),
        Field::Text(row.platform.as_str()),
        Field::Text(&row.identity),
        Field::Text(&row.alt_id),
        Field::Text(""),
        Field::Int(at),
        Field::Bytes(&signature),
        Field::Text(&row.payload),
        Field::Text(&person.avatar.to_hex()),
        Field::Text("v1"),
        prev.as_ref().map_or(Field::Null, |prev| Field::Bytes(prev)),
        Field::Text(&extra),
        Field::Int(at),
    ])
}

fn proof_binding(sink: &mut Sink<'_>, person: &Person, seq: u64, link_id: u64) -> Result<()> {
    let row = rows::proof_row(&person.avatar, person.index, seq)?;
    let at = created_at(seq);
    let name = match row.platform {
        nextid_core::Platform::Ethereum => "",
        _ => row.identity.as_str(),
    };
    sink.row(&[
        Field::Bytes(person.avatar.as_bytes()),
        Field::Text(row.platform.as_str()),
        Field::Text(&row.identity),
        Field::Text(&row.identity),
        Field::Text(&row.alt_id),
        Field::Text(&row.alt_id),
        Field::Text(name),
        Field::Text(name),
        Field::Text(""),
        int(link_id),
        Field::Text("valid"),
        Field::Bool(true),
        Field::Text(""),
        Field::Int(at),
        Field::Int(at),
        // Nothing is looked at again meanwhile.
        Field::Null,
    ])
}

fn signatures(index: u32, seq: u64) -> ([u8; 65], Option<[u8; 65]>) {
    (rows::signature(index, seq), seq.checked_sub(1).map(|seq| rows::signature(index, seq)))
}
