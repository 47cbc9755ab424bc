//! Links of KVChains: patches under the own key, and under wallets that may be bound.

use rand::Rng as _;
use serde_json::{Value, json};

use super::Writer;
use super::proof::{WALLETS, address, wallet};
use crate::plan::Service;

impl Writer {
    /// One patch. None when nobody answered.
    pub(super) async fn write_kv(&mut self) -> Option<()> {
        let (number, owner) = self.somebody();
        let hex = owner.avatar().to_hex();
        let (platform, identity) = match self.random.random_range(0..100) {
            0..80 => ("nextid", hex.clone()),
            _ => {
                let bound = wallet(self.shared.seed, number, self.random.random_range(0..WALLETS));
                ("ethereum", address(&bound))
            }
        };
        let mut body =
            json!({"avatar": hex, "platform": platform, "identity": identity, "patch": self.patch()});
        let payload = self.payload("/v1/kv/payload", &body).await?;
        let text = payload.get("sign_payload")?.as_str()?;
        let fields = body.as_object_mut()?;
        for field in ["uuid", "created_at"] {
            fields.insert(field.to_owned(), payload.get(field)?.clone());
        }
        fields.insert("signature".to_owned(), owner.personal_sign(text.as_bytes()).to_base64().into());
        self.submit((Service::Kv, owner.avatar()), "/v1/kv", &body, |body| body.get("link")).await
    }

    /// Sets, replaces or removes some of a few fields, so that order matters and contents stay small.
    fn patch(&mut self) -> Value {
        let mut patch = serde_json::Map::new();
        for _ in 0..self.random.random_range(1..4) {
            let field = format!("field {}", self.random.random_range(0..8));
            let value = match self.random.random_range(0..5) {
                0 => Value::Null,
                1 => json!({"a": self.random.random_range(0..100), "b": null}),
                2 => json!({"c": {"d": self.random.random::<f64>()}}),
                3 => json!([self.random.random::<u32>(), "\u{0}é"]),
                _ => json!(format!("text {}", self.random.random::<u64>())),
            };
            patch.insert(field, value);
        }
        patch.into()
    }
}
