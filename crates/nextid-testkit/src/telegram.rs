//! A stand-in for Telegram's public pages: `GET /{channel}/{message}?embed=1`.

use crate::stand_in::{Asked, Author, Behaviour, Reply, escaped, stand_in};

/// The public group that messages are in.
const CHANNEL: &str = "NextDotID";

stand_in! {
    /// Telegram's site on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    TelegramStandIn, Telegram
}

impl TelegramStandIn {
    /// Publishes a message of a person in a public group and returns its address, the `proof_location`.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let place = format!("{CHANNEL}/{}", self.number(101));
        self.put(&place, author, text);
        format!("https://t.me/{place}")
    }
}

#[derive(Debug)]
struct Telegram;

impl Behaviour for Telegram {
    fn name(&self) -> &'static str {
        "telegram"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let [channel, message] = asked.path.as_slice() else {
            return None;
        };
        let place = format!("{channel}/{message}");
        let Some(post) = asked.post(&place).filter(|_| asked.parameter("embed") == "1") else {
            return Some(page("<div class=\"tgme_widget_message_error\">Post not found</div>"));
        };
        let name = &post.author.name;
        let shown = escaped(&post.author.display_name);
        let text = escaped(&post.text)
            .replace('\n', "<br/>")
            .replace('🎭', "<i class=\"emoji\" style=\"background-image:url('//telegram.org/img/emoji/40/F09F8EAD.png')\"><b>🎭</b></i>");
        Some(page(&format!(
            "<div class=\"tgme_widget_message text_not_supported_wrap js-widget_message\" data-post=\"{place}\" \
             data-view=\"x\">\n\
             <div class=\"tgme_widget_message_user\"><a href=\"https://t.me/{name}\"><i></i></a></div>\n\
             <div class=\"tgme_widget_message_bubble\">\n\
             <div class=\"tgme_widget_message_author accent_color\"><a class=\"tgme_widget_message_author_name\" \
             href=\"https://t.me/{name}\"><span dir=\"auto\">{shown}</span></a>&nbsp;in&nbsp;<a \
             class=\"tgme_widget_message_owner_name\" href=\"https://t.me/{channel}\"><span dir=\"auto\">Next.ID</span></a></div>\n\
             <a class=\"tgme_widget_message_reply\" href=\"https://t.me/{channel}/1\"><div class=\"tgme_widget_message_author \
             accent_color\"><span class=\"tgme_widget_message_author_name\" dir=\"auto\">Someone</span></div><div \
             class=\"tgme_widget_message_text js-message_reply_text\">Sig: of another message</div></a>\n\
             <div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">{text}</div>\n\
             <div class=\"tgme_widget_message_footer compact js-message_footer\"><a class=\"tgme_widget_message_date\" \
             href=\"https://t.me/{place}\"><time datetime=\"2023-02-24T12:20:19+00:00\">Feb 24</time></a></div>\n\
             </div>\n</div>"
        )))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::new(status, "text/html", "<html><body>Error</body></html>")
    }
}

fn page(content: &str) -> Reply {
    Reply::new(
        200,
        "text/html; charset=utf-8",
        format!(
            "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>Telegram Widget</title></head>\n<body \
             class=\"widget_frame_base tgme_widget body_widget_post\">\n{content}\n<script>var a = '<div>';</script></body></html>"
        ),
    )
}
