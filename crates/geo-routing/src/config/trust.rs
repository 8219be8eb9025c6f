use crate::{
    document::{
        network::Network,
        trust::{Hidden, SecretDocument, TrustDocument},
    },
    request::facts::RequestFacts,
};
use http_fields::hex;
use http_filter::{
    ConfigError, FieldName,
    document::{Brief, Shorthand},
    error_path::{nth, quoted},
    property,
};
use sha2::{Digest, Sha256};

/// When a request is believed what it says.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    peers: Vec<Network>,
    secret: Option<Secret>,
    certificates: Vec<[u8; 32]>,
}

#[derive(Clone, Debug)]
struct Secret {
    header: FieldName,
    digest: [u8; 32],
}

impl Trust {
    pub(crate) fn compile(document: Option<Brief<TrustDocument>>, path: &str) -> Result<Self, ConfigError> {
        let Some(Brief(document)) = document else {
            return Err(ConfigError::at(path, "", "nothing", TrustDocument::EXPECTED));
        };
        let (no_peers, no_certificates) = (document.peers.is_empty(), document.certificate.is_empty());
        if !document.anyone && no_peers && no_certificates && document.secret.is_none() {
            return Err(ConfigError::at(path, "", "no condition", TrustDocument::EXPECTED));
        }
        let certificates = document.certificate.iter().enumerate().map(|(index, text)| {
            let digits = text.replace(':', "");
            hex::decode(digits.as_bytes())
                .ok_or_else(|| ConfigError::at(path, &nth("certificate", index), &quoted(text), FINGERPRINT))
        });
        Ok(Self {
            certificates: certificates.collect::<Result<_, _>>()?,
            secret: document.secret.map(|secret| secret.compile(path)).transpose()?,
            peers: document.peers.0,
        })
    }

    /// Whether the request may be believed.
    pub(crate) fn holds(&self, facts: &RequestFacts) -> bool {
        let secret = self
            .secret
            .as_ref()
            .is_none_or(|secret| secret.is_carried_by(facts));
        // Properties cost a host call each: the secret goes first.
        secret && self.is_peer_trusted(facts) && self.is_certificate_trusted(facts)
    }

    fn is_peer_trusted(&self, facts: &RequestFacts) -> bool {
        let trusted = |address| self.peers.iter().any(|network| network.contains(address));
        self.peers.is_empty() || facts.source_address().is_some_and(trusted)
    }

    fn is_certificate_trusted(&self, facts: &RequestFacts) -> bool {
        self.certificates.is_empty()
            || property::peer_certificate_digest(facts.host)
                .and_then(|text| hex::decode(&text))
                .is_some_and(|digest| self.certificates.contains(&digest))
    }

    /// Why a request isn't believed, for a person who asks: the first condition that doesn't hold.
    pub(crate) fn doubt(&self, facts: &RequestFacts) -> Option<String> {
        if let Some(secret) = self.secret.as_ref().filter(|secret| !secret.is_carried_by(facts)) {
            return Some(match facts.request.contains(secret.header.as_str()) {
                true => format!("the secret in {} is another", secret.header),
                false => format!("the secret in {} is missing", secret.header),
            });
        }
        if !self.is_peer_trusted(facts) {
            let networks: Vec<_> = self.peers.iter().map(Network::to_string).collect();
            let peer = facts
                .source_address()
                .map_or_else(|| "unknown".to_owned(), |peer| peer.to_string());
            return Some(format!("the peer {peer} is not in {}", networks.join(", ")));
        }
        (!self.is_certificate_trusted(facts))
            .then(|| "the client's certificate is none of those named".to_owned())
    }

    /// Whether everybody is believed.
    pub(crate) fn is_anyone(&self) -> bool {
        self.peers.is_empty() && self.secret.is_none() && self.certificates.is_empty()
    }

    /// The header that carries the secret.
    pub(crate) fn secret_header(&self) -> Option<&FieldName> {
        self.secret.as_ref().map(|secret| &secret.header)
    }
}

impl SecretDocument {
    fn compile(self, path: &str) -> Result<Secret, ConfigError> {
        let Some(header) = self.header else {
            return Err(ConfigError::at(
                path,
                "secret.header",
                "nothing",
                "the header that carries it",
            ));
        };
        let digest = match (self.value, self.sha256) {
            (Some(Hidden(value)), None) if value.len() >= MIN_SECRET => {
                Sha256::digest(value.as_bytes()).into()
            }
            (Some(_), None) => {
                let expected = "at least 16 characters";
                return Err(ConfigError::at(path, "secret.value", "a short secret", expected));
            }
            (None, Some(text)) => hex::decode(text.as_bytes())
                .ok_or_else(|| ConfigError::at(path, "secret.sha256", "another text", FINGERPRINT))?,
            (value, _) => {
                let found = if value.is_some() { "both" } else { "neither" };
                return Err(ConfigError::at(
                    path,
                    "secret",
                    found,
                    "either \"value\" or \"sha256\"",
                ));
            }
        };
        Ok(Secret { header, digest })
    }
}

impl Secret {
    fn is_carried_by(&self, facts: &RequestFacts) -> bool {
        let Ok(Some(sent)) = facts.request.single(&self.header) else {
            return false;
        };
        let sent: [u8; 32] = Sha256::digest(sent).into();
        // In constant time; and what an attacker learnt of digests would be of no use.
        let differing = sent.iter().zip(&self.digest).fold(0, |all, (a, b)| all | (a ^ b));
        std::hint::black_box(differing) == 0
    }
}

const MIN_SECRET: usize = 16;
const FINGERPRINT: &str = "a SHA-256 digest, 64 hexadecimal digits";
