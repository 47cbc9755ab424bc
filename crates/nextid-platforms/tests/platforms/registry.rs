//! Which platforms there are.

use std::sync::Arc;

use nextid_core::{Identity, Platform};
use nextid_platforms::github::GithubVerifier;
use nextid_platforms::{GithubSettings, PlatformSettings, Registry, Secret, Verifier};

use crate::support::{LONG, net};

fn registry(settings: &PlatformSettings) -> Registry {
    Registry::new(settings, net(LONG)).unwrap()
}

#[test]
fn the_defaults_suffice() {
    let registry = registry(&PlatformSettings::default());
    let configured = registry.configured();
    for platform in Platform::ALL {
        let verifier = registry.get(*platform);
        assert_eq!(registry.is_configured(*platform), configured.contains(platform));
        assert_eq!(verifier.is_some(), registry.is_configured(*platform) && platform.needs_post());
        assert!(verifier.is_none_or(|verifier| verifier.platform() == *platform));
    }
    for platform in [Platform::Github, Platform::Dns, Platform::Ethereum, Platform::Solana, Platform::Nextid]
    {
        assert!(configured.contains(&platform), "{platform}");
    }
    assert!(format!("{registry:?}").contains("Github"));
    assert!(!registry.contract_wallets().is_configured());
}

#[test]
fn contract_wallets_are_asked_where_there_is_a_node() {
    let mut settings = PlatformSettings::default();
    settings.ethereum.rpc_url = Some(Secret::new("https://node.example"));
    assert!(registry(&settings).contract_wallets().is_configured());
}

#[test]
fn a_registry_of_chosen_verifiers() {
    let github = GithubVerifier::new(&GithubSettings::default()).unwrap();
    let registry = Registry::of([Arc::new(github) as Arc<dyn Verifier>], net(LONG));
    assert_eq!(
        registry.configured(),
        [Platform::Github, Platform::Ethereum, Platform::Solana, Platform::Nextid]
    );
    assert!(registry.get(Platform::Dns).is_none());
}

#[test]
fn settings_that_cannot_be_used() {
    let mut settings = PlatformSettings::default();
    settings.github.base_url = "github.com".to_owned();
    assert_eq!(Registry::new(&settings, net(LONG)).unwrap_err().key, "platforms.github.base_url");
    let mut settings = PlatformSettings::default();
    settings.github.token = Some(Secret::new("two words"));
    assert_eq!(Registry::new(&settings, net(LONG)).unwrap_err().key, "platforms.github.token");
    let mut settings = PlatformSettings::default();
    settings.dns.resolver = "127.0.0.1".to_owned();
    let error = Registry::new(&settings, net(LONG)).unwrap_err();
    assert!(error.to_string().starts_with("platforms.dns.resolver: expected system, udp://"), "{error}");
}

#[tokio::test]
async fn an_identity_stands_for_itself() {
    let registry = registry(&PlatformSettings::default());
    let identity = Identity::parse(Platform::Github, "Alice").unwrap();
    let verifier = registry.get(Platform::Github).unwrap();
    assert_eq!(verifier.resolve(&identity, registry.net()).await, Ok(identity));
}
