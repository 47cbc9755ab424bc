//! The walk through the four flows, with fresh keys of which nothing is kept.

mod application;
mod narrator;
mod revocation;
mod verification;
mod wallet;
mod writing;

use nextid_client::{GistClient, KvClient, ProofClient};
use nextid_core::{Avatar, EthAddress, Identity, Platform, SecretKey};
use serde_json::json;

use crate::commands::fresh_key;
use crate::context::parse_identity;
use crate::error::CliError;
use crate::ui::Ui;
use narrator::Narrator;

/// Whom the demo talks to.
#[derive(Debug)]
pub struct Services {
    /// Bindings.
    pub proof: ProofClient,
    /// Data.
    pub kv: KvClient,
    /// A stand-in for GitHub that proof-service asks, if there is one.
    pub github: Option<GistClient>,
}

/// Who takes part.
struct Cast {
    avatar: SecretKey,
    wallet: SecretKey,
    account: Identity,
    address: Identity,
}

impl Cast {
    fn fresh() -> Result<Self, CliError> {
        let (avatar, wallet) = (fresh_key(), fresh_key());
        let login = format!("nextid-demo-{:06x}", rand::random::<u32>() & 0xff_ffff);
        Ok(Self {
            account: parse_identity(Platform::Github, &login)?,
            address: parse_identity(Platform::Ethereum, &EthAddress::of(&wallet.avatar()).to_string())?,
            avatar,
            wallet,
        })
    }
}

/// Walks through the four flows, and says at the end whose chains they made.
///
/// # Errors
/// [`CliError`] of the first step that does not do what it should.
pub async fn walk(ui: &Ui, services: &Services) -> Result<Avatar, CliError> {
    let narrator = Narrator::new(ui);
    let cast = Cast::fresh()?;
    let avatar = cast.avatar.avatar();
    narrator.step(&json!({
        "step": "cast", "avatar": avatar, "wallet": cast.address.as_str(), "account": cast.account.as_str(),
    }));
    narrator.title("The four flows of Next.ID");
    narrator.text("An Avatar is a key pair that a person holds. This demo makes a fresh one, and a fresh wallet; it keeps neither.");
    narrator.field("Avatar", &avatar.to_hex());
    narrator.field("Wallet", cast.address.as_str());

    let account_is_bound = application::bind(&narrator, services, &cast).await?;
    wallet::bind(&narrator, services, &cast).await?;
    // The wallet stays bound where there is something else to revoke, so that data can be written under it.
    let (revoked, namespace) = if account_is_bound {
        (&cast.account, cast.address.clone())
    } else {
        (&cast.address, parse_identity(Platform::Nextid, &avatar.to_hex())?)
    };
    revocation::revoke(&narrator, services, &cast, revoked).await?;
    let written = writing::write(&narrator, services, &cast, &namespace).await?;
    verification::verify(&narrator, services, &cast, &namespace, &written).await?;
    Ok(avatar)
}
