//! Subkeys that nobody certified so.

use nextid_testkit::on_both_databases;

use crate::population::expect_each;

on_both_databases! {
    async fn a_subkey_that_was_changed(db: TestDatabase) {
        expect_each(&db, &[
            ("UPDATE subkeys SET rp_id = 'example.org' WHERE name = 'tablet'", &["payload_differs subkeys"]),
            ("UPDATE subkeys SET sign_payload = sign_payload || ' ' WHERE name = 'tablet'",
             &["payload_differs subkeys", "signature subkeys"]),
            ("UPDATE subkeys SET signature = (SELECT signature FROM subkeys WHERE name = 'phone') WHERE name = 'tablet'",
             &["signature subkeys"]),
            ("UPDATE subkeys SET signature = public_key WHERE name = 'tablet'", &["signature subkeys"]),
            ("UPDATE subkeys SET public_key = avatar WHERE name = 'tablet'", &["subkey_differs subkeys"]),
            ("UPDATE subkeys SET public_key_text = 'x' WHERE name = 'tablet'",
             &["bad_field subkeys", "payload_differs subkeys"]),
            ("UPDATE subkeys SET algorithm = 'rs256' WHERE name = 'tablet'", &["bad_field subkeys"]),
            ("UPDATE subkeys SET avatar = signature WHERE name = 'tablet'", &["bad_field subkeys"]),
            // A revocation that is taken back, forged, or moved to another subkey.
            ("UPDATE subkeys SET revoked_at = NULL WHERE name = 'phone'", &["subkey_differs subkeys"]),
            ("UPDATE subkeys SET revoked_at = 1 WHERE name = 'tablet'", &["subkey_differs subkeys"]),
            ("UPDATE subkeys SET revoke_payload = 'x' WHERE name = 'phone'",
             &["payload_differs subkeys", "signature subkeys"]),
            ("UPDATE subkeys SET revoke_signature = signature WHERE name = 'phone'", &["signature subkeys"]),
            ("UPDATE subkeys SET revoked_at = 1, revoke_payload = (SELECT revoke_payload FROM subkeys WHERE name = 'phone'), \
              revoke_signature = (SELECT revoke_signature FROM subkeys WHERE name = 'phone') WHERE name = 'tablet'",
             &["payload_differs subkeys"]),
        ])
        .await;
    }
}
