//! Subkeys: what certified them, and what revoked them.

use nextid_core::payload::{SubkeyAlgorithm, SubkeyCreatePayload, SubkeyDeletePayload};
use nextid_core::subkey::SubkeyPublicKey;
use nextid_core::{Avatar, CreatedAt, LinkUuid, Signature};
use nextid_service::fsck::Defect;

use crate::store::fsck::SubkeyColumns;

/// Checks one row.
pub fn check(row: &SubkeyColumns, found: &mut Vec<Defect>) {
    let defect = |code, message: String| Defect::new(code, "subkeys", message).row(row.id).of(&row.avatar);
    let avatar = match Avatar::from_sec1(&row.avatar) {
        Ok(avatar) => avatar,
        Err(error) => {
            return found.push(defect("bad_field", format!("the field avatar is malformed: {error}")));
        }
    };
    let Ok(algorithm) = row.algorithm.parse::<SubkeyAlgorithm>() else {
        return found.push(
            defect("bad_field", "the field algorithm is malformed".to_owned())
                .expected("es256 or secp256k1", &row.algorithm),
        );
    };
    match SubkeyPublicKey::parse(algorithm, &row.public_key_text) {
        Ok(key) if key.as_bytes() == row.public_key => {}
        Ok(_) => found.push(defect("subkey_differs", "public_key is not public_key_text".to_owned())),
        Err(error) => {
            found.push(defect("bad_field", format!("the field public_key_text is malformed: {error}")))
        }
    }
    let certificate = SubkeyCreatePayload {
        avatar: &avatar,
        algorithm,
        public_key: &row.public_key_text,
        rp_id: &row.rp_id,
    };
    let mut signed = |what: &str, rebuilt: String, payload: &str, signature: &[u8]| {
        if rebuilt != payload {
            found.push(
                defect("payload_differs", format!("{what} is not what the columns make"))
                    .expected(rebuilt, payload),
            );
        }
        let verified = Signature::from_slice(signature)
            .and_then(|signature| signature.verify(&avatar, payload.as_bytes()));
        if let Err(error) = verified {
            let defect = defect("signature", format!("the signature over {what} does not verify"));
            found.push(defect.expected(format!("a signature by {avatar}"), error));
        }
    };
    signed("sign_payload", certificate.to_string(), &row.sign_payload, &row.signature);
    match (row.revoked_at, &row.revoke_payload, &row.revoke_signature) {
        (None, None, None) => {}
        (Some(_), Some(payload), Some(signature)) => {
            let rebuilt = revocation(certificate, payload).unwrap_or_else(|| "a revocation".to_owned());
            signed("revoke_payload", rebuilt, payload, signature);
        }
        _ => found.push(defect(
            "subkey_differs",
            "of revoked_at, revoke_payload and revoke_signature some are there and some are not".to_owned(),
        )),
    }
}

/// The string that revokes a subkey, with the date and the uuid that a stored one has.
fn revocation(subkey: SubkeyCreatePayload<'_>, stored: &str) -> Option<String> {
    let stored: serde_json::Value = serde_json::from_str(stored).ok()?;
    let created_at: CreatedAt = stored.get("created_at")?.as_str()?.parse().ok()?;
    let uuid = LinkUuid::parse(stored.get("uuid")?.as_str()?).ok()?;
    Some(SubkeyDeletePayload { subkey, created_at, uuid }.to_string())
}
