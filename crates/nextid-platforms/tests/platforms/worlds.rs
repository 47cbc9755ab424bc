//! Every platform that has a stand-in of the common kind, with alice's proof published on it.

use nextid_core::{Platform, SecretKey, post_text};
use nextid_platforms::bluesky::{BlueskySettings, BlueskyVerifier};
use nextid_platforms::discord::{DiscordSettings, DiscordVerifier};
use nextid_platforms::dotbit::{DotbitSettings, DotbitVerifier};
use nextid_platforms::farcaster::{FarcasterSettings, FarcasterVerifier};
use nextid_platforms::keybase::{KeybaseSettings, KeybaseVerifier};
use nextid_platforms::minds::{MindsSettings, MindsVerifier};
use nextid_platforms::slack::{SlackSettings, SlackVerifier};
use nextid_platforms::steam::{SteamSettings, SteamVerifier};
use nextid_platforms::telegram::{TelegramSettings, TelegramVerifier};
use nextid_platforms::tiktok::{TiktokSettings, TiktokVerifier};
use nextid_platforms::twitter::{TwitterSettings, TwitterVerifier};
use nextid_platforms::{Claim, Secret, Verifier};
use nextid_testkit::bluesky::BlueskyStandIn;
use nextid_testkit::discord::DiscordStandIn;
use nextid_testkit::dotbit::DotbitStandIn;
use nextid_testkit::farcaster::FarcasterStandIn;
use nextid_testkit::keybase::KeybaseStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::minds::MindsStandIn;
use nextid_testkit::slack::SlackStandIn;
use nextid_testkit::steam::SteamStandIn;
use nextid_testkit::telegram::TelegramStandIn;
use nextid_testkit::tiktok::TiktokStandIn;
use nextid_testkit::twitter::TwitterStandIn;
use nextid_testkit::{Author, StandIn};

use crate::support::{claim, signed_post};

/// The credential that every verifier here has.
pub const TOKEN: &str = "a-hidden-token";

pub const STEAM_ID: &str = "76561198092541763";

/// What the verified proof of a [`World`] gives besides its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    pub alt_id: &'static str,
    pub alt_name: &'static str,
}

/// A platform with alice's proof, and the claim that it proves.
pub struct World {
    pub verifier: Box<dyn Verifier>,
    pub stand_in: Box<dyn std::ops::Deref<Target = StandIn>>,
    pub claim: Claim,
    pub given: Given,
    /// The proof's place as it is stored.
    pub location: String,
}

pub fn alice() -> SecretKey {
    key("alice")
}

fn author(name: &str, id: &str) -> Author {
    Author::new(name, id, "Alice 🌸")
}

/// Every world, made anew.
pub fn all() -> Vec<World> {
    let make = [twitter, keybase, dotbit, minds, steam, discord, telegram, slack, tiktok, bluesky, farcaster];
    make.map(|make| make()).into()
}

