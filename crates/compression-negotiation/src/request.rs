use crate::{
    AcceptEncoding, Choice, Coding, CompressionNegotiation,
    config::OnNotAcceptable,
    counters, explanation,
    plain::{Plain, must_be_plain},
    policy::Policy,
    precompressed::{Search, Variant},
};
use http_fields::list;
use http_filter::{Changes, EXPLAINS, HeaderMutation, Headers, Host, LocalReply, Mode, Problem};

/// What was agreed with the client, for the response.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Which of the configuration's policies holds.
    pub policy: usize,
    pub accept: AcceptEncoding,
    /// What was chosen, and the upstream asked for if it could do it.
    pub chosen: Coding,
    /// Why the response must be plain, whatever the client accepts.
    pub plain: Option<Plain>,
    pub is_head: bool,
    /// Whether the request says that it takes trailers (`te: trailers`).
    pub takes_trailers: bool,
    /// The client's own If-None-Match, where the upstream gets another.
    pub if_none_match: Option<Vec<u8>>,
    /// The encoded file that is asked for in place of the plain one.
    pub variant: Option<Variant>,
    /// What dictionaries mean for this request.
    #[cfg(feature = "all-codings")]
    pub offer: Option<crate::dictionary::Offer>,
}

impl Exchange {
    /// Whether the upstream must send plain bytes: they become a dictionary, or are encoded with one.
    fn needs_plain(&self) -> bool {
        #[cfg(feature = "all-codings")]
        return self.offer.as_ref().is_some_and(|offer| offer.needs_plain());
        #[cfg(not(feature = "all-codings"))]
        false
    }

    /// Whether the response depends on which dictionary the client has.
    pub(crate) fn varies_by_dictionary(&self) -> bool {
        #[cfg(feature = "all-codings")]
        return self.offer.as_ref().is_some_and(|offer| offer.varies);
        #[cfg(not(feature = "all-codings"))]
        false
    }
}

/// What was agreed, before anything is asked of the upstream.
pub(crate) struct Agreed {
    exchange: Exchange,
    edits: HeaderMutation,
}

/// Decides about a request; `Err` is the 406.
pub(crate) fn negotiate(
    config: &CompressionNegotiation,
    request: &Headers,
    host: &dyn Host,
) -> Result<Agreed, LocalReply> {
    let index = config.policies.find(request);
    let policy = config.policies.at(index);
    let accept = AcceptEncoding::parse(request.all(ACCEPT_ENCODING));
    let choice = if accept.is_present() {
        accept.choose(&policy.prefer)
    } else if policy.default_coding == Coding::Identity {
        Choice::Identity
    } else {
        Choice::Coding(policy.default_coding)
    };
    let mut chosen = match choice {
        Choice::Coding(coding) => coding,
        Choice::NotAcceptable
            if policy.on_not_acceptable == OnNotAcceptable::Reject && is_safe(request.method()) =>
        {
            return Err(not_acceptable(policy));
        }
        Choice::Identity | Choice::NotAcceptable => Coding::Identity,
    };
    let mut edits = HeaderMutation::default();
    let plain = if chosen == Coding::Identity {
        None
    } else {
        must_be_plain(policy, request, &accept, &mut edits)
    };
    if let Some(plain) = plain {
        host.count(plain.slug(), 1);
        chosen = Coding::Identity;
    }
    #[cfg(feature = "all-codings")]
    let offer = config
        .dictionaries
        .as_ref()
        .map(|all| all.offer(request, &accept, host));
    #[cfg(feature = "all-codings")]
    if let Some(offer) = &offer
        && plain.is_none()
        && offer.dictionary.is_some()
        && accept.weight(Coding::Dcz) >= accept.weight(chosen)
    {
        chosen = Coding::Dcz;
    }
    if EXPLAINS {
        explanation::say(policy, &accept, index, chosen, plain, host);
    }
    let exchange = Exchange {
        policy: index,
        accept,
        chosen,
        plain,
        is_head: request.method() == b"HEAD",
        takes_trailers: request.all("te").any(|value| has_token(value, b"trailers")),
        if_none_match: None,
        variant: None,
        #[cfg(feature = "all-codings")]
        offer,
    };
    Ok(Agreed { exchange, edits })
}

