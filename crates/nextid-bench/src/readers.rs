//! Requests that change nothing, about Avatars drawn from all of them.

use nextid_core::Platform;

use crate::drive::Requests;
use crate::http::{get, post};
use crate::people::Person;
use crate::rows::{self, mix};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// `GET /v1/kv`: everything that an Avatar has published.
    Content,
    /// `GET /v1/proof/exists`: one binding of an Avatar.
    Exists,
    /// `POST /v1/kv/payload`
    KvPayload,
    /// `POST /v1/proof/payload`
    ProofPayload,
    /// `GET /v1/proof?identity=…` with three letters that stand somewhere in a name.
    Search,
    /// Anything: what the floor answers.
    Hello,
}

/// Requests of `connections` connections, without end.
pub fn requests(read: Read, people: &[Person], links: u64, connections: usize) -> Vec<Requests<'_>> {
    let mut sources: Vec<Requests<'_>> = Vec::with_capacity(connections);
    let mut state = mix(u64::try_from(connections).unwrap_or(0));
    for _ in 0..connections {
        state = mix(state);
        let mut chance = state;
        sources.push(Box::new(move |buffer| {
            chance = mix(chance);
            let count = u64::try_from(people.len()).unwrap_or(1).max(1);
            let drawn = usize::try_from(chance % count).ok().and_then(|position| people.get(position));
            if let Some(person) = drawn {
                buffer.extend_from_slice(&request(read, person, mix(chance) % links.max(1)));
            }
            drawn.is_some()
        }));
    }
    sources
}

fn request(read: Read, person: &Person, seq: u64) -> Vec<u8> {
    let key = person.avatar.to_hex();
    match read {
        Read::Content => get(&format!("/v1/kv?avatar={key}")),
        Read::Exists => {
            let (platform, identity) = rows::identity_at(person.index, seq);
            get(&format!("/v1/proof/exists?platform={platform}&identity={identity}&public_key={key}"))
        }
        Read::KvPayload => {
            let patch = rows::patch(seq);
            let body = format!(
                "{{\"avatar\":\"{key}\",\"platform\":\"nextid\",\"identity\":\"{key}\",\"patch\":{patch}}}"
            );
            post("/v1/kv/payload", &body)
        }
        Read::ProofPayload => {
            let name = rows::name(seq);
            let body = format!(
                "{{\"action\":\"create\",\"platform\":\"github\",\"identity\":\"{name}\",\"public_key\":\"{key}\"}}"
            );
            post("/v1/proof/payload", &body)
        }
        Read::Search => get(&format!("/v1/proof?identity={}", three_letters(person.index, seq))),
        Read::Hello => get("/"),
    }
}

/// Three characters out of the name that an Avatar has on some platform.
fn three_letters(index: u32, seq: u64) -> String {
    let name = [seq, seq + 1].into_iter().find_map(|seq| match rows::identity_at(index, seq) {
        (Platform::Ethereum, _) => None,
        (_, name) => Some(name),
    });
    let name = name.unwrap_or_else(|| "abc".to_owned());
    let last = u64::try_from(name.len().saturating_sub(2)).unwrap_or(1).max(1);
    let start = usize::try_from(mix(u64::from(index) ^ (seq << 40)) % last).unwrap_or(0);
    name.get(start..start + 3).unwrap_or("abc").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::people;

    #[test]
    fn three_letters_are_part_of_a_name_and_differ() {
        let all: std::collections::HashSet<String> = (0..500).map(|index| three_letters(index, 2)).collect();
        assert!(all.len() > 100 && all.iter().all(|text| text.len() == 3));
    }

    #[test]
    fn requests_do_not_end_and_differ() {
        let people = people(50).unwrap();
        for read in [Read::Content, Read::Exists, Read::KvPayload, Read::ProofPayload, Read::Search] {
            let mut sources = requests(read, &people, 5, 2);
            let mut seen = std::collections::HashSet::new();
            for source in &mut sources {
                for _ in 0..100 {
                    let mut buffer = Vec::new();
                    assert!(source(&mut buffer));
                    seen.insert(buffer);
                }
            }
            assert!(seen.len() > 20);
        }
    }
}
