//! The signature of a message: HMAC-SHA256 over `id.timestamp.body`, scheme `v1` of the Standard Webhooks specification
//! (standardwebhooks.com, version 1.0.0).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::SigningSecret;

/// The value of `webhook-signature`: one signature for each secret, separated by blanks, so that a receiver that knows any
/// of them can check it.
///
/// `id` and `timestamp` (unix seconds of the attempt) must be what the headers say, and neither may hold a full stop.
pub fn sign<'a>(
    secrets: impl IntoIterator<Item = &'a SigningSecret>,
    id: &str,
    timestamp: i64,
    body: &str,
) -> String {
    let signatures = secrets.into_iter().filter_map(|secret| {
        // It takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.key()).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SigningSecret {
        SigningSecret::parse(text).unwrap()
    }

    /// The example of the specification's own libraries.
    #[test]
    fn the_published_example() {
        let key = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(
            sign([&key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn while_secrets_change_both_sign() {
        let (new, old) = (SigningSecret::generate(), SigningSecret::generate());
        let both = sign([&new, &old], "msg_1", 7, "{}");
        let one = |secret: &SigningSecret| sign([secret], "msg_1", 7, "{}");
        assert_eq!(both, format!("{} {}", one(&new), one(&old)));
        assert_ne!(one(&new), one(&old));
    }

    #[test]
    fn everything_that_is_sent_is_signed() {
        let key = SigningSecret::generate();
        let signed = sign([&key], "msg_1", 7, "{}");
        assert_ne!(signed, sign([&key], "msg_2", 7, "{}"));
        assert_ne!(signed, sign([&key], "msg_1", 8, "{}"));
        assert_ne!(signed, sign([&key], "msg_1", 7, "{ }"));
    }
}
