//! TXT look-ups through the operator's resolver, fresh every time.

mod failure;
mod upstream;

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::failure::failure;
use self::upstream::Upstream;
use crate::{DnsSettings, FetchError, SettingsError};

/// How long the resolver's address is believed before it is looked up again: a laptop changes networks, and a name in the
/// setting its addresses.
const UPSTREAM_LIFETIME: Duration = Duration::from_secs(60);

/// CNAMEs that are followed.
const CNAME_LIMIT: usize = 16;

/// Looks up TXT records.
#[derive(Debug)]
pub(crate) struct TxtLookup {
    upstream: Upstream,
    timeout: Duration,
    /// Which certificates of resolvers are good; none stands for the system's.
    tls: Option<ClientConfig>,
    current: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    resolver: TokioResolver,
    until: Instant,
}

impl TxtLookup {
    pub(crate) fn new(settings: &DnsSettings) -> Result<Self, SettingsError> {
        Ok(Self {
            upstream: Upstream::parse("platforms.dns.resolver", &settings.resolver)?,
            timeout: settings.timeout,
            tls: None,
            current: Mutex::new(None),
        })
    }

    /// Replaces the system's certificates.
    #[cfg(test)]
    fn with_tls(self, tls: ClientConfig) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The TXT records of a domain, the strings of each joined, after CNAMEs; bytes that are not UTF-8 are replaced.
    ///
    /// The name is taken as absolute, whatever search domains the system has. Nothing is cached: a record must be seen as
    /// soon as the resolver has it, also when it was asked for a moment too early.
    pub(crate) async fn records(&self, domain: &str) -> Result<Vec<String>, FetchError> {
        let name = Name::from_ascii(format!("{domain}."))
            .map_err(|_| FetchError::Odd("the domain is not a name that can be asked for".to_owned()))?;
        let lookup = async {
            let resolver = self.resolver().await?;
            resolver.txt_lookup(name.clone()).await.map_err(|error| failure(&error))
        };
        match tokio::time::timeout(self.timeout, lookup).await {
            Ok(answer) => texts(&name, &answer?),
            Err(_) => Err(FetchError::Timeout),
        }
    }

    async fn resolver(&self) -> Result<TokioResolver, FetchError> {
        let mut current = self.current.lock().await;
        match &*current {
            Some(known) if Instant::now() < known.until => Ok(known.resolver.clone()),
            _ => {
                let resolver = self.build(self.upstream.name_servers().await?)?;
                *current =
                    Some(Current { resolver: resolver.clone(), until: Instant::now() + UPSTREAM_LIFETIME });
                Ok(resolver)
            }
        }
    }

    fn build(&self, servers: Vec<NameServerConfig>) -> Result<TokioResolver, FetchError> {
        let config = ResolverConfig::from_name_servers(servers);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        match (&self.tls, self.upstream.is_encrypted()) {
            (Some(tls), _) => builder = builder.with_tls_config(tls.clone()),
            // Reading the system's certificates takes time, and fails where there are none.
            (None, false) => builder = builder.with_tls_config(no_certificates()?),
            (None, true) => {}
        }
        let options = builder.options_mut();
        options.timeout = self.timeout / 2;
        options.attempts = 1;
        options.cache_size = 0;
        // The cache drops what is over its size only in a while; with these nothing in it is current.
        options.positive_max_ttl = Some(Duration::ZERO);
        options.negative_max_ttl = Some(Duration::ZERO);
        options.use_hosts_file = ResolveHosts::Never;
        builder
            .build()
            .map_err(|error| FetchError::unavailable(format!("the resolver cannot be set up: {error}")))
    }
}

fn no_certificates() -> Result<ClientConfig, FetchError> {
    let provider = rustls::crypto::ring::default_provider();
    Ok(ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| FetchError::unavailable(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// The texts that belong to the name that was asked for: its own and those of the names that it stands for. Whatever else
/// is in an answer is not about it.
fn texts(name: &Name, lookup: &Lookup) -> Result<Vec<String>, FetchError> {
    let mut owners = vec![name];
    while let Some(target) = lookup.answers().iter().find_map(|record| match &record.data {
        RData::CNAME(target) if owners.last() == Some(&&record.name) => Some(&target.0),
        _ => None,
    }) {
        if owners.len() > CNAME_LIMIT {
            return Err(FetchError::Odd("its CNAME records lead nowhere".to_owned()));
        }
        owners.push(target);
    }
    let texts: Vec<String> = lookup
        .answers()
        .iter()
        .filter(|record| owners.contains(&&record.name))
        .filter_map(|record| match &record.data {
            RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
            _ => None,
        })
        .collect();
    if texts.is_empty() {
        return Err(FetchError::Odd("the resolver's answer is about another name".to_owned()));
    }
    Ok(texts)
}

/// Reads a resolver's message, and returns the texts that belong to this name.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(domain: &str, message: &[u8]) -> Vec<String> {
    use hickory_resolver::proto::op::{Message, Query};
    use hickory_resolver::proto::rr::RecordType;

    let (Ok(name), Ok(message)) = (Name::from_ascii(format!("{domain}.")), Message::from_vec(message)) else {
        return Vec::new();
    };
    let lookup = Lookup::new_with_max_ttl(Query::query(name.clone(), RecordType::TXT), message.answers);
    texts(&name, &lookup).unwrap_or_default()
}

#[cfg(test)]
mod encrypted_tests;
