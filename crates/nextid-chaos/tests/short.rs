//! A few seconds of it, on both databases. The programs are built first, unless they are.

#[cfg(test)]
#[path = "support/programs.rs"]
mod programs;

#[cfg(test)]
mod runs {
    use std::time::Duration;

    use nextid_chaos::host::Backend;
    use nextid_chaos::run::{Settings, run};
    use nextid_testkit::TestDatabase;

    use crate::programs::programs;

    fn a_few_seconds_on(backend: Backend) {
        let logs = tempfile::tempdir().unwrap();
        let settings = Settings {
            seed: 1,
            length: Duration::from_secs(6),
            writers: 4,
            avatars: 50,
            programs: programs(),
            logs: logs.path().to_owned(),
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let report = runtime.block_on(run(backend, &settings)).unwrap();
        assert!(report.is_clean(), "{report}");
        assert!(report.accepted() > 0 && !report.faults.is_empty(), "{report}");
    }

    #[test]
    fn sqlite() {
        a_few_seconds_on(Backend::Sqlite);
    }

    #[test]
    fn postgres() {
        if TestDatabase::postgres_unless_left_out().is_some() {
            a_few_seconds_on(Backend::Postgres);
        }
    }
}
