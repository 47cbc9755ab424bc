//! The command, and the check before serving.

use nextid_testkit::fsck_tests;

fsck_tests!(
    env!("CARGO_BIN_EXE_proof-service"),
    populate = crate::population::populate,
    blow = "UPDATE bindings SET proof_location = 'x' WHERE platform = 'nextid'",
    code = "binding_differs"
);
