//! How casts are named.

use crate::location::SiteUrl;

/// Digits of a whole hash, and the fewest that an address has.
const FULL: usize = 40;
const SHORTEST: usize = 8;

/// The hash of a cast, or how it begins: the addresses that clients show have its first digits only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastHash(String);

impl CastHash {
    /// Reads a hash, or the address of a cast. The name in an address does not count.
    pub fn parse(location: &str) -> Option<Self> {
        let location = location.trim();
        if let Some(hash) = digits(location) {
            return (hash.len() == FULL).then(|| Self(format!("0x{hash}")));
        }
        let is_site = |host: &str| {
            matches!(host, "farcaster.xyz" | "www.farcaster.xyz" | "warpcast.com" | "www.warpcast.com")
        };
        let url = SiteUrl::parse(location, is_site)?;
        let hash = match url.segments().as_slice() {
            [_, hash] | ["~", "conversations", hash] => digits(hash)?,
            _ => return None,
        };
        Some(Self(format!("0x{hash}")))
    }

    /// The hash, `0x` and 40 digits, if the whole of it is known.
    pub fn full(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|hash| hash.len() == "0x".len() + FULL)
    }

    /// Whether this is a cast's hash.
    pub(super) fn fits(&self, hash: &str) -> bool {
        digits(hash).is_some_and(|digits| digits.len() == FULL && format!("0x{digits}").starts_with(&self.0))
    }
}

/// The digits of a hash, in lower case.
fn digits(text: &str) -> Option<String> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let fit =
        (SHORTEST..=FULL).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fit.then(|| digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let hash = "0xd66fcc8888d51be5aafd3ba10d52f0e113125db2";
        for (text, known) in [
            (hash.to_owned(), hash),
            (hash.to_uppercase(), hash),
            (format!(" {hash}\n"), hash),
            (format!("https://farcaster.xyz/alice/{hash}"), hash),
            (format!("https://warpcast.com/~/conversations/{hash}"), hash),
            ("https://farcaster.xyz/dwr.eth/0xD66fcc88?x#y".to_owned(), "0xd66fcc88"),
        ] {
            let parsed = CastHash::parse(&text).unwrap();
            assert_eq!(
                (parsed.0.as_str(), parsed.full()),
                (known, Some(known).filter(|known| known == &hash)),
                "{text}"
            );
            assert!(parsed.fits(hash) && parsed.fits(&hash.to_uppercase()), "{text}");
            assert!(!parsed.fits("0xd66fcc8788d51be5aafd3ba10d52f0e113125db2") && !parsed.fits("0xd66fcc88"));
        }
        for text in [
            String::new(),
            "0x".to_owned(),
            hash[..41].to_owned(),
            format!("{hash}0"),
            "0xd66fcc88".to_owned(),
            hash.replace("0x", ""),
            hash.replace('d', "g"),
            "https://farcaster.xyz/alice".to_owned(),
            "https://farcaster.xyz/alice/0xd66fcc8".to_owned(),
            "https://farcaster.xyz/alice/d66fcc88".to_owned(),
            format!("https://farcaster.xyz/alice/{hash}/x"),
            format!("https://farcaster.xyz.example/alice/{hash}"),
        ] {
            assert_eq!(CastHash::parse(&text), None, "{text}");
        }
    }
}
