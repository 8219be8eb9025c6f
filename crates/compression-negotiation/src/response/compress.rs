//! Whether and how this filter encodes a response itself.

use crate::{
    Coding, Encoder,
    config::{
        CompressionNegotiation, content_type::EVENT_STREAM, encode::EncodeSettings,
        own_coding::best_encodable, policy::Policy,
    },
    document::encode::{Flush, Trailers},
    exchange::Exchange,
    response::{compressed_body::CompressedBody, skip::Skip},
};
use http_fields::media_type;
use http_filter::{Headers, Mode};

/// A response that is encoded here.
pub(crate) struct Compression {
    pub coding: Coding,
    /// Where its body goes through; `None` where none comes: for a HEAD, and in shadow mode.
    pub encoding: Option<CompressedBody>,
}

/// Decides whether a plain response of a listed type is encoded here.
pub(crate) fn plan(
    config: &CompressionNegotiation,
    policy: &Policy,
    exchange: &Exchange,
    response: &Headers,
) -> Result<Compression, Skip> {
    let length = response.content_length();
    let status = response.status().unwrap_or_default();
    // RFC 9110 §15.3.5, §15.3.6: no content; §15.3.7: a part.
    if matches!(status, 204 | 205) || !config.statuses.iter().any(|pattern| pattern.matches(status)) {
        return Err(Skip::Status);
    }
    if status == 206 || response.contains("content-range") {
        return Err(Skip::Range);
    }
    // Encoders behind this one have a least length of their own; only what a HEAD is put right for goes by this one.
    let is_small = length.is_some_and(|length| length < config.min_length);
    if is_small && (config.encode.is_some() || exchange.is_head) {
        return Err(Skip::TooSmall);
    }
    let Some(settings) = &config.encode else {
        return Err(match exchange.chosen {
            Coding::Identity => Skip::Identity,
            _ => Skip::Upstream,
        });
    };
    if response.contains("transfer-encoding") && !is_chunked_only(response) {
        return Err(Skip::TransferCoded);
    }
    if exchange.plain.is_some() {
        return Err(Skip::Identity);
    }
    #[cfg(feature = "all-codings")]
    let dictionary = exchange
        .offer
        .as_ref()
        .filter(|_| exchange.chosen == Coding::Dcz)
        .and_then(|offer| offer.usable(response));
    #[cfg(feature = "all-codings")]
    let coding = match dictionary {
        Some(_) => Some(Coding::Dcz),
        None => coding_for(settings, policy, exchange, response),
    };
    #[cfg(not(feature = "all-codings"))]
    let coding = coding_for(settings, policy, exchange, response);
    let coding = coding.ok_or(Skip::Identity)?;
    if length.is_none() && !exchange.is_head && trailers_may_follow(settings.trailers, exchange, response) {
        return Err(Skip::Trailers);
    }
    if !exchange.is_head && response.end_of_stream() {
        return Err(Skip::TooSmall);
    }
    if exchange.is_head || config.settings.mode == Mode::Shadow {
        return Ok(Compression {
            coding,
            encoding: None,
        });
    }
    let level = settings.level(coding, length);
    let bytes = Encoder::memory(coding, level, length);
    #[cfg(feature = "all-codings")]
    let bytes = bytes + 2 * dictionary.map_or(0, |dictionary| dictionary.bytes.len());
    let memory = settings.budget.reserve(bytes).ok_or(Skip::Memory)?;
    #[cfg(feature = "all-codings")]
    let encoder = match dictionary {
        Some(dictionary) => Encoder::with_dictionary(level, length, &dictionary.bytes, &dictionary.hash),
        None => Encoder::new(coding, level, length),
    };
    #[cfg(not(feature = "all-codings"))]
    let encoder = Encoder::new(coding, level, length);
    let encoder = encoder.ok_or(Skip::Encoder)?;
    let flush = match settings.flush {
        Flush::Always => true,
        Flush::Auto => length.is_none(),
        Flush::Never => is_event_stream(response),
    };
    Ok(Compression {
        coding,
        encoding: Some(CompressedBody::new(encoder, coding, flush, length, memory)),
    })
}

/// Events are sent one by one, to be seen one by one.
fn is_event_stream(response: &Headers) -> bool {
    response
        .first("content-type")
        .is_some_and(|value| media_type(value).eq_ignore_ascii_case(EVENT_STREAM.as_bytes()))
}

/// The coding of this build that suits the client best, in the order for this media type.
fn coding_for(
    settings: &EncodeSettings,
    policy: &Policy,
    exchange: &Exchange,
    response: &Headers,
) -> Option<Coding> {
    let media_type = media_type(response.first("content-type").unwrap_or_default());
    let prefer = settings
        .types
        .iter()
        .find(|(patterns, _)| patterns.iter().any(|pattern| pattern.matches(media_type)))
        .map_or(policy.prefer.as_slice(), |(_, prefer)| prefer.as_slice());
    best_encodable(prefer, policy, &exchange.accept)
}

/// Behind trailers no encoder can be finished, unless the body's end is known by its length.
fn trailers_may_follow(trailers: Trailers, exchange: &Exchange, response: &Headers) -> bool {
    response.contains("trailer")
        || response.is_grpc()
        || trailers == Trailers::MayFollow && (exchange.takes_trailers || !is_chunked_only(response))
}

/// Whether the response came in HTTP/1.1 chunks: Envoy shows the field to filters, and drops it behind them.
fn is_chunked_only(response: &Headers) -> bool {
    response
        .single("transfer-encoding")
        .is_ok_and(|value| value.is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"chunked")))
}
