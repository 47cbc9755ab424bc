//! What is particular to platforms with messages: the shapes of their answers, and what they mean for a proof.

use nextid_core::Platform;
use nextid_platforms::{Claim, Evidence, FetchError, Mismatch, Verifier};
use serde_json::json;

use crate::published::*;
use crate::support::{claim, sign, signed_post};
use crate::worlds::{self, alice};

fn odd(result: Result<Evidence, FetchError>) -> bool {
    matches!(result, Err(FetchError::Odd(_)))
}

fn unavailable(result: Result<Evidence, FetchError>) -> bool {
    matches!(result, Err(FetchError::Unavailable { .. }))
}

fn place(platform: Platform) -> Place {
    LINES.into_iter().find(|place| place.platform == platform).unwrap()
}

/// What a judge says: nothing against the proof, or what does not fit, if there is a proof at all.
type Verdict = Result<(), Option<Mismatch>>;

/// What the judge of a platform says about alice's claim there.
fn judge(platform: Platform, evidence: &Evidence) -> Verdict {
    let place = place(platform);
    let verdict = place.verifier().check(&place.claim(&alice()), evidence);
    verdict.map(|_| ()).map_err(|error| error.mismatch())
}

fn genuine(platform: Platform) -> String {
    signed_post(&place(platform).claim(&alice()), &alice())
}

const AUTHOR: Verdict = Err(Some(Mismatch::Author));
const TEXT: Verdict = Err(Some(Mismatch::Text));
const MISSING: Verdict = Err(None);
const PASSES: Verdict = Ok(());

#[test]
fn tweets_with_links_and_reposts() {
    let text = genuine(Platform::Twitter);
    let base64 = sign(&place(Platform::Twitter).claim(&alice()), &alice()).to_base64();
    for (text, verdict) in [
        (format!("{text} https://t.co/AbCdEf1234"), PASSES),
        (format!("Sig: {base64} https://t.co/AbCdEf1234 https://t.co/b"), PASSES),
        (format!("Sig: {base64}\nhttps://t.co/AbCdEf1234"), PASSES),
        (text.replace("@NextDotID", "https://t.co/AbCdEf1234"), PASSES),
        (format!("RT @mallory: {text}"), TEXT),
        (format!("RT @mallory: x\nSig: {base64}"), TEXT),
        ("A long story … and so on…".to_owned(), TEXT),
        ("A long story… https://t.co/AbCdEf1234".to_owned(), TEXT),
        (format!("{text}…"), PASSES),
        ("A story".to_owned(), MISSING),
    ] {
        let shown = tweet(&json!({ "text": escaped(&text) }), &json!({})).unwrap();
        assert_eq!(judge(Platform::Twitter, &shown), verdict, "{text}");
    }
}

#[test]
fn tweets_that_are_not_there() {
    let problem = |kind: &str| json!({ "errors": [{ "title": "x", "detail": "x", "type": format!("https://api.twitter.com/2/problems/{kind}") }] });
    let tweet = json!({ "data": { "id": TWEET, "text": "x", "author_id": "1468" } });
    let user = json!({ "data": { "id": "1468", "username": "alice" } });
    assert!(tweet_answers(&tweet, &user).is_ok());
    for kind in ["resource-not-found", "resource-unavailable", "not-authorized-for-resource"] {
        assert_eq!(tweet_answers(&problem(kind), &user), Err(FetchError::NotFound), "{kind}");
        assert_eq!(tweet_answers(&tweet, &problem(kind)), Err(FetchError::NotFound), "{kind}");
    }
    for (tweet_answer, user_answer) in [
        (problem("usage-capped"), user.clone()),
        (json!({}), user.clone()),
        (json!({ "errors": [] }), user.clone()),
        (json!({ "errors": [{}] }), user.clone()),
        (json!([]), user.clone()),
        (json!({ "data": { "id": "1", "text": "x", "author_id": "1468" } }), user.clone()),
        (json!({ "data": { "id": TWEET, "text": "x", "author_id": "../1468" } }), user.clone()),
        (json!({ "data": { "id": TWEET, "author_id": "1468" } }), user),
        (tweet.clone(), json!({ "data": { "id": "1469", "username": "alice" } })),
        (tweet.clone(), json!({ "data": { "id": "1468" } })),
        (tweet.clone(), json!({ "data": null })),
    ] {
        assert!(odd(tweet_answers(&tweet_answer, &user_answer)), "{tweet_answer} {user_answer}");
    }
    // A mention of an account that is gone makes an error beside the tweet.
    let mut both = problem("resource-not-found");
    both["data"] = tweet["data"].clone();
    assert!(tweet_answers(&both, &json!({ "data": { "id": "1468", "username": "alice" } })).is_ok());
}

