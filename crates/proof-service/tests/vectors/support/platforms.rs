//! The platforms, each on a port of its own, with what was published there.

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;

use nextid_core::{Avatar, Identity, Platform, post_text};
use nextid_platforms::{PlatformSettings, Secret};
use nextid_testkit::Author;
use nextid_testkit::activitypub::{ActivitypubStandIn, Note, Software};
use nextid_testkit::discord::DiscordStandIn;
use nextid_testkit::dns::DnsStandIn;
use nextid_testkit::dotbit::DotbitStandIn;
use nextid_testkit::ethereum::EthereumStandIn;
use nextid_testkit::github::{Gist, GithubStandIn};
use nextid_testkit::keybase::KeybaseStandIn;
use nextid_testkit::minds::MindsStandIn;
use nextid_testkit::steam::SteamStandIn;
use nextid_testkit::telegram::TelegramStandIn;
use nextid_testkit::tiktok::TiktokStandIn;
use nextid_testkit::twitter::TwitterStandIn;

/// The immutable ids of the accounts of published vectors that tell them: a Twitter account's, and a GitHub account's.
const YEIWB: &str = "1468853291941773312";
const NYKMA: u64 = 1_191_636;

/// Something that an account published.
#[derive(Debug, Clone)]
pub struct Post {
    /// Which account.
    pub identity: Identity,
    /// Whose proof it is to be.
    pub avatar: Avatar,
    /// What it says.
    pub text: String,
}

/// One platform with posts, and the settings to reach it. It runs until this is dropped.
pub struct Platforms {
    /// With the addresses and credentials of this platform.
    pub settings: PlatformSettings,
    /// Where a host that is named in an identity is; none if there is no such host.
    pub host: Option<(String, SocketAddr)>,
    /// Where each post is.
    pub locations: Vec<String>,
    _running: Box<dyn Any>,
}

impl fmt::Debug for Platforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platforms").field("locations", &self.locations).finish_non_exhaustive()
    }
}

/// Starts a stand-in, publishes every post, and gives its address to the settings.
macro_rules! stand_in {
    ($stand_in:ty, $posts:expr, |$running:ident, $post:ident| $publish:expr, |$settings:ident| $place:expr) => {{
        let $running = <$stand_in>::start().expect("a free port for the stand-in");
        let locations = $posts.iter().map(|$post| String::from($publish)).collect();
        let mut $settings = PlatformSettings::default();
        *$place = $running.base_url().to_owned();
        Platforms { settings: $settings, host: None, locations, _running: Box::new($running) }
    }};
}

impl Platforms {
    /// None at all, for what is proved by signatures.
    pub fn none() -> Self {
        Self {
            settings: PlatformSettings::default(),
            host: None,
            locations: Vec::new(),
            _running: Box::new(()),
        }
    }

