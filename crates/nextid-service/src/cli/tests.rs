use std::time::Duration;

use super::*;
use crate::fsck::{Count, Defect};

struct Fake;

impl Program for Fake {
    const SERVICE: Service = Service::Kv;

    async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Fatal> {
        assert!(!shutdown.is_requested());
        if config.database.pool_size == 3 {
            return Err(Fatal::new(ExitCode::Unavailable, "database.url: refused\nfor a reason"));
        }
        Ok(())
    }

    async fn migrate(config: Config) -> Result<String, Fatal> {
        Ok(format!("{} is up to date", config.database.url))
    }

    async fn fsck(config: &Config, jobs: usize, tell: &mut dyn FnMut(Event)) -> Result<Progress, Fatal> {
        let defects = u64::from(config.database.pool_size);
        for _ in 0..defects {
            tell(Event::Defect(Defect::new("fork", "links", format!("seen by {jobs}")).row(7)));
        }
        let done = Count { links: 3, chains: 2, rows: 0 };
        let end = Progress { done, links_in_all: 3, defects, took: Duration::from_secs(1), is_end: true };
        tell(Event::Progress(end));
        Ok(end)
    }

    fn openapi() -> Document {
        Document::packed(crate::openapi::tests::PACKED)
    }
}

/// Exit code, standard output, standard error.
fn run_with(args: &[&str], env: &[(&str, &str)]) -> (u8, String, String) {
    let args: Vec<String> =
        std::iter::once("kv-service").chain(args.iter().copied()).map(str::to_owned).collect();
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run::<Fake>(&args, env, |_| {}, &mut out, &mut err);
    (code.number(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn the_commands_that_print() {
    let secret = [("DATABASE_URL", "postgres://u:hunter2@h/d")];
    let (code, out, err) = run_with(&["config"], &secret);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("url = \"postgres://u:********@h/d\"") && !out.contains("hunter2"), "{out}");
    let (code, out, _) = run_with(&["config", "--example"], &[]);
    assert_eq!((code, out), (0, example_toml(Service::Kv)));
    let (code, out, _) = run_with(&["openapi"], &[]);
    assert_eq!(code, 0);
    assert_eq!(out, "{}\n");
    let (code, out, _) = run_with(&["migrate"], &secret);
    assert_eq!((code, out.as_str()), (0, "postgres://u:********@h/d is up to date\n"));
    let (code, out, _) = run_with(&["--version"], &[]);
    assert_eq!(
        (code, out),
        (0, format!("kv-service {}\n", crate::build_info::BuildInfo::current().version_line()))
    );
}

#[test]
fn serving_ends_as_the_program_does() {
    assert_eq!(run_with(&[], &[]), (0, String::new(), String::new()));
    let (code, out, err) = run_with(&["serve"], &[("NEXTID__DATABASE__POOL_SIZE", "3")]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (69, "", "kv-service: database.url: refused; for a reason\n")
    );
}

#[test]
fn defects_are_named_on_standard_output() {
    let two = [("NEXTID__DATABASE__POOL_SIZE", "2")];
    let (code, out, err) = run_with(&["fsck", "--jobs", "3"], &two);
    assert_eq!(
        (code, out.as_str()),
        (4, "fork: table=links row=7 seen by 3\nfork: table=links row=7 seen by 3\n")
    );
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(
        lines,
        [
            "fsck: 3 links of 2 chains and 0 other rows in 1.0 s (3 links/s): 2 defects",
            "kv-service: the database has 2 defects",
        ]
    );
    let (code, out, _) = run_with(&["fsck", "--json"], &[("NEXTID__DATABASE__POOL_SIZE", "1")]);
    let defect: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &defect["code"], &defect["row"]), (4, &"fork".into(), &7.into()));
}

#[test]
fn a_service_that_checks_first_does_not_serve_with_defects() {
    let one = [("NEXTID__DATABASE__POOL_SIZE", "1")];
    for args in [["--fsck"].as_slice(), &["serve", "--fsck"]] {
        let (code, out, err) = run_with(args, &one);
        assert_eq!((code, out.as_str()), (4, ""), "{err}");
        assert!(err.contains("the database has 1 defect") && err.contains("kv-service fsck"), "{err}");
    }
}

#[test]
fn a_wrong_configuration_is_one_line_and_78() {
    for command in ["serve", "migrate", "config", "fsck", "healthcheck"] {
        let (code, out, err) = run_with(&[command], &[("NEXTID__SERVER__LISTN", "x")]);
        assert_eq!((code, out.as_str(), err.lines().count()), (78, "", 1), "{err}");
        assert!(err.contains("NEXTID__SERVER__LISTEN"), "{err}");
    }
    let (code, _, err) = run_with(&["--config", "/nonexistent.toml"], &[]);
    assert_eq!(code, 78);
    assert!(err.contains("/nonexistent.toml"), "{err}");
}

#[test]
fn a_wrong_command_line_is_2() {
    let (code, out, err) = run_with(&["--no-such-option"], &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("--no-such-option"), "{err}");
}

#[test]
fn a_service_that_is_not_there_is_not_ready() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (code, out, err) = run_with(&["healthcheck"], &[("NEXTID__SERVER__LISTEN", &address)]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains(&address), "{err}");
}
