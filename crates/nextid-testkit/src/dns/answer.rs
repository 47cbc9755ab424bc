//! From a query and a scripted outcome to the answer's bytes.

use hickory_proto::ProtoError;
use hickory_proto::op::{Edns, Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::{DEFAULT_TTL, DnsOutcome, Entry, LoggedQuery, State, Transport, folded};
use crate::outcome::{lock, tampered};

/// How far CNAMEs are followed; resolvers use a limit like this against circles.
const CNAME_LIMIT: usize = 16;

/// Builds the answer; none when the outcome is silence or the bytes are no query.
pub(super) fn answer(
    state: &State,
    outcome: &DnsOutcome,
    bytes: &[u8],
    transport: Transport,
) -> Option<Vec<u8>> {
    let asked = Message::from_vec(bytes).ok()?;
    let question = asked.queries.first()?.clone();
    lock(&state.queries).push(LoggedQuery {
        name: folded(&question.name().to_ascii()),
        record_type: question.query_type(),
        transport,
    });
    match outcome {
        DnsOutcome::Silent => None,
        DnsOutcome::Garbage => Some(b"\xff\xffthis is no message".to_vec()),
        _ => encode(state, outcome, &asked, question, transport).ok(),
    }
}

fn encode(
    state: &State,
    outcome: &DnsOutcome,
    asked: &Message,
    question: Query,
    transport: Transport,
) -> Result<Vec<u8>, ProtoError> {
    let id =
        if *outcome == DnsOutcome::OtherId { asked.metadata.id.wrapping_add(1) } else { asked.metadata.id };
    let mut message = Message::response(id, OpCode::Query);
    message.metadata.recursion_desired = asked.metadata.recursion_desired;
    message.metadata.recursion_available = true;
    let mut answered = question.clone();
    if *outcome == DnsOutcome::OtherName {
        answered.set_name(Name::from_ascii("somebody-else.test.")?);
    }
    message.add_query(answered);
    if asked.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        message.set_edns(edns);
    }
    match outcome {
        DnsOutcome::ServFail => message.metadata.response_code = ResponseCode::ServFail,
        DnsOutcome::Refused => message.metadata.response_code = ResponseCode::Refused,
        DnsOutcome::NoRecords => negative(&mut message, ResponseCode::NoError)?,
        DnsOutcome::NoSuchName => negative(&mut message, ResponseCode::NXDomain)?,
        _ => {
            fill(&mut message, state, &question, *outcome == DnsOutcome::Tampered)?;
        }
    }
    let whole = message.to_vec()?;
    let limit = usize::from(asked.max_payload());
    if transport == Transport::Udp && (*outcome == DnsOutcome::Truncated || whole.len() > limit) {
        return message.truncate().to_vec();
    }
    Ok(whole)
}

/// Adds what the zone has for the question, through its CNAMEs.
fn fill(message: &mut Message, state: &State, question: &Query, tamper: bool) -> Result<(), ProtoError> {
    let ttl = lock(&state.ttl).unwrap_or(DEFAULT_TTL);
    let zone = lock(&state.zone);
    let mut owner = question.name().clone();
    let mut name = folded(&owner.to_ascii());
    let mut exists = false;
    for _ in 0..CNAME_LIMIT {
        let Some(entries) = zone.get(&name) else { break };
        exists = true;
        let mut next = None;
        for entry in entries {
            match entry {
                Entry::Txt(strings) if question.query_type() == RecordType::TXT => {
                    let strings: Vec<Vec<u8>> =
                        if tamper { tamper_strings(strings) } else { strings.clone() };
                    let text = TXT::from_bytes(strings.iter().map(Vec::as_slice).collect());
                    message.add_answer(Record::from_rdata(owner.clone(), ttl, RData::TXT(text)));
                }
                Entry::Txt(_) => {}
                Entry::Cname(target) => {
                    let target_name = Name::from_ascii(format!("{target}."))?;
                    let alias = RData::CNAME(CNAME(target_name.clone()));
                    message.add_answer(Record::from_rdata(owner.clone(), ttl, alias));
                    next = Some((target_name, target.clone()));
                }
            }
        }
        match next {
            Some((target_name, target)) => (owner, name) = (target_name, target),
            None => break,
        }
    }
    match (exists, message.answers.is_empty()) {
        (false, _) => negative(message, ResponseCode::NXDomain),
        (true, true) => negative(message, ResponseCode::NoError),
        (true, false) => Ok(()),
    }
}

/// An empty answer as RFC 2308 wants it: with the zone's SOA, which says how long the emptiness may be cached.
fn negative(message: &mut Message, code: ResponseCode) -> Result<(), ProtoError> {
    message.metadata.response_code = code;
    let server = Name::from_ascii("stand-in.test.")?;
    let soa = SOA::new(server.clone(), server, 1, 3600, 600, 86_400, 1);
    message.add_authority(Record::from_rdata(Name::root(), 1, RData::SOA(soa)));
    Ok(())
}

/// Changes the signature across the borders of the strings, and keeps those borders.
fn tamper_strings(strings: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let changed = tampered(&String::from_utf8_lossy(&strings.concat())).into_bytes();
    let mut rest = changed.into_iter();
    strings.iter().map(|string| rest.by_ref().take(string.len()).collect()).collect()
}