impl Agreed {
    /// The search for an encoded file, where there may be one.
    pub(crate) fn search(&self, config: &CompressionNegotiation, request: &Headers) -> Option<Search> {
        let Exchange {
            policy,
            accept,
            chosen,
            ..
        } = &self.exchange;
        let policy = config.policies.at(*policy);
        // In shadow mode nothing may wait.
        if policy.precompressed.is_none()
            || *chosen == Coding::Identity
            || config.settings.mode == Mode::Shadow
            || self.exchange.needs_plain()
        {
            return None;
        }
        Search::new(policy, request, accept, *chosen)
    }

    /// What goes upstream: a request for the encoded file, or one that asks for the coding chosen.
    pub(crate) fn settle(
        self,
        config: &CompressionNegotiation,
        request: &Headers,
        variant: Option<Variant>,
        host: &dyn Host,
    ) -> (Exchange, Changes) {
        let Self {
            mut exchange,
            mut edits,
        } = self;
        if let Some(variant) = &variant {
            exchange.chosen = variant.coding;
        }
        host.count(counters::chosen(exchange.chosen), 1);
        // A file that is encoded already must not be encoded again, and what else makes dictionaries needs plain bytes.
        let asked = if variant.is_some() || exchange.needs_plain() {
            Coding::Identity
        } else {
            exchange.chosen
        };
        if asks_otherwise(request, asked) {
            edits = edits.set(ACCEPT_ENCODING, asked.name());
        }
        let Some(variant) = variant else {
            let policy = config.policies.at(exchange.policy);
            exchange.if_none_match = rewrite_conditions(
                config,
                policy,
                &exchange.accept,
                request,
                exchange.chosen,
                &mut edits,
            );
            return (exchange, Changes::default().headers(edits));
        };
        // As Envoy itself does where a route rewrites a path; its access log's default format shows it.
        let edits = edits
            .set("x-envoy-original-path", variant.target.clone())
            .set(":path", variant.own_target());
        exchange.variant = Some(variant);
        (exchange, Changes::default().headers(edits).reroute())
    }
}

/// Whether a list-based field value has a member, parameters aside.
pub(crate) fn has_token(value: &[u8], token: &[u8]) -> bool {
    list::members(value).any(|member| list::parameters(member).0.eq_ignore_ascii_case(token))
}

/// Whether this request is none whose response this filter may touch: a tunnel, another protocol, or gRPC, which
/// compresses by message.
pub(crate) fn is_out_of_reach(request: &Headers) -> bool {
    request.method() == b"CONNECT" || request.contains("upgrade") || request.is_grpc_call()
}

/// Whether the upstream would read anything but `chosen`. An absent field is left absent where nothing is wanted.
fn asks_otherwise(request: &Headers, chosen: Coding) -> bool {
    match request.single(ACCEPT_ENCODING) {
        Ok(None) => chosen != Coding::Identity,
        Ok(Some(value)) => value != chosen.name().as_bytes(),
        Err(_) => true,
    }
}

/// Translates entity tags that this filter gave out into the upstream's own. Returns the client's If-None-Match where
/// it was translated.
fn rewrite_conditions(
    config: &CompressionNegotiation,
    policy: &Policy,
    accept: &AcceptEncoding,
    request: &Headers,
    chosen: Coding,
    edits: &mut HeaderMutation,
) -> Option<Vec<u8>> {
    let ours = [chosen, config.own_coding(accept, policy)];
    if let Some(value) = request.combined("if-match")
        && let Some(translated) = policy.etag.if_match(&value, &ours)
    {
        *edits = std::mem::take(edits).set("if-match", translated);
    }
    let value = request.combined("if-none-match")?;
    let translated = policy.etag.if_none_match(&value, &ours)?;
    *edits = std::mem::take(edits).set("if-none-match", translated);
    Some(value.into_owned())
}

fn not_acceptable(policy: &Policy) -> LocalReply {
    let offered: Vec<&str> = policy.prefer.iter().map(|coding| coding.name()).collect();
    Problem::new(
        406,
        "not_acceptable",
        "None of the content codings on offer is acceptable",
    )
    .extension("offered", offered)
    .into_reply()
    .header("vary", policy.vary.join(", "))
}

/// Whether a request changes nothing, so that it may be refused for how its answer would look (RFC 9110 §9.2.1).
fn is_safe(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE")
}

const ACCEPT_ENCODING: &str = "accept-encoding";
