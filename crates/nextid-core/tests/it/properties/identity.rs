//! Normalising an identity.

use nextid_core::Identity;
use proptest::prelude::*;

use super::strategy::{like_an_identity, platform};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// What is stored is read again as itself.
    #[test]
    fn twice_is_once(platform in platform(), text in like_an_identity()) {
        if let Ok(identity) = Identity::parse(platform, &text) {
            let again = Identity::parse(platform, identity.as_str());
            prop_assert_eq!(again.as_ref().map(Identity::as_str), Ok(identity.as_str()));
            // What a post shows is the same identity too.
            let shown = Identity::parse(platform, identity.shown());
            prop_assert_eq!(shown.as_ref().map(Identity::as_str), Ok(identity.as_str()));
        }
    }

    /// Nothing that could end a line, a string or a header gets through, nor a second host into a URL.
    #[test]
    fn normalised_text_is_tame(platform in platform(), text in like_an_identity()) {
        if let Ok(identity) = Identity::parse(platform, &text) {
            prop_assert!(!identity.as_str().is_empty());
            prop_assert!(identity.as_str().len() <= 1024);
            prop_assert!(!identity.as_str().chars().any(char::is_control));
            prop_assert!(!identity.as_str().contains(['\r', '\n', '\0']));
        }
    }

    /// Where letter case means nothing, changing it changes nothing.
    #[test]
    fn letter_case(platform in platform(), text in "@?[a-zA-Z0-9_-]{1,20}") {
        use nextid_core::Platform::{Farcaster, Github, Keybase, Minds, Telegram, Tiktok, Twitter};
        if matches!(platform, Farcaster | Github | Keybase | Minds | Telegram | Tiktok | Twitter) {
            prop_assert_eq!(
                Identity::parse(platform, &text).map(|identity| identity.as_str().to_owned()),
                Identity::parse(platform, &text.to_uppercase()).map(|identity| identity.as_str().to_owned())
            );
        }
    }

    #[test]
    fn folding_twice_is_folding_once(platform in platform(), text in like_an_identity()) {
        if let Ok(identity) = Identity::parse(platform, &text) {
            let folded = identity.folded();
            prop_assert_eq!(nextid_core::identity::fold(platform, &folded), folded);
        }
    }
}
