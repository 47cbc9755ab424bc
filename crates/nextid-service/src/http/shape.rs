//! Reads a JSON value, or the pairs of a query, into a type; what does not fit is told by field and kind.
//!
//! serde's own value reader loses which field was wrong, and takes an array for a struct. This one names the field by
//! its path (`extra.signature`, `identities[2]`), takes a struct from an object only, and takes a null member of a struct
//! as absent.

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::misfit::Misfit;

/// Reads `value` as `T`.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Misfit> {
    T::deserialize(Shape(value))
}

/// A JSON value that is read.
struct Shape(Value);

impl Shape {
    fn misfit(&self, expected: &str) -> Misfit {
        let found = match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Misfit::wrong(expected, Some(found.to_owned()))
    }
}

impl<'de> de::Deserializer<'de> for Shape {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::String(value) => visitor.visit_string(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), _, _) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (_, _, Some(value)) => visitor.visit_f64(value),
                _ => Err(Misfit::wrong("a number in range", None)),
            },
            Value::Array(items) => visitor.visit_seq(Items { items: items.into_iter(), index: 0 }),
            Value::Object(members) => visitor.visit_map(Members::new(members, false)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(members) => visitor.visit_map(Members::new(members, true)),
            _ => Err(self.misfit("an object")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(variant) => {
                visitor.visit_enum(IntoDeserializer::<Misfit>::into_deserializer(variant))
            }
            _ => Err(self.misfit("a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items {
    items: std::vec::IntoIter<Value>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(Shape(item)).map(Some).map_err(|misfit| misfit.under(&format!("[{index}]")))
    }
}

struct Members {
    members: serde_json::map::IntoIter,
    /// The member whose name was given out last.
    current: Option<(String, Value)>,
    /// Members of a struct are absent when null; those of a map are not.
    skip_null: bool,
}

impl Members {
    fn new(members: Map<String, Value>, skip_null: bool) -> Self {
        Self { members: members.into_iter(), current: None, skip_null }
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let skip_null = self.skip_null;
        self.current = self.members.find(|(_, value)| !(skip_null && value.is_null()));
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        seed.deserialize(IntoDeserializer::<Misfit>::into_deserializer(name.as_str())).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let (name, value) =
            self.current.take().ok_or_else(|| <Misfit as de::Error>::custom("a value without a name"))?;
        seed.deserialize(Shape(value)).map_err(|misfit| misfit.under(&name))
    }
}

#[cfg(test)]
mod tests;