#[test]
fn posts_on_minds() {
    let text = genuine(Platform::Minds);
    let owner = json!({ "guid": "1063", "username": "Alice" });
    let show =
        |fields: &serde_json::Value| entity(&over(json!({ "message": text, "ownerObj": owner }), fields));
    assert_eq!(judge(Platform::Minds, &show(&json!({})).unwrap()), PASSES);
    let numbers = json!({ "guid": 1_421_043_369_127_186_449_u64, "access_id": 2, "ownerObj": { "guid": 1063, "username": "alice" } });
    let shown = show(&numbers).unwrap();
    assert_eq!(shown.account.as_ref().unwrap().id.as_deref(), Some("1063"));
    assert_eq!(judge(Platform::Minds, &shown), PASSES);
    for owner in [json!(false), json!(null), json!({}), json!([])] {
        assert_eq!(judge(Platform::Minds, &show(&json!({ "ownerObj": owner })).unwrap()), AUTHOR);
    }
    assert_eq!(judge(Platform::Minds, &show(&json!({ "message": null })).unwrap()), MISSING);
    for access in [json!("0"), json!("1"), json!(0)] {
        assert_eq!(show(&json!({ "access_id": access })), Err(FetchError::NotFound), "{access}");
    }
    assert!(odd(show(&json!({ "guid": "1" }))));
    assert_eq!(entities(&json!([])), Err(FetchError::NotFound));
    assert_eq!(entities(&json!([null])), Err(FetchError::NotFound));
    for list in [json!(null), json!({}), json!("x"), json!([1])] {
        assert!(odd(entities(&list)), "{list}");
    }
}

#[test]
fn messages_on_discord() {
    let text = genuine(Platform::Discord);
    let show = |fields: &serde_json::Value| message(&over(json!({ "content": text }), fields));
    for (fields, verdict) in [
        (json!({}), PASSES),
        (json!({ "type": 19, "referenced_message": { "content": "Sig: x" } }), PASSES),
        (json!({ "edited_timestamp": "2022-04-07T03:19:19+00:00" }), PASSES),
        (json!({ "author": { "id": "1", "username": "ALICE", "discriminator": "0000" } }), PASSES),
        (json!({ "author": { "id": "1", "username": "alice" } }), PASSES),
        (json!({ "author": { "id": "1", "username": "alice", "discriminator": "1234" } }), AUTHOR),
        (
            json!({ "author": { "id": "1", "username": "x", "discriminator": "0", "global_name": "alice" } }),
            AUTHOR,
        ),
        // A webhook calls itself what it likes.
        (json!({ "webhook_id": "1" }), AUTHOR),
        // The text of a command's answer is an app's.
        (json!({ "type": 20 }), AUTHOR),
        // What is forwarded is not in the message itself.
        (json!({ "content": "", "message_snapshots": [{ "message": { "content": text } }] }), MISSING),
        (json!({ "content": "", "attachments": [{}] }), MISSING),
        (json!({ "content": "", "poll": {} }), MISSING),
    ] {
        assert_eq!(judge(Platform::Discord, &show(&fields).unwrap()), verdict, "{fields}");
    }
    for fields in [
        json!({ "content": "", "attachments": [], "embeds": [] }),
        json!({ "id": "1" }),
        json!({ "channel_id": "1" }),
        json!({ "content": null }),
        json!({ "author": null }),
    ] {
        assert!(odd(show(&fields)), "{fields}");
    }
}

