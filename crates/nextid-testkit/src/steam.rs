//! A stand-in for the Steam community site: `GET /profiles/{SteamID64}/?xml=1` and `GET /id/{custom name}/?xml=1`.

use crate::stand_in::{Asked, Author, Behaviour, Reply, escaped, stand_in};

stand_in! {
    /// Steam on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    SteamStandIn, Steam
}

impl SteamStandIn {
    /// Publishes a profile with this summary. The author's name is the SteamID64 and its id the custom name, empty if the
    /// account has none. Line ends and what means something in HTML are replaced, as Steam does.
    pub fn publish(&self, author: Author, summary: &str) {
        self.put(author.name.clone(), author, escaped(summary).replace('\n', "<br>"));
    }
}

#[derive(Debug)]
struct Steam;

impl Behaviour for Steam {
    fn name(&self) -> &'static str {
        "steam"
    }

    fn other_author(&self) -> Author {
        Author::new("76561197960287930", "somebody-else", "Somebody Else")
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let profile = match asked.path.as_slice() {
            ["profiles", id] => asked.post(id),
            ["id", name] => asked.find(|_, post| post.author.id.eq_ignore_ascii_case(name)),
            _ => return None,
        };
        let Some(profile) = profile.filter(|_| asked.parameter("xml") == "1") else {
            return Some(page(
                "<response><error><![CDATA[The specified profile could not be found.]]></error></response>",
            ));
        };
        let author = &profile.author;
        Some(page(&format!(
            "<profile>\n\t<steamID64>{}</steamID64>\n\t<steamID><![CDATA[{}]]></steamID>\n\t<onlineState>offline</onlineState>\
             \n\t<privacyState>public</privacyState>\n\t<visibilityState>3</visibilityState>\n\t<customURL><![CDATA[{}]]>\
             </customURL>\n\t<headline><![CDATA[]]></headline>\n\t<summary><![CDATA[{}]]></summary>\n</profile>",
            author.name, author.display_name, author.id, profile.text
        )))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::new(status, "text/html", "<!DOCTYPE html><html><body>An error was encountered</body></html>")
    }
}

fn page(content: &str) -> Reply {
    Reply::new(
        200,
        "text/xml; charset=utf-8",
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>{content}"),
    )
}
