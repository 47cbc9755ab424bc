//! One thing that is wrong.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong in a database. Its text and its JSON form are one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// What kind of thing, for programs.
    pub code: &'static str,
    /// The table in which it is.
    pub table: &'static str,
    /// The id of the row, where there is one.
    pub row: Option<i64>,
    /// Whose, in hexadecimal as it is stored; none where it belongs to no chain.
    pub avatar: Option<String>,
    /// The place in the chain.
    pub seq: Option<i64>,
    /// What is wrong.
    pub message: String,
    /// What should be there.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
    /// Whose chain is to be looked at again.
    #[serde(skip)]
    pub(super) chain: Option<Vec<u8>>,
}

impl Defect {
    /// Something wrong with a row of this table.
    pub fn new(code: &'static str, table: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            table,
            row: None,
            avatar: None,
            seq: None,
            message: message.into(),
            expected: None,
            found: None,
            chain: None,
        }
    }

    /// In the row with this id.
    #[must_use]
    pub fn row(mut self, id: i64) -> Self {
        self.row = Some(id);
        self
    }

    /// In what belongs to this Avatar's chain.
    #[must_use]
    pub fn of(mut self, avatar: &[u8]) -> Self {
        self.avatar = Some(hex(avatar));
        self.chain = Some(avatar.to_vec());
        self
    }

    /// At this place of the chain.
    #[must_use]
    pub fn at(mut self, seq: i64) -> Self {
        self.seq = Some(seq);
        self
    }

    /// What should be there, and what is.
    #[must_use]
    pub fn expected(mut self, expected: impl ToString, found: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self.found = Some(found.to_string());
        self
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: table={}", self.code, self.table)?;
        if let Some(row) = self.row {
            write!(f, " row={row}")?;
        }
        if let Some(avatar) = &self.avatar {
            write!(f, " avatar={avatar}")?;
        }
        if let Some(seq) = self.seq {
            write!(f, " seq={seq}")?;
        }
        // What is stored may hold anything, and must not look like another line.
        write!(f, " {}", self.message.escape_debug())?;
        if let (Some(expected), Some(found)) = (&self.expected, &self.found) {
            write!(f, "; expected {expected:?}, found {found:?}")?;
        }
        Ok(())
    }
}

/// Bytes as `0x…`, whether or not they are a key.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_one_line() {
        let defect = Defect::new("wrong_prev", "links", "not\nthe head")
            .row(7)
            .of(&[2, 0xab])
            .at(3)
            .expected("a\nb", "");
        assert_eq!(
            defect.to_string(),
            r#"wrong_prev: table=links row=7 avatar=0x02ab seq=3 not\nthe head; expected "a\nb", found """#
        );
        let json = serde_json::to_value(&defect).unwrap();
        assert_eq!((json["row"].as_i64(), json["seq"].as_i64()), (Some(7), Some(3)));
        assert_eq!(json.as_object().unwrap().len(), 8);
    }
}
