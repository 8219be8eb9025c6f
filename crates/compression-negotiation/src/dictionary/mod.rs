//! Compression dictionaries (RFC 9842): a response that was served before is what the next one is encoded with.

pub(crate) mod available_dictionary;
pub(crate) mod capture;
pub(crate) mod readable;
pub(crate) mod resource;
pub(crate) mod store;

pub use crate::dictionary::available_dictionary::available_dictionary;
pub(crate) use crate::dictionary::{
    capture::{Capture, Progress},
    store::Dictionary,
};
use crate::{
    AcceptEncoding, Coding,
    counter::Counter,
    dictionary::{readable::Readable, resource::Resource, store::Store},
    document::dictionaries::DictionariesDocument,
};
use http_fields::{Directives, Scope};
use http_filter::{ConfigError, Headers, Host};
use std::{cell::RefCell, rc::Rc};

/// The resources that serve as dictionaries, and those that were kept.
#[derive(Debug)]
pub(crate) struct Dictionaries {
    resources: Vec<Resource>,
    max_size: usize,
    store: Rc<RefCell<Store>>,
}

/// What dictionaries mean for one request.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The dictionary that the client has, and so have we.
    pub dictionary: Option<Rc<Dictionary>>,
    /// The resource that this response could be a dictionary as.
    resource: Option<usize>,
    /// Host and target: what a dictionary is known by, but for its validator.
    source: Vec<u8>,
    authority: Vec<u8>,
    readable: Readable,
    /// Whether another client's dictionary could have made another response.
    pub varies: bool,
}

impl Dictionaries {
    /// Compiles a document. A route's override shares what the plugin keeps.
    pub(crate) fn compile(
        document: DictionariesDocument,
        shared: Option<&Self>,
    ) -> Result<Self, ConfigError> {
        let (resources, max_size, memory) = document.compile()?;
        Ok(Self {
            resources,
            max_size,
            store: match shared {
                Some(shared) => Rc::clone(&shared.store),
                None => Rc::new(RefCell::new(Store::new(memory))),
            },
        })
    }

    /// What dictionaries mean for `request`.
    pub(crate) fn offer(&self, request: &Headers, accept: &AcceptEncoding, host: &dyn Host) -> Offer {
        let path = request.path();
        let mut offer = Offer {
            dictionary: None,
            resource: None,
            source: Vec::new(),
            authority: request.authority().to_ascii_lowercase(),
            readable: Readable::of(request),
            varies: self
                .resources
                .iter()
                .any(|resource| resource.target.matches(path, false)),
        };
        // RFC 9842 §8: only in secure contexts.
        if request.first(":scheme") != Some(b"https") || !matches!(request.method(), b"GET" | b"HEAD") {
            return offer;
        }
        if offer.varies
            && accept.names(Coding::Dcz)
            && let Ok(Some(value)) = request.single("available-dictionary")
        {
            offer.dictionary = available_dictionary(value)
                .and_then(|hash| self.store.borrow_mut().find(&offer.authority, &hash, host));
            let counter = match offer.dictionary {
                Some(_) => Counter::DictionaryFound,
                None => Counter::DictionaryUnknown,
            };
            counter.count(host);
        }
        if request.method() == b"GET" && !request.contains("authorization") {
            offer.resource = self
                .resources
                .iter()
                .position(|resource| resource.path.matches(path, false));
            offer.source = [offer.authority.as_slice(), request.target()].concat();
        }
        offer
    }

    /// Whether this response, which isn't encoded, may be kept as a dictionary: `Use-As-Dictionary`, and what keeps it
    /// if it isn't kept yet.
    pub(crate) fn capture(&self, offer: &Offer, response: &Headers) -> Option<(&str, Option<Capture>)> {
        let resource = self.resources.get(offer.resource?)?;
        let said = Directives::of(response.all("cache-control"));
        let length = response.content_length();
        if response.status() != Some(200)
            || response.contains("set-cookie")
            || said.no_store
            || said.private != Scope::Nothing
            || response.end_of_stream()
            || length.is_some_and(|length| length > self.max_size as u64)
            || !offer.readable.by(response)
        {
            return None;
        }
        // Without a validator nobody knows whether it's still the one that is kept, but by reading it again each time.
        let validator = ["etag", "last-modified"]
            .into_iter()
            .find_map(|name| response.first(name).filter(|value| !value.is_empty()))?;
        let source = [offer.source.as_slice(), b" ", validator].concat();
        let known = self.store.borrow_mut().knows(&source);
        let capture = (!known).then(|| Capture::new(source, offer.authority.clone(), length, self.max_size));
        Some((&resource.field, capture))
    }

    /// Keeps a dictionary whose last byte has come.
    pub(crate) fn keep(&self, capture: Capture, host: &dyn Host) {
        Counter::DictionaryKept.count(host);
        self.store.borrow_mut().keep(capture.into_dictionary(), host);
    }
}

impl Offer {
    /// The dictionary to encode `response` with: §9.3.2 wants it readable by who asked.
    pub(crate) fn usable(&self, response: &Headers) -> Option<&Rc<Dictionary>> {
        self.dictionary.as_ref().filter(|_| self.readable.by(response))
    }

    /// Whether plain bytes must come from upstream.
    pub(crate) fn needs_plain(&self) -> bool {
        self.dictionary.is_some() || self.resource.is_some()
    }
}
