//! From the DNS library's errors to ours.

use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;

use crate::FetchError;

/// NXDOMAIN and an empty answer are the word of the domain's own servers; everything else says only that nobody could be
/// asked.
pub(super) fn failure(error: &NetError) -> FetchError {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => no_records(none),
        NetError::Dns(DnsError::ResponseCode(code)) => code_failure(*code),
        NetError::Timeout => FetchError::Timeout,
        NetError::Proto(_)
        | NetError::Decode(_)
        | NetError::ParseInt(_)
        | NetError::QueryCaseMismatch
        | NetError::ForeignClassRecord { .. }
        | NetError::Truncated => {
            FetchError::Odd(format!("the resolver does not speak DNS properly: {error}"))
        }
        // The library's other texts may hold addresses.
        _ => FetchError::unavailable("the resolver cannot be reached"),
    }
}

fn no_records(none: &NoRecords) -> FetchError {
    match none.response_code {
        // Servers named without an SOA: a referral, by somebody who knows the answer as little as we do.
        ResponseCode::NoError if none.ns.is_some() && none.soa.is_none() => {
            FetchError::unavailable("the resolver does not resolve but names other servers")
        }
        ResponseCode::NoError | ResponseCode::NXDomain => FetchError::NotFound,
        code => code_failure(code),
    }
}

fn code_failure(code: ResponseCode) -> FetchError {
    FetchError::unavailable(format!("the resolver answers \"{code}\""))
}

#[cfg(test)]
mod tests {
    use std::io;

    use hickory_resolver::net::ForwardNSData;
    use hickory_resolver::proto::op::Query;
    use hickory_resolver::proto::rr::rdata::NS;
    use hickory_resolver::proto::rr::{Name, RData, Record};

    use super::*;

    fn none(code: ResponseCode) -> NoRecords {
        NoRecords::new(Query::default(), code)
    }

    #[test]
    fn only_the_domain_itself_speaks_against_a_proof() {
        assert_eq!(failure(&none(ResponseCode::NXDomain).into()), FetchError::NotFound);
        assert_eq!(failure(&none(ResponseCode::NoError).into()), FetchError::NotFound);
        let mut referral = none(ResponseCode::NoError);
        let server = Name::from_ascii("ns.example.").unwrap();
        let ns = Record::from_rdata(Name::root(), 1, RData::NS(NS(server)));
        referral.ns = Some([ForwardNSData { ns, glue: [].into() }].into());
        for error in [
            referral.into(),
            none(ResponseCode::ServFail).into(),
            NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)),
            NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)),
            NetError::NoConnections,
            NetError::Busy,
            NetError::from(io::Error::from(io::ErrorKind::ConnectionRefused)),
        ] {
            let found = failure(&error);
            assert!(matches!(found, FetchError::Unavailable { .. }), "{error}: {found}");
        }
        assert_eq!(failure(&NetError::Timeout), FetchError::Timeout);
        assert!(matches!(failure(&NetError::Truncated), FetchError::Odd(_)));
    }
}
