//! What people publish on the stand-ins.

use nextid_core::post_text;
use nextid_testkit::dns::DnsStandIn;
use nextid_testkit::github::{Gist, GithubStandIn};

use super::Draft;

/// A stand-in for GitHub.
pub fn github() -> GithubStandIn {
    GithubStandIn::start().expect("a free port for the stand-in")
}

/// Publishes the draft's proof as a gist of this account and returns the gist's id.
pub fn publish_gist(github: &GithubStandIn, login: &str, draft: &Draft) -> String {
    github.publish(gist(login, draft, &draft.post()))
}

/// A gist of this account with this text in the file that is the draft's proof.
pub fn gist(login: &str, draft: &Draft, content: &str) -> Gist {
    Gist::new(login).file(post_text::file_name(&draft.avatar()), content)
}

/// Publishes the draft's proof as a TXT record of this domain.
pub fn publish_txt(dns: &DnsStandIn, domain: &str, draft: &Draft) {
    dns.publish_txt(domain, &draft.post());
}