    /// The platform with these posts, which are all of it.
    pub fn with(platform: Platform, posts: &[Post]) -> Self {
        let token = || Some(Secret::new("a-token"));
        let author =
            |post: &Post| Author::new(post.identity.as_str(), account_id(&post.identity), "Somebody");
        let text = |post: &Post| post.text.clone();
        match platform {
            Platform::Twitter => {
                let mut all =
                    stand_in!(TwitterStandIn, posts, |on, post| on.publish(author(post), text(post)), |to| {
                        &mut to.twitter.base_url
                    });
                all.settings.twitter.bearer_token = token();
                all
            }
            Platform::Github => {
                let gist = |post: &Post| {
                    let gist = Gist::new(post.identity.as_str());
                    let gist = gist.file(post_text::file_name(&post.avatar), text(post));
                    Gist { owner_id: Some(NYKMA), ..gist }
                };
                stand_in!(GithubStandIn, posts, |on, post| on.publish(gist(post)), |to| &mut to
                    .github
                    .base_url)
            }
            Platform::Keybase => {
                let publish = |on: &KeybaseStandIn, post: &Post| {
                    on.publish(post.identity.as_str(), &post_text::file_name(&post.avatar), text(post));
                    ""
                };
                stand_in!(KeybaseStandIn, posts, |on, post| publish(&on, post), |to| {
                    to.keybase.base_url.get_or_insert_default()
                })
            }
            Platform::Dotbit => {
                let publish = |on: &DotbitStandIn, post: &Post| {
                    on.publish(post.identity.as_str(), text(post));
                    ""
                };
                stand_in!(DotbitStandIn, posts, |on, post| publish(&on, post), |to| &mut to.dotbit.base_url)
            }
            Platform::Minds => {
                stand_in!(MindsStandIn, posts, |on, post| on.publish(author(post), text(post)), |to| {
                    &mut to.minds.base_url
                })
            }
            Platform::Steam => {
                let publish = |on: &SteamStandIn, post: &Post| {
                    on.publish(Author::new(post.identity.as_str(), "custom", "Somebody"), &text(post));
                    ""
                };
                stand_in!(SteamStandIn, posts, |on, post| publish(&on, post), |to| &mut to.steam.base_url)
            }
            Platform::Discord => {
                let mut all =
                    stand_in!(DiscordStandIn, posts, |on, post| on.publish(author(post), text(post)), |to| {
                        &mut to.discord.base_url
                    });
                all.settings.discord.bot_token = token();
                all
            }
            Platform::Telegram => {
                stand_in!(TelegramStandIn, posts, |on, post| on.publish(author(post), text(post)), |to| {
                    &mut to.telegram.base_url
                })
            }
            Platform::Tiktok => {
                stand_in!(TiktokStandIn, posts, |on, post| on.publish(author(post), text(post)), |to| {
                    &mut to.tiktok.base_url
                })
            }
            Platform::Dns => Self::dns(posts),
            Platform::Ens => Self::ens(posts),
            Platform::Activitypub => Self::activitypub(posts),
            other => panic!("no vector is on {other}"),
        }
    }

    fn dns(posts: &[Post]) -> Self {
        let resolver = DnsStandIn::start();
        for post in posts {
            resolver.publish_txt(post.identity.as_str(), &post.text);
        }
        let mut settings = PlatformSettings::default();
        settings.dns.resolver = resolver.udp_url();
        Self {
            settings,
            host: None,
            locations: vec![String::new(); posts.len()],
            _running: Box::new(resolver),
        }
    }

    fn ens(posts: &[Post]) -> Self {
        let node = EthereumStandIn::start().expect("a free port for the stand-in");
        for post in posts {
            node.publish(post.identity.as_str(), post.text.as_str());
        }
        let mut settings = PlatformSettings::default();
        settings.ens.rpc_url = Some(Secret::new(node.rpc_url()));
        Self { settings, host: None, locations: vec![String::new(); posts.len()], _running: Box::new(node) }
    }

    /// The server that the identities name, which has to be the same one.
    fn activitypub(posts: &[Post]) -> Self {
        let server = ActivitypubStandIn::start(Software::Mastodon).expect("a free port for the stand-in");
        let mut host = None;
        let publish = |post: &Post| {
            let (user, at) = post.identity.as_str().split_once('@').expect("user@server");
            host = Some((at.to_owned(), SocketAddr::from(([127, 0, 0, 1], server.port()))));
            server.publish(Note::new(user, post.text.as_str()))
        };
        let locations = posts.iter().map(publish).collect();
        let mut settings = PlatformSettings::default();
        settings.activitypub.scheme = "http".to_owned();
        Self { settings, host, locations, _running: Box::new(server) }
    }
}

/// Digits, the same for the same account.
fn account_id(identity: &Identity) -> String {
    match identity.as_str() {
        "yeiwb" => YEIWB.to_owned(),
        name => name.bytes().fold(1_u64, |id, byte| (id * 31 + u64::from(byte)) % 1_000_000_007).to_string(),
    }
}