/// Names of before 2023 are another account's in another letter case.
#[test]
fn old_names_on_discord() {
    let claim = claim(&alice(), Platform::Discord, "Some User#0042", MESSAGE);
    let verifier: Box<dyn Verifier> = worlds::discord().verifier;
    for (name, tag, passes) in [
        ("Some User", "0042", true),
        ("some user", "0042", false),
        ("Some User", "0043", false),
        ("Some User", "0", false),
    ] {
        let author = json!({ "id": "1", "username": name, "discriminator": tag });
        let shown = message(&json!({ "content": signed_post(&claim, &alice()), "author": author })).unwrap();
        assert_eq!(verifier.check(&claim, &shown).is_ok(), passes, "{name}#{tag}");
        // One that has changed to today's names is known by its number.
        let pinned = Claim { alt_id: Some("1".to_owned()), ..claim.clone() };
        assert!(verifier.check(&pinned, &shown).is_ok());
    }
}

#[test]
fn messages_on_telegram() {
    let text = escaped(&genuine(Platform::Telegram)).replace('\n', "<br/>");
    let mallory = "<a class=\"tgme_widget_message_author_name\" href=\"https://t.me/mallory\">alice</a>";
    let reply = |text: &str| {
        format!(
            "<a class=\"tgme_widget_message_reply user-color-1\" href=\"https://t.me/NextDotID/1\"><div \
             class=\"tgme_widget_message_author accent_color\"><a class=\"tgme_widget_message_author_name\" \
             href=\"https://t.me/alice\">A</a></div><div class=\"tgme_widget_message_text js-message_reply_text\">{text}</div>\
             </a>"
        )
    };
    let before_text = "<div class=\"tgme_widget_message_text";
    let with = |author: &str, extra: &str, text: &str| {
        bubble(author, text).replace(before_text, &format!("{extra}{before_text}"))
    };
    let forwarded = "<div class=\"tgme_widget_message_forwarded_from accent_color\">Forwarded from <a \
                     class=\"tgme_widget_message_forwarded_from_name\" href=\"https://t.me/alice\">A</a></div>";
    let emoji = text.replace('🎭', "<tg-emoji emoji-id=\"1\"><i class=\"emoji\"><b>🎭</b></i></tg-emoji>");
    for (html, verdict) in [
        (bubble(&writer("alice"), &text), PASSES),
        (bubble(&writer("Alice"), &text), PASSES),
        (bubble(&writer("alice"), &emoji), PASSES),
        (
            bubble(&writer("alice"), &text.replace("Sig: ", "<b>Sig:</b> <code>").replace("==", "=</code>=")),
            PASSES,
        ),
        (bubble(mallory, &text), AUTHOR),
        // An account without a user name has no link, and the group is not its author.
        (bubble("<span class=\"tgme_widget_message_author_name\" dir=\"auto\">alice</span>", &text), AUTHOR),
        (
            bubble("<a class=\"tgme_widget_message_author_name\" href=\"https://t.me/alice/1\">A</a>", &text),
            AUTHOR,
        ),
        (
            bubble(
                "<a class=\"tgme_widget_message_author_name\" href=\"https://x.example/alice\">A</a>",
                &text,
            ),
            AUTHOR,
        ),
        (bubble("", &text), AUTHOR),
        // Somebody replies to alice's proof, and alice to somebody's.
        (with(mallory, &reply(&text), "x"), AUTHOR),
        (with(&writer("alice"), &reply(&text), "x"), MISSING),
        (with(&writer("alice"), &reply("Sig: x"), &text), PASSES),
        (with(&writer("alice"), forwarded, &text), AUTHOR),
        (bubble(&writer("alice"), &format!("<blockquote>{text}</blockquote>")), MISSING),
        (
            bubble(&writer("alice"), &text)
                .replace("js-widget_message\"", "js-widget_message service_message\""),
            AUTHOR,
        ),
        (bubble(&writer("alice"), "").replace("tgme_widget_message_text", "x"), MISSING),
    ] {
        assert_eq!(judge(Platform::Telegram, &page(&html).unwrap()), verdict, "{html}");
    }
    // A post of a channel is the channel's.
    let channel = claim(&alice(), Platform::Telegram, "NextDotID", TELEGRAM);
    let text = signed_post(&channel, &alice()).replace('\n', "<br/>");
    let verified =
        place(Platform::Telegram).verifier().check(&channel, &page(&bubble("", &text)).unwrap()).unwrap();
    assert_eq!((verified.alt_id.as_str(), verified.alt_name.as_str()), ("nextdotid", "Next.ID"));
}

