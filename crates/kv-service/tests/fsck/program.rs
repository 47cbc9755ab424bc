//! The command, and the check before serving.

use nextid_testkit::fsck_tests;

fsck_tests!(
    env!("CARGO_BIN_EXE_kv-service"),
    populate = crate::population::populate,
    blow = "UPDATE namespaces SET content = '{}' WHERE platform = 'github'",
    code = "namespace_differs"
);
