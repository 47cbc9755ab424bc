//! A stand-in for Discord: `GET /api/v9/channels/{channel}/messages/{message}`, for any bot's token.

use serde_json::json;

use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

const SERVER: &str = "960708146706395176";
const CHANNEL: &str = "960708146706395179";

/// The first message's number; today's are of this size.
const FIRST_MESSAGE: u64 = 961_458_176_719_487_076;

stand_in! {
    /// Discord on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    DiscordStandIn, Discord
}

impl DiscordStandIn {
    /// Publishes a message and returns its address, the `proof_location`. A name `name#1234` is one of before 2023.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let id = self.number(FIRST_MESSAGE).to_string();
        self.put(&id, author, text);
        format!("https://discord.com/channels/{SERVER}/{CHANNEL}/{id}")
    }
}

#[derive(Debug)]
struct Discord;

impl Behaviour for Discord {
    fn name(&self) -> &'static str {
        "discord"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let ["api", "v9", "channels", channel, "messages", id] = asked.path.as_slice() else {
            return None;
        };
        if !asked.authorization.is_some_and(|header| header.starts_with("Bot ")) {
            return Some(self.error(401));
        }
        if *channel != CHANNEL {
            return Some(Reply::json(404, &json!({ "message": "Unknown Channel", "code": 10003 })));
        }
        let Some(post) = asked.post(id) else {
            return Some(Reply::json(404, &json!({ "message": "Unknown Message", "code": 10008 })));
        };
        let (name, tag) = post.author.name.split_once('#').unwrap_or((&post.author.name, "0"));
        Some(Reply::json(
            200,
            &json!({
                "id": id,
                "type": 0,
                "channel_id": channel,
                "content": post.text,
                "author": {
                    "id": post.author.id, "username": name, "discriminator": tag,
                    "global_name": post.author.display_name, "avatar": null, "public_flags": 0,
                },
                "attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "components": [],
                "pinned": false, "mention_everyone": false, "tts": false, "flags": 0,
                "timestamp": "2022-04-07T03:19:19.217000+00:00", "edited_timestamp": null,
            }),
        ))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "message": format!("{status}: Error"), "code": 0 }))
    }
}
