//! base1024: ten bits per emoji, so that a 65-byte signature takes 52 characters of a post.
//!
//! Most significant bit first, padded with zeros on the right. Where four bytes and five would both come out as four
//! symbols, the four carry a tail.

/// What ends an encoding of a length that is four more than a multiple of five: twelve ASCII characters, as the field's
/// encoder spells it.
const TAIL: &str = "\\ud83c\\udfad";

/// The alphabet as runs: the symbol at the given index lies `delta` code points after the one before it; at all other
/// indices the distance is one. 1,024 code points from U+1F004 to U+1F9BE.
const RUNS: &str = "0,2pz8,1,5n,2,4h,4,d,6,f,7,3,h,2v,j,o,k,l,l,3,u,m,w,4v,1u,3,4y,3,50,2,53,3,7e,3,7h,2,es,2,gj,c,gp,2,hd,8,hf,3,\
hg,2,hm,d,hn,3,hr,3,hs,5,hu,e,hw,3,hx,9,hz,a,i0,6,i3,d,i6,9,i9,3,ia,2,ib,5,ic,7,id,4,ie,7,ks,1d,mq,6,my,3,mz,b,n5,4,\
n6,2,n8,4,n9,3,nh,6e,nt,82,p3,2,pd,2,qk,2,qo,4,rt,3,rz,4";

const SYMBOLS: usize = 1024;

static ALPHABET: std::sync::LazyLock<Vec<char>> = std::sync::LazyLock::new(|| {
    let mut numbers = RUNS.split(',').filter_map(|text| usize::from_str_radix(text, 36).ok());
    let mut deltas = vec![1_usize; SYMBOLS];
    while let (Some(index), Some(delta)) = (numbers.next(), numbers.next()) {
        if let Some(slot) = deltas.get_mut(index) {
            *slot = delta;
        }
    }
    let mut code_point = 0;
    deltas
        .into_iter()
        .filter_map(|delta| {
            code_point += delta;
            u32::try_from(code_point).ok().and_then(char::from_u32)
        })
        .collect()
});

/// Encodes `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4);
    let mut bits = Bits::default();
    let mut push = |value: usize| out.extend(ALPHABET.get(value));
    for byte in bytes {
        bits.push(usize::from(*byte), 8);
        if let Some(value) = bits.take(10) {
            push(value);
        }
    }
    if let Some(value) = bits.take_padded(10) {
        push(value);
    }
    if bytes.len() % 5 == 4 {
        out.push_str(TAIL);
    }
    out
}

/// Decodes `text`. There is no error: an unknown character counts as ten ones and, as in the field's decoder, turns the bits
/// that wait before it into ones too, so that garbage comes out as bytes that no signature check takes.
pub fn decode(text: &str) -> Vec<u8> {
    let (symbols, tail) = match text.strip_suffix(TAIL) {
        Some(symbols) => (symbols, true),
        None => (text, false),
    };
    let mut out = Vec::with_capacity(symbols.len());
    let mut bits = Bits::default();
    for symbol in symbols.chars() {
        match ALPHABET.binary_search(&symbol) {
            Ok(value) => bits.push(value, 10),
            Err(_) => bits.push_all_ones(10),
        }
        while let Some(byte) = bits.take(8) {
            out.extend(u8::try_from(byte));
        }
    }
    if tail {
        out.pop();
    }
    out
}

/// A queue of bits, most significant first.
#[derive(Default)]
struct Bits {
    value: usize,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: usize, count: u32) {
        self.value = (self.value << count) | value;
        self.count += count;
    }

    /// Adds ones, and makes ones of the bits that are there.
    fn push_all_ones(&mut self, count: u32) {
        self.count += count;
        self.value = (1 << self.count) - 1;
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        let left = self.count.checked_sub(count)?;
        let value = self.value >> left;
        self.value &= (1 << left) - 1;
        self.count = left;
        Some(value)
    }

    /// The bits that are left, with zeros after them.
    fn take_padded(&mut self, count: u32) -> Option<usize> {
        if self.count == 0 {
            return None;
        }
        self.push(0, count - self.count);
        self.take(count)
    }
}
