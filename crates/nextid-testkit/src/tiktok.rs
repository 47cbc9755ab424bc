//! A stand-in for TikTok's oEmbed endpoint: `GET /oembed?url=https://www.tiktok.com/@user/video/{id}`.

use serde_json::json;

use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The first video's number; today's are of this size.
const FIRST_VIDEO: u64 = 7_287_329_983_805_197_614;

stand_in! {
    /// TikTok on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    TiktokStandIn, Tiktok
}

impl TiktokStandIn {
    /// Publishes a video with this caption and returns its address, the `proof_location`.
    pub fn publish(&self, author: Author, caption: impl Into<String>) -> String {
        let id = self.number(FIRST_VIDEO).to_string();
        let address = format!("https://www.tiktok.com/@{}/video/{id}", author.name);
        self.put(id, author, caption);
        address
    }
}

#[derive(Debug)]
struct Tiktok;

impl Behaviour for Tiktok {
    fn name(&self) -> &'static str {
        "tiktok"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        if asked.path.as_slice() != ["oembed"] {
            return None;
        }
        let video = asked.parameter("url");
        let id = video.strip_prefix("https://www.tiktok.com/@").and_then(|rest| rest.split_once("/video/"));
        let Some((id, post)) = id.and_then(|(_, id)| Some((id, asked.post(id)?))) else {
            return Some(self.error(400));
        };
        let name = &post.author.name;
        Some(Reply::json(
            200,
            &json!({
                "version": "1.0",
                "type": "video",
                "title": post.text,
                "author_url": format!("https://www.tiktok.com/@{name}"),
                "author_name": post.author.display_name,
                "author_unique_id": name,
                "width": "100%", "height": "100%",
                "html": "<blockquote></blockquote>",
                "thumbnail_width": 720, "thumbnail_height": 1280,
                "thumbnail_url": "https://p16.muscdn.com/obj/none",
                "provider_url": "https://www.tiktok.com", "provider_name": "TikTok",
                "embed_type": "video", "embed_product_id": id,
            }),
        ))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "message": "Something went wrong", "code": status }))
    }
}
