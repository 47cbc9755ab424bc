//! The texts that people publish to prove an account is theirs, one per platform and language.
//!
//! A text holds the placeholder `%SIG_BASE64%`, which the client replaces by the signature over the sign payload. A proof
//! is recognised by its signature alone; everything else in the text is there for the people who read it.

use std::collections::BTreeMap;

use crate::action::Action;
use crate::avatar::Avatar;
use crate::created_at::CreatedAt;
use crate::go_json;
use crate::identity::Identity;
use crate::link_uuid::LinkUuid;
use crate::platform::Platform;

/// What a text can mention.
#[derive(Debug, Clone, Copy)]
pub struct PostInput<'a> {
    /// What the payload does. The texts are the same for both; a revocation needs none.
    pub action: Action,
    /// Who binds.
    pub avatar: &'a Avatar,
    /// What is bound.
    pub identity: &'a Identity,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signature of the link before, in base64.
    pub prev: Option<&'a str>,
    /// The string to sign.
    pub sign_payload: &'a str,
}

/// The texts by language. There is always a `default`; it is empty where nothing has to be published.
pub fn post_content(input: &PostInput<'_>) -> BTreeMap<String, String> {
    languages(input).into_iter().map(|(language, text)| (language.to_owned(), text)).collect()
}

fn languages(input: &PostInput<'_>) -> Vec<(&'static str, String)> {
    let PostInput { avatar, identity, uuid, created_at, prev, .. } = *input;
    let shown = identity.shown();
    let prev_or_empty = prev.unwrap_or("");
    let prev_or_null = prev.unwrap_or("null");
    match identity.platform() {
        Platform::Ethereum | Platform::Solana | Platform::Nextid => vec![("default", String::new())],
        Platform::Twitter => {
            let misc = format!("{uuid}|{created_at}|{prev_or_empty}");
            let english = format!("🎭 Verify @{shown} with @NextDotID.\nSig: %SIG_BASE64%\nMisc: {misc}");
            let chinese = format!("🎭 由 @NextDotID 验证 @{shown} 。\nSig: %SIG_BASE64%\n其它信息: {misc}");
            vec![("default", english.clone()), ("en_US", english), ("zh_CN", chinese)]
        }
        Platform::Github => vec![("default", proof_file(input, "Github", "github_username"))],
        Platform::Keybase => vec![("default", proof_file(input, "Keybase", "keybase_username"))],
        Platform::Discord => {
            let english = format!("Verifying my discord ID: {shown} on NextID. \nSig: %SIG_BASE64%");
            let chinese = format!("在NextID上认证我的账号： {shown} \nSig: %SIG_BASE64%");
            vec![("default", english.clone()), ("en-US", english), ("zh-CN", chinese)]
        }
        Platform::Dotbit => vec![("default", "%COMPRESSED_PERSONA_PUBKEY_HEX%:%SIG_BASE64%".to_owned())],
        Platform::Minds => {
            let previous = prev.map(|prev| format!("\nPrevious: {prev}")).unwrap_or_default();
            vec![(
                "default",
                format!(
                    "🎭 Verifying my Minds ID @{shown} for NextID.\n\nSig: %SIG_BASE64%\nCreatedAt: {created_at}\nUUID: \
                     {uuid}{previous}\n\nPowered by Next.ID - Connect All Digital Identities.\n"
                ),
            )]
        }
        Platform::Dns | Platform::Ens => vec![(
            "default",
            format!("ps:true;v:1;sig:%SIG_BASE64%;ca:{created_at};uuid:{uuid};prev:{prev_or_null}"),
        )],
        Platform::Steam => {
            vec![("default", format!("NextID proof: %SIG_BASE64%:{created_at}:{uuid}:{prev_or_null}"))]
        }
        Platform::Activitypub => vec![(
            "default",
            format!(
                "Validate my ActivityPub identity @{shown} for Avatar {avatar}:\n\nSignature: %SIG_BASE64%\nUUID: \
                 {uuid}\nPrevious: {prev_or_null}\nCreatedAt: {created_at}\n\nPowered by Next.ID - Connect All Digital \
                 Identities.\n"
            ),
        )],
        Platform::Telegram => chat_message(shown, "Telegram"),
        Platform::Slack => chat_message(shown, "Slack"),
        Platform::Tiktok => vec![(
            "default",
            format!("🎭 NextID ROCKS! Sig: %SIG_BASE64%;Misc: {uuid}|{created_at}|{prev_or_empty}"),
        )],
        Platform::Nostr => short_post("Nostr", avatar),
        Platform::Bluesky => short_post("Bluesky", avatar),
        Platform::Farcaster => short_post("Farcaster", avatar),
        Platform::Website => vec![("default", website_file(input))],
    }
}