pub fn twitter() -> World {
    let stand_in = TwitterStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Twitter, "Alice_Codes", "");
    claim.location =
        stand_in.publish(author("alice_CODES", "1468853291941773312"), signed_post(&claim, &alice()));
    World {
        verifier: Box::new(twitter_verifier(stand_in.base_url())),
        given: Given { alt_id: "1468853291941773312", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn twitter_verifier(base_url: &str) -> TwitterVerifier {
    let settings = TwitterSettings { base_url: base_url.to_owned(), bearer_token: Some(Secret::new(TOKEN)) };
    TwitterVerifier::new(&settings).unwrap().unwrap()
}

pub fn keybase() -> World {
    let stand_in = KeybaseStandIn::start().unwrap();
    let claim = claim(&alice(), Platform::Keybase, "alice", "ignored");
    let name = post_text::file_name(&claim.avatar);
    stand_in.publish("alice", &name, signed_post(&claim, &alice()));
    let settings = KeybaseSettings { base_url: Some(stand_in.base_url().to_owned()) };
    World {
        verifier: Box::new(KeybaseVerifier::new(&settings).unwrap().unwrap()),
        given: Given { alt_id: "alice", alt_name: "alice" },
        location: format!("https://alice.keybase.pub/NextID/{name}"),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn dotbit() -> World {
    let stand_in = DotbitStandIn::start().unwrap();
    let claim = claim(&alice(), Platform::Dotbit, "alice.bit", "");
    let value =
        signed_post(&claim, &alice()).replace("%COMPRESSED_PERSONA_PUBKEY_HEX%", &claim.avatar.to_hex());
    stand_in.publish("alice.bit", value);
    let settings = DotbitSettings { base_url: stand_in.base_url().to_owned() };
    World {
        verifier: Box::new(DotbitVerifier::new(&settings).unwrap()),
        given: Given { alt_id: "alice.bit", alt_name: "alice.bit" },
        location: "alice.bit".to_owned(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn minds() -> World {
    let stand_in = MindsStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Minds, "Alice", "");
    claim.location = stand_in.publish(author("Alice", "1063000000000000001"), signed_post(&claim, &alice()));
    let settings = MindsSettings { base_url: stand_in.base_url().to_owned() };
    World {
        verifier: Box::new(MindsVerifier::new(&settings).unwrap()),
        given: Given { alt_id: "1063000000000000001", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn steam() -> World {
    let stand_in = SteamStandIn::start().unwrap();
    let claim = claim(&alice(), Platform::Steam, STEAM_ID, "");
    let summary = format!("I like ash\n<3 & more\n{}\n", signed_post(&claim, &alice()));
    stand_in.publish(author(STEAM_ID, "Alice-Custom"), &summary);
    let settings = SteamSettings { base_url: stand_in.base_url().to_owned() };
    World {
        verifier: Box::new(SteamVerifier::new(&settings).unwrap()),
        given: Given { alt_id: "Alice-Custom", alt_name: "Alice 🌸" },
        location: format!("https://steamcommunity.com/profiles/{STEAM_ID}"),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn discord() -> World {
    let stand_in = DiscordStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Discord, "alice.codes", "");
    claim.location =
        stand_in.publish(author("alice.codes", "285390533158174720"), signed_post(&claim, &alice()));
    let settings =
        DiscordSettings { base_url: stand_in.base_url().to_owned(), bot_token: Some(Secret::new(TOKEN)) };
    World {
        verifier: Box::new(DiscordVerifier::new(&settings).unwrap().unwrap()),
        given: Given { alt_id: "285390533158174720", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn telegram() -> World {
    let stand_in = TelegramStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Telegram, "@Alice_Codes", "");
    claim.location = stand_in.publish(author("Alice_codes", ""), signed_post(&claim, &alice()));
    let settings =
        TelegramSettings { base_url: stand_in.base_url().to_owned(), channel: Some("@nextdotid".to_owned()) };
    World {
        verifier: Box::new(TelegramVerifier::new(&settings).unwrap()),
        given: Given { alt_id: "alice_codes", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn slack() -> World {
    let stand_in = SlackStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Slack, "U04Q3NRDWHX", "");
    claim.location = stand_in.publish(author("U04Q3NRDWHX", "U04Q3NRDWHX"), signed_post(&claim, &alice()));
    let settings =
        SlackSettings { base_url: stand_in.base_url().to_owned(), token: Some(Secret::new(TOKEN)) };
    World {
        verifier: Box::new(SlackVerifier::new(&settings).unwrap().unwrap()),
        given: Given { alt_id: "U04Q3NRDWHX", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn tiktok() -> World {
    let stand_in = TiktokStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Tiktok, "Alice.Codes", "");
    claim.location = stand_in.publish(author("alice.codes", ""), signed_post(&claim, &alice()));
    let settings = TiktokSettings { base_url: stand_in.base_url().to_owned() };
    World {
        verifier: Box::new(TiktokVerifier::new(&settings).unwrap()),
        given: Given { alt_id: "", alt_name: "Alice 🌸" },
        location: claim.location.rsplit('/').next().unwrap().to_owned(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub const DID: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";

pub fn bluesky() -> World {
    let stand_in = BlueskyStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Bluesky, "@Alice.bsky.social", "");
    let uri = stand_in.publish(author("alice.bsky.social", DID), signed_post(&claim, &alice()));
    claim.location =
        format!("https://bsky.app/profile/alice.bsky.social/post/{}", uri.rsplit('/').next().unwrap());
    World {
        verifier: Box::new(bluesky_verifier(stand_in.base_url())),
        given: Given { alt_id: DID, alt_name: "Alice 🌸" },
        location: uri,
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn bluesky_verifier(base_url: &str) -> BlueskyVerifier {
    BlueskyVerifier::new(&BlueskySettings { base_url: base_url.to_owned() }).unwrap()
}

pub fn farcaster() -> World {
    let stand_in = FarcasterStandIn::start().unwrap();
    let mut claim = claim(&alice(), Platform::Farcaster, "@Alice", "");
    claim.location = stand_in.publish(author("alice", "402328"), signed_post(&claim, &alice()));
    World {
        verifier: Box::new(farcaster_verifier(stand_in.base_url())),
        given: Given { alt_id: "402328", alt_name: "Alice 🌸" },
        location: claim.location.clone(),
        stand_in: Box::new(stand_in),
        claim,
    }
}

pub fn farcaster_verifier(base_url: &str) -> FarcasterVerifier {
    let settings = FarcasterSettings { base_url: Some(base_url.to_owned()), token: Some(Secret::new(TOKEN)) };
    FarcasterVerifier::new(&settings).unwrap().unwrap()
}
