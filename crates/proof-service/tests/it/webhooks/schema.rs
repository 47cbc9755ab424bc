//! The tables are the same in both services.

use nextid_service::webhooks::ddl;

macro_rules! migration {
    ($file:literal) => {
        include_str!(concat!("../../../migrations/", $file))
    };
}

#[test]
fn the_tables_are_the_shared_ones() {
    assert_eq!(migration!("postgres/2026-11-22-000003_webhooks/up.sql"), ddl::POSTGRES_UP);
    assert_eq!(migration!("postgres/2026-11-22-000003_webhooks/down.sql"), ddl::POSTGRES_DOWN);
    assert_eq!(migration!("sqlite/2026-11-22-000003_webhooks/up.sql"), ddl::SQLITE_UP);
    assert_eq!(migration!("sqlite/2026-11-22-000003_webhooks/down.sql"), ddl::SQLITE_DOWN);
}
