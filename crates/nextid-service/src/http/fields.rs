//! The fields that requests of both services have, from text to what they mean.

use nextid_core::avatar::KeyError;
use nextid_core::{Avatar, CreatedAt, Identity, LinkUuid, Platform};

use super::error::ApiError;
use super::error_code::ErrorCode;

/// The spellings of a request's Avatar: the three names are aliases.
#[derive(Debug, Clone, Copy, Default)]
pub struct AvatarFields<'a> {
    /// `avatar`.
    pub avatar: Option<&'a str>,
    /// `persona`.
    pub persona: Option<&'a str>,
    /// `public_key`.
    pub public_key: Option<&'a str>,
}

impl AvatarFields<'_> {
    /// The Avatar, by the first of the names that is given. If several are, they have to name the same key.
    ///
    /// # Errors
    /// `missing_field` with the given name, `bad_public_key`, `bad_field` if they differ.
    pub fn parse(
        &self,
        name_when_missing: &'static str,
        parse: fn(&str) -> Result<Avatar, KeyError>,
    ) -> Result<Avatar, ApiError> {
        let mut found: Option<Avatar> = None;
        for (name, text) in
            [("avatar", self.avatar), ("persona", self.persona), ("public_key", self.public_key)]
        {
            let Some(text) = text.filter(|text| !text.is_empty()) else {
                continue;
            };
            let key = parse(text).map_err(|error| bad_public_key(name, &error))?;
            if found.is_some_and(|other| other != key) {
                return Err(ApiError::bad_field(name, "names another key than the field before it"));
            }
            found = Some(key);
        }
        found.ok_or_else(|| ApiError::missing_field(name_when_missing))
    }
}

/// `bad_public_key` for a field.
pub fn bad_public_key(field: &str, error: &KeyError) -> ApiError {
    ApiError::new(ErrorCode::BadPublicKey, format!("{field}: {error}")).field(field)
}

/// A text that has to be there, and not empty.
///
/// # Errors
/// `missing_field`.
pub fn required<'a>(name: &'static str, text: Option<&'a str>) -> Result<&'a str, ApiError> {
    text.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::missing_field(name))
}

/// A platform's name.
///
/// # Errors
/// `unknown_platform`.
pub fn platform(text: &str) -> Result<Platform, ApiError> {
    text.parse().map_err(|_| {
        ApiError::new(ErrorCode::UnknownPlatform, "there is no such platform")
            .field("platform")
            .expected(Platform::ALL.iter().map(|platform| platform.as_str()).collect::<Vec<_>>())
    })
}

/// An identity on `platform`, of at most `max_bytes` bytes.
///
/// # Errors
/// `bad_identity`, with what the platform's identities look like.
pub fn identity(platform: Platform, text: &str, max_bytes: usize) -> Result<Identity, ApiError> {
    let refuse = |expected: String| {
        ApiError::new(ErrorCode::BadIdentity, format!("identity: expected {expected}"))
            .field("identity")
            .expected(expected)
    };
    if text.len() > max_bytes {
        return Err(refuse(format!("at most {max_bytes} bytes")));
    }
    Identity::parse(platform, text).map_err(|error| refuse(error.expected.to_owned()))
}

/// The uuid of a link.
///
/// # Errors
/// `bad_uuid`.
pub fn uuid(text: &str) -> Result<LinkUuid, ApiError> {
    LinkUuid::parse(text)
        .map_err(|error| ApiError::new(ErrorCode::BadUuid, format!("uuid: {error}")).field("uuid"))
}

/// The second of a link, as text.
///
/// # Errors
/// `bad_created_at`.
pub fn created_at(text: &str) -> Result<CreatedAt, ApiError> {
    text.parse().map_err(bad_created_at)
}

/// The second of a link, as a number.
///
/// # Errors
/// `bad_created_at`.
pub fn created_at_seconds(seconds: i64) -> Result<CreatedAt, ApiError> {
    CreatedAt::from_seconds(seconds).map_err(bad_created_at)
}

fn bad_created_at(error: nextid_core::created_at::CreatedAtError) -> ApiError {
    ApiError::new(ErrorCode::BadCreatedAt, format!("created_at: {error}")).field("created_at")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";
    const OTHER: &str = "0x03666b700aeb6a6429f13cbb263e1bc566cd975a118b61bc796204109c1b351d19";

    fn code(fields: AvatarFields<'_>) -> ErrorCode {
        fields.parse("avatar", Avatar::parse).unwrap_err().code()
    }

    #[test]
    fn the_three_names_are_one() {
        let upper = KEY.to_uppercase();
        let fields = AvatarFields { avatar: Some(KEY), persona: Some(&upper), public_key: Some(KEY) };
        assert_eq!(fields.parse("avatar", Avatar::parse).unwrap().to_hex(), KEY);
        let empty = AvatarFields { avatar: Some(""), persona: Some(KEY), public_key: None };
        assert_eq!(empty.parse("avatar", Avatar::parse).unwrap().to_hex(), KEY);
    }

    #[test]
    fn differing_keys_are_refused() {
        assert_eq!(
            code(AvatarFields { avatar: Some(KEY), persona: None, public_key: Some(OTHER) }),
            ErrorCode::BadField
        );
        assert_eq!(
            code(AvatarFields { avatar: Some("0x12"), ..Default::default() }),
            ErrorCode::BadPublicKey
        );
        assert_eq!(code(AvatarFields::default()), ErrorCode::MissingField);
    }
}