#[test]
fn pages_of_telegram_without_the_message() {
    for text in ["Post not found", "Channel with username <b>@x</b> not found", "Channel is private"] {
        let html = format!("<div class=\"tgme_widget_message_error\">{text}</div>");
        assert_eq!(page(&html), Err(FetchError::NotFound));
    }
    let other = bubble(&writer("alice"), "x").replace("NextDotID/101", "NextDotID/102");
    for html in
        ["", "<div>", "<div class=\"tgme_page\">Telegram</div>", &other, "<div data-post=\"NextDotID/101\">"]
    {
        assert!(odd(page(html)), "{html}");
    }
}

#[test]
fn messages_on_slack() {
    let text = escaped(&genuine(Platform::Slack));
    let show = |fields: &serde_json::Value| history(&over(json!({ "text": text }), fields));
    for (fields, verdict) in [
        (json!({}), PASSES),
        (json!({ "edited": { "user": "U04Q3NRDWHX", "ts": "1" }, "subtype": null }), PASSES),
        (json!({ "subtype": "thread_broadcast" }), PASSES),
        (
            json!({ "text": text.replace("Next.ID", "<http://Next.ID|Next.ID>").replace("@U04Q3NRDWHX", "<@U04Q3NRDWHX>") }),
            PASSES,
        ),
        (json!({ "text": text.replace("@U0", "<@U0") }), PASSES),
        (json!({ "subtype": "bot_message", "username": "alice" }), AUTHOR),
        (json!({ "user": null, "bot_id": "B1" }), AUTHOR),
        (json!({ "user": "U00000000" }), AUTHOR),
        (json!({ "text": format!("&gt; {text}").replace("Sig", "&gt; Sig") }), MISSING),
    ] {
        assert_eq!(judge(Platform::Slack, &show(&fields).unwrap()), verdict, "{fields}");
    }
    let named = show(&json!({ "user_profile": { "display_name": "", "real_name": "Alice R" } })).unwrap();
    assert_eq!(named.account.unwrap().display_name.as_deref(), Some("Alice R"));
    assert_eq!(show(&json!({ "ts": "1677499644.698190" })), Err(FetchError::NotFound));
    assert_eq!(slack_answer(&json!({ "ok": true, "messages": [] })), Err(FetchError::NotFound));
    for code in ["channel_not_found", "message_not_found"] {
        assert_eq!(slack_answer(&json!({ "ok": false, "error": code })), Err(FetchError::NotFound));
    }
    for code in
        ["invalid_auth", "token_revoked", "missing_scope", "not_in_channel", "ratelimited", "internal_error"]
    {
        assert!(unavailable(slack_answer(&json!({ "ok": false, "error": code }))), "{code}");
    }
    for answer in [
        json!({}),
        json!({ "ok": true }),
        json!({ "ok": false }),
        json!([]),
        json!({ "ok": true, "messages": [{}] }),
    ] {
        assert!(odd(slack_answer(&answer)), "{answer}");
    }
}

/// Names are stored, in a database that takes no NUL.
#[test]
fn shown_names_are_in_one_line() {
    let text = genuine(Platform::Discord);
    let name = format!(" A\u{0}\n\u{7}B{} ", "x".repeat(1000));
    let author = json!({ "id": "1", "username": "alice", "global_name": name });
    let shown = message(&json!({ "content": text, "author": author })).unwrap();
    let place = place(Platform::Discord);
    let verified = place.verifier().check(&place.claim(&alice()), &shown).unwrap();
    assert_eq!(verified.alt_name, format!("AB{}", "x".repeat(198)));
    let author = json!({ "id": "1", "username": "alice", "global_name": " \n" });
    let shown = message(&json!({ "content": text, "author": author })).unwrap();
    assert_eq!(place.verifier().check(&place.claim(&alice()), &shown).unwrap().alt_name, "alice");
}
