//! Writes the export of a long chain to standard output, for `scripts/verify-bench`: `long_chain posts|wallets|kv LINKS`.
//!
//! In a chain of `posts` only the Avatar signs. In one of `wallets` every link is a new binding, which the wallet signs as well.

use std::error::Error;
use std::io::{BufWriter, Write};

use nextid_core::export::{ChainService, ExportHead, ExportHeader};
use nextid_core::link::{KvLink, LinkFormat, ProofLink};
use nextid_core::payload::{KvPayload, ProofPayload, kv::KvPayloadForm};
use nextid_core::{Action, CanonicalJson, CreatedAt, EthAddress, LinkUuid, Platform, SecretKey};
use serde_json::{Map, json};

const SECOND: i64 = 1_700_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, links] = arguments.as_slice() else {
        return Err("usage: long_chain posts|wallets|kv LINKS".into());
    };
    let links: u64 = links.parse()?;
    let (avatar, wallet) = (SecretKey::from_bytes(&[7; 32])?, SecretKey::from_bytes(&[9; 32])?);
    let mut lines = Vec::new();
    let mut prev = None;
    for seq in 0..links {
        let (line, signature) = match kind.as_str() {
            "posts" => proof_link(&avatar, None, seq, prev.take())?,
            "wallets" => proof_link(&avatar, Some(&wallet), seq, prev.take())?,
            "kv" => kv_link(&avatar, seq, prev.take())?,
            other => return Err(format!("{other} is none of posts, wallets, kv").into()),
        };
        lines.push(line);
        prev = Some(signature);
    }
    let head = prev.map(|signature| ExportHead { seq: links - 1, signature });
    let (service, shown) = match kind.as_str() {
        "kv" => (ChainService::Kv, avatar.avatar().to_uncompressed_hex()),
        _ => (ChainService::Proof, avatar.avatar().to_hex()),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{}", serde_json::to_string(&ExportHeader::new(service, shown, head))?)?;
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// A link as a line, and its signature.
type Line = Result<(String, String), Box<dyn Error>>;

/// Binds the wallet, or else a domain.
fn proof_link(avatar: &SecretKey, wallet: Option<&SecretKey>, seq: u64, prev: Option<String>) -> Line {
    let (uuid, created_at) = (uuid(seq)?, CreatedAt::from_seconds(SECOND)?);
    let (platform, identity) = match wallet {
        Some(wallet) => (Platform::Ethereum, EthAddress::of(&wallet.avatar()).to_string()),
        None => (Platform::Dns, "example.com".to_owned()),
    };
    let payload = ProofPayload {
        action: Action::Create,
        avatar: &avatar.avatar(),
        platform,
        identity: &identity,
        created_at,
        uuid,
        prev: prev.as_deref(),
    }
    .to_string();
    let signature = avatar.personal_sign(payload.as_bytes()).with_reduced_v().to_base64();
    let mut extra = Map::new();
    if let Some(wallet) = wallet {
        extra.insert(
            "wallet_signature".to_owned(),
            wallet.personal_sign(payload.as_bytes()).to_base64().into(),
        );
    }
    let link = ProofLink {
        avatar: avatar.avatar().to_hex(),
        seq,
        action: "create".to_owned(),
        platform: platform.as_str().to_owned(),
        identity,
        alt_id: String::new(),
        proof_location: String::new(),
        created_at: SECOND.to_string(),
        signature: signature.clone(),
        signature_payload: payload,
        uuid: uuid.to_string(),
        extra,
        arweave_id: String::new(),
        signer: avatar.avatar().to_hex(),
        format: LinkFormat::V1,
        prev,
    };
    Ok((serde_json::to_string(&link)?, signature))
}

fn kv_link(avatar: &SecretKey, seq: u64, prev: Option<String>) -> Line {
    let (uuid, created_at) = (uuid(seq)?, CreatedAt::from_seconds(SECOND)?);
    let (identity, patch) = (avatar.avatar().to_hex(), json!({"name": "Alice", "visits": seq, "old": null}));
    let payload = KvPayload {
        form: KvPayloadForm::Avatar,
        avatar: &avatar.avatar(),
        platform: Platform::Nextid,
        identity: &identity,
        uuid,
        created_at,
        patch: &CanonicalJson::of(&patch),
        previous: prev.as_deref(),
    }
    .to_string();
    let signature = avatar.personal_sign(payload.as_bytes()).to_base64();
    let link = KvLink {
        avatar: avatar.avatar().to_uncompressed_hex(),
        seq,
        platform: Platform::Nextid.as_str().to_owned(),
        identity,
        patch,
        created_at: SECOND,
        uuid: uuid.to_string(),
        signature: signature.clone(),
        signature_payload: payload,
        signer: avatar.avatar().to_uncompressed_hex(),
        format: LinkFormat::V1,
        prev,
        restart: false,
    };
    Ok((serde_json::to_string(&link)?, signature))
}

/// One of its own for each place.
fn uuid(seq: u64) -> Result<LinkUuid, Box<dyn Error>> {
    let bytes = (u128::from(seq) + 1).to_be_bytes();
    Ok(LinkUuid::new(uuid::Builder::from_random_bytes(bytes).into_uuid())?)
}
