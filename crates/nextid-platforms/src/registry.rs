//! The platforms that are configured.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use nextid_core::Platform;
use nextid_net::GuardedClient;

use crate::activitypub::ActivitypubVerifier;
use crate::bluesky::BlueskyVerifier;
use crate::contract_wallet::ContractWallets;
use crate::discord::DiscordVerifier;
use crate::dns::DnsVerifier;
use crate::dotbit::DotbitVerifier;
use crate::ens::EnsVerifier;
use crate::farcaster::FarcasterVerifier;
use crate::github::GithubVerifier;
use crate::keybase::KeybaseVerifier;
use crate::minds::MindsVerifier;
use crate::nostr::NostrVerifier;
use crate::slack::SlackVerifier;
use crate::steam::SteamVerifier;
use crate::telegram::TelegramVerifier;
use crate::tiktok::TiktokVerifier;
use crate::twitter::TwitterVerifier;
use crate::website::WebsiteVerifier;
use crate::{PlatformSettings, SettingsError, Verifier};

/// The verifiers of the platforms that are configured, and the client that they fetch with.
#[derive(Clone)]
pub struct Registry {
    verifiers: BTreeMap<Platform, Arc<dyn Verifier>>,
    contract_wallets: ContractWallets,
    net: GuardedClient,
}

impl Registry {
    /// Sets up every platform that the settings suffice for. Nobody is contacted.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(settings: &PlatformSettings, net: GuardedClient) -> Result<Self, SettingsError> {
        let mut registry = Self::of([], net);
        registry.add(TwitterVerifier::new(&settings.twitter)?);
        registry.add(Some(GithubVerifier::new(&settings.github)?));
        registry.add(KeybaseVerifier::new(&settings.keybase)?);
        registry.add(Some(DnsVerifier::new(&settings.dns)?));
        registry.add(EnsVerifier::new(&settings.ens)?);
        registry.add(Some(DotbitVerifier::new(&settings.dotbit)?));
        registry.add(Some(MindsVerifier::new(&settings.minds)?));
        registry.add(Some(SteamVerifier::new(&settings.steam)?));
        registry.add(Some(ActivitypubVerifier::new(&settings.activitypub)?));
        registry.add(DiscordVerifier::new(&settings.discord)?);
        registry.add(Some(TelegramVerifier::new(&settings.telegram)?));
        registry.add(SlackVerifier::new(&settings.slack)?);
        registry.add(Some(TiktokVerifier::new(&settings.tiktok)?));
        registry.add(NostrVerifier::new(&settings.nostr)?);
        registry.add(Some(BlueskyVerifier::new(&settings.bluesky)?));
        registry.add(FarcasterVerifier::new(&settings.farcaster)?);
        registry.add(Some(WebsiteVerifier::new(&settings.website)?));
        registry.contract_wallets = ContractWallets::new(&settings.ethereum)?;
        Ok(registry)
    }

    /// Takes a verifier, or none of a platform whose settings do not suffice.
    fn add<V: Verifier + 'static>(&mut self, verifier: Option<V>) {
        if let Some(verifier) = verifier {
            self.verifiers.insert(verifier.platform(), Arc::new(verifier));
        }
    }

    /// Takes these verifiers, one per platform, of two for the same platform the later one; and no Ethereum node.
    pub fn of(verifiers: impl IntoIterator<Item = Arc<dyn Verifier>>, net: GuardedClient) -> Self {
        let verifiers = verifiers.into_iter();
        Self {
            verifiers: verifiers.map(|verifier| (verifier.platform(), verifier)).collect(),
            contract_wallets: ContractWallets::default(),
            net,
        }
    }

    /// The verifier of a platform; none if it is not configured, and none for those that are proved by signatures alone
    /// and have nothing to fetch: ethereum, solana and nextid.
    pub fn get(&self, platform: Platform) -> Option<Arc<dyn Verifier>> {
        self.verifiers.get(&platform).map(Arc::clone)
    }

    /// Whether identities of this platform can be bound.
    pub fn is_configured(&self, platform: Platform) -> bool {
        !platform.needs_post() || self.verifiers.contains_key(&platform)
    }

    /// The platforms whose identities can be bound, in the order of [`Platform::ALL`].
    pub fn configured(&self) -> Vec<Platform> {
        let all = Platform::ALL.iter().copied();
        all.filter(|platform| self.is_configured(*platform)).collect()
    }

    /// Who asks Ethereum wallets that are contracts.
    pub fn contract_wallets(&self) -> &ContractWallets {
        &self.contract_wallets
    }

    /// The client that verifiers fetch with.
    pub fn net(&self) -> &GuardedClient {
        &self.net
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("configured", &self.configured()).finish_non_exhaustive()
    }
}
