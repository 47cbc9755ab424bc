use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};

use super::{DnsOutcome, DnsStandIn, Transport};

fn query(name: &str, kind: RecordType, buffer: Option<u16>) -> Message {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    if let Some(size) = buffer {
        let mut edns = Edns::new();
        edns.set_max_payload(size);
        message.set_edns(edns);
    }
    message
}

fn udp_bytes(server: &DnsStandIn, message: &Message) -> std::io::Result<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    socket.send_to(&message.to_vec().unwrap(), server.address()).unwrap();
    let mut buffer = vec![0; 65_535];
    let length = socket.recv(&mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

fn udp(server: &DnsStandIn, message: &Message) -> Message {
    Message::from_vec(&udp_bytes(server, message).unwrap()).unwrap()
}

fn tcp(server: &DnsStandIn, message: &Message) -> Message {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let bytes = message.to_vec().unwrap();
    stream.write_all(&u16::try_from(bytes.len()).unwrap().to_be_bytes()).unwrap();
    stream.write_all(&bytes).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).unwrap();
    Message::from_vec(&answer).unwrap()
}

fn texts(message: &Message) -> Vec<Vec<String>> {
    let strings = |record: &hickory_proto::rr::Record| match &record.data {
        RData::TXT(txt) => {
            Some(txt.txt_data.iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect())
        }
        _ => None,
    };
    message.answers.iter().filter_map(strings).collect()
}

#[test]
fn answers_in_any_letter_case_over_both_transports() {
    let server = DnsStandIn::start();
    server.publish_txt("Example.test", "one");
    server.publish_txt_strings("example.test", &[b"two, ", b"in parts"]);
    let asked = query("eXample.TEST.", RecordType::TXT, None);
    let expected = [vec!["one".to_owned()], vec!["two, ".to_owned(), "in parts".to_owned()]];
    let answer = udp(&server, &asked);
    assert_eq!(answer.metadata.id, asked.metadata.id);
    assert_eq!(answer.queries, asked.queries, "the question comes back as it was spelt");
    assert_eq!(texts(&answer), expected);
    assert_eq!(texts(&tcp(&server, &asked)), expected);
    let log = server.queries();
    assert_eq!((log[0].name.as_str(), log[0].transport), ("example.test", Transport::Udp));
    assert_eq!((log[1].record_type, log[1].transport), (RecordType::TXT, Transport::Tcp));
}

#[test]
fn long_texts_are_several_strings() {
    let server = DnsStandIn::start();
    server.publish_txt("a.test", &"x".repeat(300));
    let found = texts(&udp(&server, &query("a.test.", RecordType::TXT, None)));
    assert_eq!(found[0].iter().map(String::len).collect::<Vec<_>>(), [255, 45]);
}

#[test]
fn follows_cnames_and_survives_circles() {
    let server = DnsStandIn::start();
    server.publish_cname("a.test", "b.test");
    server.publish_txt("b.test", "found");
    let answer = udp(&server, &query("a.test.", RecordType::TXT, None));
    assert_eq!(answer.answers[0].record_type(), RecordType::CNAME);
    assert_eq!(texts(&answer), [["found"]]);
    server.publish_cname("x.test", "y.test");
    server.publish_cname("y.test", "x.test");
    let circle = tcp(&server, &query("x.test.", RecordType::TXT, None));
    assert!(circle.answers.len() > 2 && texts(&circle).is_empty());
}

#[test]
fn tells_no_such_name_from_no_such_record() {
    let server = DnsStandIn::start();
    server.publish_txt("a.test", "x");
    let code = |name: &str, kind| {
        let answer = udp(&server, &query(name, kind, None));
        (answer.metadata.response_code, answer.answers.len(), answer.authorities.len())
    };
    assert_eq!(code("b.test.", RecordType::TXT), (ResponseCode::NXDomain, 0, 1));
    assert_eq!(code("a.test.", RecordType::A), (ResponseCode::NoError, 0, 1));
    server.remove("a.test");
    assert_eq!(code("a.test.", RecordType::TXT), (ResponseCode::NXDomain, 0, 1));
}

#[test]
fn truncates_what_does_not_fit_and_gives_it_over_tcp() {
    let server = DnsStandIn::start();
    for number in 0..20 {
        server.publish_txt("many.test", &format!("{number:0>100}"));
    }
    for (buffer, fits) in [(None, false), (Some(1232), false), (Some(4096), true)] {
        let answer = udp(&server, &query("many.test.", RecordType::TXT, buffer));
        assert_eq!(
            (answer.metadata.truncation, answer.answers.len()),
            if fits { (false, 20) } else { (true, 0) }
        );
    }
    assert_eq!(tcp(&server, &query("many.test.", RecordType::TXT, None)).answers.len(), 20);
}

#[test]
fn scripted_outcomes() {
    let server = DnsStandIn::start();
    server.publish_txt("a.test", "ps:true");
    let asked = query("a.test.", RecordType::TXT, None);
    server.script_next([
        DnsOutcome::ServFail,
        DnsOutcome::Refused,
        DnsOutcome::NoSuchName,
        DnsOutcome::NoRecords,
    ]);
    for code in [ResponseCode::ServFail, ResponseCode::Refused, ResponseCode::NXDomain, ResponseCode::NoError]
    {
        let answer = udp(&server, &asked);
        assert_eq!((answer.metadata.response_code, answer.answers.len()), (code, 0));
    }
    server.script(DnsOutcome::OtherId);
    assert_ne!(udp(&server, &asked).metadata.id, asked.metadata.id);
    server.script(DnsOutcome::OtherName);
    assert_ne!(udp(&server, &asked).queries, asked.queries);
    server.script(DnsOutcome::Truncated);
    assert!(udp(&server, &asked).metadata.truncation);
    assert_eq!(texts(&tcp(&server, &asked)), [["ps:true"]]);
    server.script(DnsOutcome::Garbage);
    assert!(Message::from_vec(&udp_bytes(&server, &asked).unwrap()).is_err());
    server.script(DnsOutcome::Silent);
    assert!(udp_bytes(&server, &asked).is_err());
    server.script(DnsOutcome::Slow(Duration::from_millis(100)));
    assert_eq!(texts(&udp(&server, &asked)), [["ps:true"]]);
}

#[test]
fn tampering_keeps_the_strings_and_changes_the_signature() {
    let server = DnsStandIn::start();
    let signature = format!("{}=", "q".repeat(87));
    server.publish_txt_strings("a.test", &[b"ps:true;v:1;sig:", signature.as_bytes(), b";prev:null"]);
    server.script(DnsOutcome::Tampered);
    let found = texts(&udp(&server, &query("a.test.", RecordType::TXT, None))).remove(0);
    assert_eq!((found[0].as_str(), found[2].as_str()), ("ps:true;v:1;sig:", ";prev:null"));
    assert_eq!(found[1].chars().filter(|c| *c != 'q' && *c != '=').collect::<String>(), "A");
}

#[test]
fn the_ttl_is_settable() {
    let server = DnsStandIn::start();
    server.publish_txt("a.test", "x");
    server.set_ttl(7);
    assert_eq!(udp(&server, &query("a.test.", RecordType::TXT, None)).answers[0].ttl, 7);
}