fn chat_message(shown: &str, platform: &str) -> Vec<(&'static str, String)> {
    let english = format!(
        "🎭 Verifying my {platform} ID @{shown} for @NextDotID.\nSig: %SIG_BASE64%\n\nPowered by Next.ID - Connect All \
         Digital Identities.\n"
    );
    let chinese = format!(
        "🎭 正在通过 @NextDotID 验证我的 {platform} 帐号 @{shown} 。\nSig: %SIG_BASE64%\n\n由 Next.ID 支持 - \
         连接全域数字身份。\n"
    );
    vec![("default", english.clone()), ("en_US", english), ("zh_CN", chinese)]
}

/// A text of 217 to 221 bytes with a signature in base64, whatever is bound: Bluesky takes 300 characters, Farcaster 320 bytes.
fn short_post(platform: &str, avatar: &Avatar) -> Vec<(&'static str, String)> {
    let english =
        format!("🎭 Verifying this {platform} account for Next.ID.\nSig: %SIG_BASE64%\nAvatar: {avatar}");
    vec![("default", english.clone()), ("en_US", english)]
}

/// The file of a website: a list of proofs, to which those of other Avatars can be added.
fn website_file(input: &PostInput<'_>) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str(
        "{\n\t\"version\": \"1\",\n\t\"comment\": \"NextID proofs of this website. To validate one, base64.decode its \
         signature, and recover the avatar's key from it using sign_payload with ethereum personal_sign algo.\",\n\t\
         \"proofs\": [\n\t\t{",
    );
    let fields = [
        ("avatar", input.avatar.to_hex()),
        ("website", input.identity.as_str().to_owned()),
        ("sign_payload", input.sign_payload.to_owned()),
        ("signature", "%SIG_BASE64%".to_owned()),
        ("created_at", input.created_at.to_string()),
        ("uuid", input.uuid.to_string()),
    ];
    for (at, (name, value)) in fields.iter().enumerate() {
        out.push_str(if at == 0 { "\n\t\t\t\"" } else { ",\n\t\t\t\"" });
        out.push_str(name);
        out.push_str("\": ");
        go_json::push_string(&mut out, value);
    }
    out.push_str("\n\t\t}\n\t]\n}");
    out
}

/// A file in JSON, indented by tabs.
fn proof_file(input: &PostInput<'_>, platform: &str, username_field: &str) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str("{\n\t\"version\": \"1\",\n\t\"comment\": \"Here's an NextID proof of this ");
    out.push_str(platform);
    out.push_str(
        " account.\",\n\t\"comment2\": \"To validate, base64.decode the signature, and recover pubkey from it using \
         sign_payload with ethereum personal_sign algo.\"",
    );
    for (name, value) in [
        ("persona", input.avatar.to_hex().as_str()),
        (username_field, input.identity.as_str()),
        ("sign_payload", input.sign_payload),
        ("signature", "%SIG_BASE64%"),
        ("created_at", &input.created_at.to_string()),
        ("uuid", &input.uuid.to_string()),
    ] {
        out.push_str(",\n\t\"");
        out.push_str(name);
        out.push_str("\": ");
        go_json::push_string(&mut out, value);
    }
    out.push_str("\n}");
    out
}

/// The name of the file that holds the proof, on platforms where it is one.
pub fn file_name(avatar: &Avatar) -> String {
    format!("{avatar}.json")
}
