//! The sections of the configuration but `platforms`.

use std::net::SocketAddr;

use super::http_url::HttpUrl;
use super::keys::{DefaultValue, Kind, section};
use super::secret::{DatabaseUrl, Secret};

section! {
    /// Listeners and their limits.
    ServerConfig in "server" {
        /// Where the API listens. Port 0 takes a free one.
        listen: SocketAddr => Kind::Address,
            DefaultValue::Each { proof: "127.0.0.1:9800", kv: "127.0.0.1:9801" };
        /// Where `/metrics`, `/healthz` and `/readyz` are for the operator. Never publish it.
        admin_listen: SocketAddr => Kind::Address,
            DefaultValue::Each { proof: "127.0.0.1:9890", kv: "127.0.0.1:9891" };
        /// Threads that answer requests; 0 is one for each core.
        workers: u64 => Kind::Integer { min: 0, max: 512 }, DefaultValue::Text("0");
        /// Connections open at a time; more wait in the backlog. Lowered when the process may not open so many files.
        max_connections: u64 => Kind::Integer { min: 1, max: 1_000_000 }, DefaultValue::Text("8192");
        /// Connections that wait to be accepted.
        backlog: u32 => Kind::Integer { min: 1, max: 65_535 }, DefaultValue::Text("1024");
        /// Seconds that an idle connection is kept.
        keep_alive_secs: u64 => Kind::Integer { min: 1, max: 3600 }, DefaultValue::Text("75");
        /// Seconds that a client has to send the head of a request, and again to send its body.
        request_timeout_secs: u64 => Kind::Integer { min: 1, max: 600 }, DefaultValue::Text("10");
        /// Seconds after which a client that takes nothing of its answer is cut off (Linux); a stream of events as well.
        stall_timeout_secs: u32 => Kind::Integer { min: 1, max: 3600 }, DefaultValue::Text("60");
        /// Seconds that accepted requests have to finish after SIGTERM or SIGINT.
        shutdown_grace_secs: u64 => Kind::Integer { min: 0, max: 600 }, DefaultValue::Text("8");
    }
}

section! {
    /// Where the data is.
    DatabaseConfig in "database" {
        /// `postgres://user:password@host/name` or `sqlite://path`. DATABASE_URL sets it as well.
        url: DatabaseUrl => Kind::DatabaseUrl, DefaultValue::DataDirectory;
        /// A replica for reads that may lag; the head of a chain is never read from it.
        read_url: Option<DatabaseUrl> => Kind::DatabaseUrl, DefaultValue::Absent;
        /// Connections kept open. 4 to 8 are best.
        pool_size: u32 => Kind::Integer { min: 1, max: 256 }, DefaultValue::Text("8");
        /// Whether migrations run at start. If not, run `migrate` before.
        migrate: bool => Kind::Switch, DefaultValue::Text("true");
        /// Seconds to wait at start for a database that is not there yet.
        connect_wait_secs: u64 => Kind::Integer { min: 0, max: 3600 }, DefaultValue::Text("30");
        /// Milliseconds to wait for a connection of the pool before `overloaded` is answered.
        acquire_timeout_ms: u64 => Kind::Integer { min: 1, max: 600_000 }, DefaultValue::Text("3000");
    }
}

section! {
    /// How old a signed payload may be.
    PayloadConfig in "payload" {
        /// Seconds after `created_at` that a payload can still be submitted.
        max_age_secs: u64 => Kind::Integer { min: 1, max: 31_536_000 }, DefaultValue::Text("259200");
        /// Seconds that `created_at` may be ahead of our clock.
        max_skew_secs: u64 => Kind::Integer { min: 0, max: 86_400 }, DefaultValue::Text("300");
    }
}

section! {
    /// The guarded client, which reaches hosts that users name.
    NetConfig in "net" {
        /// Hosts (names or addresses, any port) that it may reach though they are not public.
        allow_hosts: Vec<String> => Kind::Hosts, DefaultValue::Text("");
        /// Milliseconds that a whole fetch may take.
        timeout_ms: u64 => Kind::Integer { min: 1, max: 600_000 }, DefaultValue::Text("10000");
        /// Bytes that an answer may have, decompressed.
        max_bytes: u64 => Kind::Integer { min: 1, max: 1_073_741_824 }, DefaultValue::Text("1048576");
    }
}

section! {
    /// How proofs are looked at again.
    RecheckConfig in "recheck" {
        /// Whether this process does it. At least one replica should.
        enabled: bool => Kind::Switch, DefaultValue::Text("true");
        /// Seconds between two looks at a proof.
        interval_secs: u64 => Kind::Integer { min: 3600, max: 31_536_000 }, DefaultValue::Text("259200");
        /// Seconds, at least, from a look that speaks against a proof to the one that decides.
        second_look_secs: u64 => Kind::Integer { min: 3600, max: 604_800 }, DefaultValue::Text("3600");
        /// Proofs that are looked at at a time.
        concurrency: usize => Kind::Integer { min: 1, max: 512 }, DefaultValue::Text("16");
        /// Proofs of one platform that are looked at at a time; submits share its limits.
        platform_concurrency: usize => Kind::Integer { min: 1, max: 64 }, DefaultValue::Text("4");
        /// No proof becomes invalid while more than this percentage of an hour's looks at its platform turn against proofs …
        brake_percent: u64 => Kind::Integer { min: 1, max: 100 }, DefaultValue::Text("20");
        /// … of at least so many looks.
        brake_min_checks: u64 => Kind::Integer { min: 1, max: 1_000_000 }, DefaultValue::Text("20");
    }
}

