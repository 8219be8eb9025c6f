pub(crate) mod compress;
pub(crate) mod compressed_body;
pub(crate) mod content_encoding;
pub(crate) mod skip;
pub(crate) mod stored;

use crate::{
    Coding,
    config::{CompressionNegotiation, content_type::is_listed, policy::Policy},
    counter::Counter,
    exchange::Exchange,
    response::{
        compress::Compression, compressed_body::CompressedBody, content_encoding::ContentEncoding, skip::Skip,
    },
};
use http_fields::{Vary, forbids_transformation, media_type};
#[cfg(feature = "all-codings")]
use http_filter::Mode;
use http_filter::{BodyPlan, EXPLAINS, HeaderMutation, Headers, Host, ResponsePlan};

/// What becomes of a response: its plan, and the encoder that its body goes through.
pub(crate) struct Outcome {
    pub plan: ResponsePlan,
    pub encoding: Option<CompressedBody>,
    /// What keeps the body as a dictionary.
    #[cfg(feature = "all-codings")]
    pub capture: Option<crate::dictionary::Capture>,
}

/// Decides about a response to a request that was negotiated.
pub(crate) fn settle(
    config: &CompressionNegotiation,
    exchange: &Exchange,
    response: &Headers,
    host: &dyn Host,
) -> Outcome {
    let repair = Repair {
        config,
        policy: config.policies.at(exchange.policy),
        exchange,
        response,
        host,
        edits: HeaderMutation::default(),
        #[cfg(feature = "all-codings")]
        capture: None,
    };
    repair.settle()
}

struct Repair<'a> {
    config: &'a CompressionNegotiation,
    policy: &'a Policy,
    exchange: &'a Exchange,
    response: &'a Headers,
    host: &'a dyn Host,
    edits: HeaderMutation,
    #[cfg(feature = "all-codings")]
    capture: Option<crate::dictionary::Capture>,
}

