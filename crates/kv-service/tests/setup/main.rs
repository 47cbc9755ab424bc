//! Bad set-up of kv-service: each ends at once, with one line that names the cause and the key to change.

#[cfg(test)]
mod program {
    nextid_testkit::bad_setup_tests!(env!("CARGO_BIN_EXE_kv-service"));
}