section! {
    /// Where kv-service asks whether a binding exists.
    ProofServiceConfig in "proof_service" {
        /// The base URL of proof-service.
        url: HttpUrl => Kind::Url, DefaultValue::Text("http://127.0.0.1:9800");
        /// Seconds that known bindings go on working while proof-service is away.
        grace_secs: u64 => Kind::Integer { min: 0, max: 31_536_000 }, DefaultValue::Text("3600");
    }
}

section! {
    /// Webhooks to applications.
    WebhooksConfig in "webhooks" {
        /// Bearer token of the webhook API. Without it that API is off.
        admin_token: Option<Secret> => Kind::Secret, DefaultValue::Absent;
        /// Endpoints that this process sends to at a time; half of the places are for those that fail or take long.
        concurrency: usize => Kind::Integer { min: 2, max: 1024 }, DefaultValue::Text("64");
    }
}

section! {
    /// Being a copy of another service.
    MirrorConfig in "mirror" {
        /// The service of the same kind that is copied. It is followed, and served read-only; `--mirror-of` sets it as well.
        of: Option<HttpUrl> => Kind::Url, DefaultValue::Absent;
        /// Whether a database that was a mirror's is taken over for good, with proofs unchecked; `--adopt-mirror` sets it as well.
        adopt: bool => Kind::Switch, DefaultValue::Text("false");
    }
}

section! {
    /// Streams of events (`GET /v1/events`).
    EventsConfig in "events" {
        /// Seconds that a stream is silent before it gets a sign of life. Clients take 30 silent seconds for a broken connection.
        heartbeat_secs: u64 => Kind::Integer { min: 1, max: 25 }, DefaultValue::Text("15");
        /// Bytes of the latest events that are kept for all streams together. One that falls behind them is told where to
        /// resume, and ended.
        queue_bytes: usize => Kind::Integer { min: 1_048_576, max: 1_073_741_824 }, DefaultValue::Text("16777216");
    }
}

section! {
    /// How much one request or one Avatar may take. Each limit has an error code of its own.
    LimitsConfig in "limits" {
        /// Bytes of a request's body (`body_too_large`).
        body_bytes: usize => Kind::Integer { min: 1024, max: 67_108_864 }, DefaultValue::Text("262144");
        /// Bytes of a KV patch (`patch_too_large`).
        patch_bytes: usize => Kind::Integer { min: 64, max: 67_108_864 }, DefaultValue::Text("65536");
        /// Levels of arrays and objects in a KV patch, and in anything else that a body holds (`too_deep`).
        nesting: usize => Kind::Integer { min: 1, max: 100 }, DefaultValue::Text("64");
        /// Bytes of one KV namespace (`namespace_too_large`).
        namespace_bytes: usize => Kind::Integer { min: 64, max: 1_073_741_824 }, DefaultValue::Text("1048576");
        /// Bytes of all KV namespaces of an Avatar (`namespace_too_large`).
        avatar_bytes: usize => Kind::Integer { min: 64, max: 1_073_741_824 }, DefaultValue::Text("4194304");
        /// KV namespaces of an Avatar (`too_many_namespaces`).
        namespaces: usize => Kind::Integer { min: 1, max: 1_000_000 }, DefaultValue::Text("1000");
        /// Bindings of an Avatar (`too_many_bindings`).
        bindings: usize => Kind::Integer { min: 1, max: 1_000_000 }, DefaultValue::Text("1000");
        /// Subkeys of an Avatar in force (`too_many_subkeys`), and subkeys in one answer.
        subkeys: usize => Kind::Integer { min: 1, max: 100_000 }, DefaultValue::Text("1000");
        /// Aliases of an Avatar, direct and indirect (`too_many_aliases`).
        aliases: usize => Kind::Integer { min: 1, max: 10_000 }, DefaultValue::Text("100");
        /// Identities in one search (`too_many_identities`).
        identities: usize => Kind::Integer { min: 1, max: 10_000 }, DefaultValue::Text("100");
        /// Bytes of an identity (`bad_identity`).
        identity_bytes: usize => Kind::Integer { min: 64, max: 65_536 }, DefaultValue::Text("1024");
        /// Bytes of a proof location (`bad_field`).
        location_bytes: usize => Kind::Integer { min: 64, max: 65_536 }, DefaultValue::Text("1024");
        /// Webhooks (`too_many_webhooks`).
        webhooks: usize => Kind::Integer { min: 1, max: 100_000 }, DefaultValue::Text("1000");
        /// Event streams open at a time (`overloaded`). Keep it below `server.max_connections`.
        event_streams: usize => Kind::Integer { min: 0, max: 1_000_000 }, DefaultValue::Text("4096");
    }
}

section! {
    /// What is written to standard error.
    LogConfig in "log" {
        /// Which lines: a level, or `target=level` parts separated by commas.
        filter: String => Kind::LogFilter, DefaultValue::Text("info,actix_server=warn");
        /// `text` or `json`, one line each.
        format: LogFormat => Kind::Choice(&["text", "json"]), DefaultValue::Text("text");
        /// Whether every request is logged.
        access: bool => Kind::Switch, DefaultValue::Text("true");
    }
}

/// How a log line is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// `time LEVEL target: message key=value …`
    Text,
    /// One JSON object.
    Json,
}