impl Repair<'_> {
    fn settle(mut self) -> Outcome {
        if let Some(variant) = &self.exchange.variant {
            return self.stored(variant);
        }
        match self.response.status() {
            Some(304) => self.not_modified(),
            Some(200..) => match ContentEncoding::of(self.response) {
                ContentEncoding::Known(coding) if self.was_offered(coding) => self.encoded(coding),
                ContentEncoding::Known(_) | ContentEncoding::Other => {
                    self.untouched(Counter::SkippedAlreadyEncoded)
                }
                ContentEncoding::Plain { named } => {
                    if named {
                        self.edit(|edits| edits.remove("content-encoding"));
                    }
                    self.plain()
                }
            },
            // Interim responses and switched protocols have no representation.
            _ => self.pass(),
        }
    }

    fn was_offered(&self, coding: Coding) -> bool {
        coding == self.exchange.chosen || self.policy.prefer.contains(&coding)
    }

    /// RFC 9110 §15.4.5: what a 200 would have had.
    fn not_modified(mut self) -> Outcome {
        let ours = [
            self.exchange.chosen,
            self.config.own_coding(&self.exchange.accept, self.policy),
        ];
        if let (Some(known), Some(etag)) = (&self.exchange.if_none_match, self.response.first("etag"))
            && let Some(own) = self.policy.etag.not_modified(etag, known, &ours)
        {
            self.edit(|edits| edits.set("etag", own));
        }
        self.vary();
        self.debug("not_modified");
        self.pass()
    }

    /// Somebody behind this filter encoded it as asked.
    fn encoded(mut self, coding: Coding) -> Outcome {
        if let Some(counter) = Counter::upstream(coding) {
            counter.count(self.host);
        }
        self.vary();
        self.weaken(coding);
        // With a Content-Length it was stored so; without, it was encoded on its way by one who couldn't know what
        // stands in the digests, and whose bytes come out differently next time.
        if !self.response.contains("content-length") && !self.exchange.is_head {
            self.forget_bytes();
        }
        self.debug(coding.name());
        self.pass()
    }

    fn plain(mut self) -> Outcome {
        if forbids_transformation(self.response.all("cache-control")) {
            self.vary_by_files();
            return self.untouched(Counter::SkippedNoTransform);
        }
        let content_type = self.response.first("content-type").unwrap_or_default();
        if !is_listed(&self.config.content_types, media_type(content_type)) {
            self.vary_by_files();
            return self.untouched(Counter::SkippedContentType);
        }
        #[cfg(feature = "all-codings")]
        self.capture();
        match compress::plan(self.config, self.policy, self.exchange, self.response) {
            Ok(encode) => self.encode(encode),
            Err(reason) => {
                // What encoders behind this one call too small is theirs to know.
                if reason.varies()
                    || reason == Skip::TooSmall && self.config.encode.is_none()
                    || self.policy.precompressed.is_some()
                {
                    self.vary();
                }
                if reason == Skip::Upstream && self.exchange.is_head {
                    self.mirror_get();
                }
                self.untouched(reason.counter())
            }
        }
    }

    fn encode(mut self, encode: Compression) -> Outcome {
        let coding = encode.coding;
        if let Some(counter) = Counter::encoded(coding) {
            counter.count(self.host);
        }
        self.vary();
        self.weaken(coding);
        self.forget_bytes();
        self.edit(|edits| {
            edits
                .set("content-encoding", coding.name())
                .remove("content-length")
        });
        self.debug(coding.name());
        self.outcome(encode.encoding)
    }

    /// Says that clients may keep this as a dictionary, and keeps it too.
    #[cfg(feature = "all-codings")]
    fn capture(&mut self) {
        let (Some(all), Some(offer)) = (&self.config.dictionaries, &self.exchange.offer) else {
            return;
        };
        if let Some((field, capture)) = all.capture(offer, self.response) {
            let field = field.to_owned();
            self.capture = capture.filter(|_| self.config.settings.mode == Mode::Enforce);
            self.edit(|edits| edits.set("use-as-dictionary", field));
        }
    }

    /// A HEAD answered without the encoder that the same GET would meet on its way: what that would change is left
    /// out, as RFC 9110 §9.3.2 lets us.
    fn mirror_get(&mut self) {
        self.weaken(self.exchange.chosen);
        self.edit(|edits| edits.remove("content-length"));
        self.forget_bytes();
    }

    fn weaken(&mut self, coding: Coding) {
        if let Some(etag) = self
            .response
            .first("etag")
            .and_then(|etag| self.policy.etag.encoded(etag, coding))
        {
            self.edit(|edits| edits.set("etag", etag));
        }
    }

    /// Drops what was said of bytes that are no more. `unencoded-digest` is of those that come out again.
    fn forget_bytes(&mut self) {
        for name in [
            "accept-ranges",
            "content-md5",
            "digest",
            "content-digest",
            "repr-digest",
        ] {
            if self.response.contains(name) {
                self.edit(|edits| edits.remove(name));
            }
        }
    }

    fn vary(&mut self) {
        let dictionary = self
            .exchange
            .varies_by_dictionary()
            .then_some("Available-Dictionary");
        let names = self.policy.vary.iter().map(String::as_str).chain(dictionary);
        let mut vary = Vary::parse(self.response.all("vary"));
        if vary.is_any() {
            return;
        }
        let mut changed = false;
        for name in names {
            changed |= vary.add(name.as_bytes());
        }
        if changed {
            self.edit(|edits| edits.set("vary", vary.to_bytes()));
        }
    }

    /// Where files may lie encoded, any response could have been such a file.
    fn vary_by_files(&mut self) {
        if self.policy.precompressed.is_some() {
            self.vary();
        }
    }

    fn debug(&mut self, what: &str) {
        http_filter::explain!(self.host, "coding", "{what}");
        if let Some(name) = &self.config.debug_header {
            let asked = self.exchange.chosen.name();
            let value = [what, "; asked=", asked].concat();
            let name = name.clone();
            self.edit(|edits| edits.set(name, value));
        }
    }

    /// `counter` says why: `skipped_no_transform`.
    fn untouched(mut self, counter: Counter) -> Outcome {
        counter.count(self.host);
        if EXPLAINS || self.config.debug_header.is_some() {
            let name = counter.name();
            let reason = name.strip_prefix("skipped_").unwrap_or(name);
            self.debug(&["identity; reason=", reason].concat());
        }
        self.pass()
    }

    fn pass(self) -> Outcome {
        self.outcome(None)
    }

    fn outcome(self, encoding: Option<CompressedBody>) -> Outcome {
        #[cfg(feature = "all-codings")]
        let reads = encoding.is_some() || self.capture.is_some();
        #[cfg(not(feature = "all-codings"))]
        let reads = encoding.is_some();
        let body = if reads { BodyPlan::Rewrite } else { BodyPlan::Pass };
        Outcome {
            plan: ResponsePlan {
                headers: self.edits,
                body,
            },
            encoding,
            #[cfg(feature = "all-codings")]
            capture: self.capture,
        }
    }

    fn edit(&mut self, edit: impl FnOnce(HeaderMutation) -> HeaderMutation) {
        self.edits = edit(std::mem::take(&mut self.edits));
    }
}
