//! The query of a request, read into a type.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::error::ApiError;
use super::misfit::Misfit;

/// The query as `T`, a struct of text, whole numbers, booleans and options of them; no `flatten`.
///
/// The first of equal names counts, unknown names are ignored. Booleans are spelt as Go spells them
/// ([`parse_bool`]). An empty number is 0, an empty boolean false, as clients in the field have it. What is wrong is an
/// [`ApiError`]: `missing_field`, or `bad_field` with the parameter's name.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(req.query_string()).map(Self))
    }
}

/// Reads a query string, without its `?`.
///
/// # Errors
/// `missing_field`, or `bad_field` with the parameter's name.
pub fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let mut pairs = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = decode(name).and_then(|name| Ok((name, decode(value)?)));
        let (name, value) =
            decoded.map_err(|expected| ApiError::from(Misfit::wrong_at(&plain(name), expected)))?;
        pairs.entry(name).or_insert(value);
    }
    T::deserialize(Pairs(pairs)).map_err(ApiError::from)
}

/// A boolean as Go's `strconv.ParseBool` takes it; empty is false.
///
/// # Errors
/// What was expected.
pub fn parse_bool(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err("must be true or false"),
    }
}

/// Percent-decodes, and takes `+` as a space.
fn decode(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = (rest.next().and_then(hex), rest.next().and_then(hex));
                let (Some(high), Some(low)) = digits else {
                    return Err("a percent sign must be followed by two hexadecimal digits");
                };
                bytes.push(high << 4 | low);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| "must be UTF-8")
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A parameter's name for an error that is about its spelling.
fn plain(name: &str) -> String {
    name.chars().take(64).collect()
}

struct Pairs(BTreeMap<String, String>);

impl<'de> de::Deserializer<'de> for Pairs {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(PairAccess { pairs: self.0.into_iter(), current: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct PairAccess {
    pairs: std::collections::btree_map::IntoIter<String, String>,
    current: Option<(String, String)>,
}

impl<'de> MapAccess<'de> for PairAccess {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        self.current = self.pairs.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        seed.deserialize(IntoDeserializer::<Misfit>::into_deserializer(name.as_str())).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let (name, text) =
            self.current.take().ok_or_else(|| <Misfit as de::Error>::custom("a value without a name"))?;
        seed.deserialize(Text(text)).map_err(|misfit| misfit.under(&name))
    }
}

/// The text of one parameter, which spells a value of any type.
struct Text(String);

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $ty:ty),*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
                if self.0.is_empty() {
                    return visitor.$visit(0);
                }
                visitor.$visit(self.0.parse::<$ty>().map_err(|_| <Misfit as de::Error>::custom("must be a whole number"))?)
            }
        )*
    };
}

impl<'de> de::Deserializer<'de> for Text {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_string(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bool(parse_bool(&self.0).map_err(<Misfit as de::Error>::custom)?)
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_enum(IntoDeserializer::<Misfit>::into_deserializer(self.0))
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::Page;
    use super::super::error_code::ErrorCode;
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    struct Search {
        identity: String,
        platform: Option<String>,
        #[serde(default)]
        exact: bool,
        #[serde(default)]
        page: Page,
        count: Option<i64>,
        order: Option<Order>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Asc,
        Desc,
    }

    fn read(query: &str) -> Result<Search, ApiError> {
        parse(query)
    }

    fn error(query: &str) -> (ErrorCode, String) {
        let error = read(query).unwrap_err();
        (error.code(), error.message().to_owned())
    }

    #[test]
    fn the_first_of_equal_names_counts_and_unknown_ones_do_not() {
        let search = read("identity=a&identity=b&&x=1&platform=").unwrap();
        assert_eq!((search.identity.as_str(), search.platform.as_deref()), ("a", Some("")));
        assert_eq!((search.exact, search.page.number(), search.count), (false, 1, None));
        let search = read("identity=a&exact=True&page=3&count=-4&order=desc").unwrap();
        assert_eq!((search.exact, search.page.number(), search.count), (true, 3, Some(-4)));
        assert_eq!(search.order, Some(Order::Desc));
        assert_eq!(read("identity=a&order=asc").unwrap().order, Some(Order::Asc));
    }

    #[test]
    fn names_and_values_are_percent_decoded() {
        let search = read("ident%69ty=%E2%9C%93+a%2Bb%25%00").unwrap();
        assert_eq!(search.identity, "✓ a+b%\0");
    }

    #[test]
    fn what_is_wrong_names_the_parameter() {
        assert_eq!(error("page=1"), (ErrorCode::MissingField, "identity is missing".into()));
        assert_eq!(error("identity=a&page=x"), (ErrorCode::BadField, "page: must be a whole number".into()));
        assert_eq!(error("identity=a&page=1.5").0, ErrorCode::BadField);
        assert_eq!(error("identity=a&page=99999999999999999999").0, ErrorCode::BadField);
        assert_eq!(
            error("identity=a&exact=yes"),
            (ErrorCode::BadField, "exact: must be true or false".into())
        );
        assert_eq!(error("identity=a&order=up").0, ErrorCode::BadField);
        for spelling in ["%", "%4", "%zz", "%+1"] {
            let (code, message) = error(&format!("identity={spelling}"));
            assert_eq!(code, ErrorCode::BadField, "{spelling}");
            assert!(message.starts_with("identity: a percent sign"), "{message}");
        }
        assert_eq!(error("identity=%ff"), (ErrorCode::BadField, "identity: must be UTF-8".into()));
        assert_eq!(error("identity=a&%ff=1").0, ErrorCode::BadField);
    }

    #[test]
    fn booleans_as_go_spells_them() {
        for yes in ["1", "t", "T", "TRUE", "true", "True"] {
            assert_eq!(parse_bool(yes), Ok(true));
        }
        for no in ["", "0", "f", "F", "FALSE", "false", "False"] {
            assert_eq!(parse_bool(no), Ok(false));
        }
        for bad in ["yes", "tRUE", "2", " true"] {
            assert!(parse_bool(bad).is_err(), "{bad}");
        }
    }
}
