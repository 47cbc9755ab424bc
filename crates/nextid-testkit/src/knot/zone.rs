//! Zones as name servers read them: master files (RFC 1035, section 5).

use std::net::Ipv4Addr;

/// One zone, and whether its file can be loaded.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    text: String,
}

impl Zone {
    /// A zone without records but those that every zone has. Its name is in lower case and without the dot at its end.
    pub fn new(name: &str) -> Self {
        let text = "@ 60 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 1\n@ 60 IN NS ns.invalid.\n";
        Self { name: name.to_owned(), text: format!("$ORIGIN {name}.\n{text}") }
    }

    /// A zone whose file is no zone: the server answers SERVFAIL for every name in it.
    pub fn broken(name: &str) -> Self {
        Self { name: name.to_owned(), text: "this is no zone\n".to_owned() }
    }

    /// With a TXT record of one string, or of several when the text is longer than 255 bytes.
    pub fn txt(self, name: &str, text: &str) -> Self {
        let strings: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
        self.txt_strings(name, &strings)
    }

    /// With a TXT record of exactly these strings, at most 255 bytes each, which need not be UTF-8.
    pub fn txt_strings(mut self, name: &str, strings: &[&[u8]]) -> Self {
        self.text.push_str(name);
        self.text.push_str(". 60 IN TXT");
        for string in strings {
            self.text.push_str(" \"");
            for byte in *string {
                self.push_byte(*byte);
            }
            self.text.push('"');
        }
        self.text.push('\n');
        self
    }

    /// With an address of a name, which has no TXT record by that.
    pub fn address(self, name: &str, address: Ipv4Addr) -> Self {
        self.line(&format!("{name}. 60 IN A {address}"))
    }

    /// With a name that stands for another one, which may be in another zone.
    pub fn cname(self, name: &str, target: &str) -> Self {
        self.line(&format!("{name}. 60 IN CNAME {target}."))
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its master file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn line(mut self, line: &str) -> Self {
        self.text.push_str(line);
        self.text.push('\n');
        self
    }

    /// What means something in a quoted string, and what is not printable, is written as three decimal digits.
    fn push_byte(&mut self, byte: u8) {
        if matches!(byte, b'"' | b'\\') || !(b' '..=b'~').contains(&byte) {
            self.text.push_str(&format!("\\{byte:03}"));
        } else {
            self.text.push(char::from(byte));
        }
    }
}
