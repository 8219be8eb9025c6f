pub(crate) mod plain;

use crate::{
    AcceptEncoding, Choice, Coding,
    config::{CompressionNegotiation, policy::Policy},
    counter::Counter,
    document::OnNotAcceptable,
    exchange::Exchange,
    explanation,
    precompressed::{Search, Variant},
    reply::not_acceptable,
    request::plain::must_be_plain,
};
use http_fields::list;
use http_filter::{Changes, EXPLAINS, HeaderMutation, Headers, Host, LocalReply, Mode};

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
        plain.counter().count(host);
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
        if let Some(counter) = Counter::chosen(exchange.chosen) {
            counter.count(host);
        }
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

/// Whether a request changes nothing, so that it may be refused for how its answer would look (RFC 9110 §9.2.1).
fn is_safe(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE")
}

const ACCEPT_ENCODING: &str = "accept-encoding";
