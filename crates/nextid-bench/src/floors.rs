//! What the same machine does without us, in the same run.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use nextid_core::personal_sign;

use crate::failure::{Context as _, Failure, Result};
use crate::people::Family;
use crate::rows::mix;
use crate::service::Postgres;
use crate::sqlite::{self, floor_links, floor_points};
use crate::verify::rate;

/// Rows that are read one by one: as many as there are Avatars.
pub const POINTS: u32 = 10_000;

/// What a link holds besides its keys: payload, identity, patch, signer, signatures.
const PAYLOAD: usize = 900;

const APPEND: &str = "INSERT INTO floor_links (avatar, seq, uuid, payload) VALUES \
    (decode(lpad(to_hex(CAST(:who AS bigint)), 66, '0'), 'hex'), nextval('floor_seq'), \
    decode(lpad(to_hex(CAST(:a AS bigint)), 16, '0') || lpad(to_hex(CAST(:b AS bigint)), 16, '0'), 'hex'), \
    :payload);\n";

const POINT: &str = "SELECT content FROM floor_points \
    WHERE avatar = decode(lpad(to_hex(CAST(:who AS bigint)), 66, '0'), 'hex');\n";

/// The floors of a PostgreSQL.
#[derive(Debug)]
pub struct PgBench {
    server: Postgres,
    directory: tempfile::TempDir,
}

impl PgBench {
    /// Makes the tables and the scripts.
    ///
    /// # Errors
    /// With the server's own words.
    pub fn new(server: &Postgres) -> Result<Self> {
        server.create("floors")?;
        server.sql(
            "floors",
            &format!(
                "CREATE TABLE floor_links (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, avatar bytea NOT NULL, \
                 seq bigint NOT NULL, uuid bytea NOT NULL, payload text NOT NULL, UNIQUE (avatar, seq), \
                 UNIQUE (avatar, uuid));\n\
                 CREATE SEQUENCE floor_seq;\n\
                 CREATE TABLE floor_points (avatar bytea PRIMARY KEY, content text NOT NULL);\n\
                 INSERT INTO floor_points SELECT decode(lpad(to_hex(i), 66, '0'), 'hex'), repeat('x', 250) \
                 FROM generate_series(1, {POINTS}) i;\n\
                 VACUUM (ANALYZE);\n"
            ),
        )?;
        let directory = tempfile::tempdir().context("a directory for pgbench")?;
        let who = format!("\\set who random(1, {POINTS})\n");
        let chance = "\\set a random(1, 9000000000000000000)\n\\set b random(1, 9000000000000000000)\n";
        let append = format!("{who}{chance}{APPEND}");
        std::fs::write(directory.path().join("append.sql"), append).context("a script")?;
        std::fs::write(directory.path().join("point.sql"), format!("{who}{POINT}")).context("a script")?;
        Ok(Self { server: server.clone(), directory })
    }

    /// Appends of one row each, in a statement and a transaction of its own, from 8 clients, in a second.
    ///
    /// # Errors
    /// With pgbench's own words.
    pub fn append(&self, seconds: u64) -> Result<f64> {
        self.run("append.sql", 8, seconds)
    }

    /// Prepared reads of one row each, from 32 clients, in a second.
    ///
    /// # Errors
    /// With pgbench's own words.
    pub fn point_read(&self, seconds: u64) -> Result<f64> {
        self.run("point.sql", 32, seconds)
    }

    fn run(&self, script: &str, clients: u32, seconds: u64) -> Result<f64> {
        let output = Command::new(self.server.programs.join("pgbench"))
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .arg(format!("--client={clients}"))
            .arg(format!("--time={}", seconds.max(1)))
            .arg(format!("--define=payload={}", "x".repeat(PAYLOAD)))
            .arg(format!("--file={}", self.directory.path().join(script).display()))
            .arg(self.server.url("floors"))
            .output()
            .context("running pgbench")?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let tps = words.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        tps.ok_or_else(|| {
            Failure::new(format!("pgbench: {words}{}", String::from_utf8_lossy(&output.stderr)))
        })
    }
}

/// The floors of SQLite: one connection in this process, since a library has no clients.
pub struct InProcess {
    connection: SqliteConnection,
    number: i64,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl InProcess {
    /// Makes the tables in a file of its own.
    ///
    /// # Errors
    /// With SQLite's own words.
    pub fn new(directory: &Path) -> Result<Self> {
        let mut connection = sqlite::open(&directory.join("floors.db").display().to_string())?;
        connection
            .batch_execute(&format!(
                "CREATE TABLE floor_links (id INTEGER PRIMARY KEY, avatar BLOB NOT NULL, seq BIGINT NOT NULL, \
                 uuid BLOB NOT NULL, payload TEXT NOT NULL, UNIQUE (avatar, seq), UNIQUE (avatar, uuid)); \
                 CREATE TABLE floor_points (avatar BLOB NOT NULL PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID; \
                 WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {POINTS} - 1) \
                 INSERT INTO floor_points SELECT CAST(printf('%033d', i) AS BLOB), printf('%0250d', i) FROM n;"
            ))
            .context("making the floors' tables")?;
        Ok(Self { connection, number: 0 })
    }

    fn key(&self) -> Vec<u8> {
        let drawn = mix(self.number.unsigned_abs()) % u64::from(POINTS);
        format!("{drawn:033}").into_bytes()
    }

    /// Appends of one row each, in a transaction of its own, in a second.
    ///
    /// # Errors
    /// With SQLite's own words.
    pub fn append(&mut self, time: Duration) -> Result<f64> {
        let payload = "x".repeat(PAYLOAD);
        rate(1, time, || {
            self.number += 1;
            let uuid = u128::from(mix(self.number.unsigned_abs())).to_be_bytes().to_vec();
            diesel::insert_into(floor_links::table)
                .values((
                    floor_links::avatar.eq(self.key()),
                    floor_links::seq.eq(self.number),
                    floor_links::uuid.eq(uuid),
                    floor_links::payload.eq(&payload),
                ))
                .execute(&mut self.connection)
                .map(drop)
                .context("appending")
        })
    }

    /// Reads of one row each, in a second.
    ///
    /// # Errors
    /// With SQLite's own words.
    pub fn point_read(&mut self, time: Duration) -> Result<f64> {
        rate(1, time, || {
            self.number += 1;
            let content = floor_points::table.find(self.key()).select(floor_points::content);
            content.first::<String>(&mut self.connection).map(drop).context("reading")
        })
    }
}

/// Recoveries of a key by one core in a second, the hash of the message included.
///
/// # Errors
/// Never.
pub fn recovery(time: Duration) -> Result<f64> {
    let secret = Family::avatars().secret(1)?;
    let message = [b'x'; 480];
    let signature = secret.personal_sign(&message);
    rate(1, time, || {
        let digest = personal_sign::digest(std::hint::black_box(&message));
        signature.recover_digest(&digest).map(drop).context("recovering")
    })
}

/// Appends of 8 KiB to a file, each forced to the disk, in a second.
///
/// # Errors
/// The system's.
pub fn fsync(directory: &Path, time: Duration) -> Result<f64> {
    let path = directory.join("fsync");
    let mut file = File::create(&path).context("a file to force to the disk")?;
    let block = [7_u8; 8192];
    let done = rate(1, time, || {
        file.write_all(&block).context("writing")?;
        file.sync_data().context("forcing to the disk")
    });
    std::fs::remove_file(&path).context("removing that file")?;
    done
}
