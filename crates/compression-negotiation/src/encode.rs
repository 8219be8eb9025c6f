//! Whether and how this filter encodes a response itself.

use crate::{
    AcceptEncoding, Choice, Coding, CompressionNegotiation, ENCODABLE, Encoder,
    budget::Budget,
    content_type::EVENT_STREAM,
    encode_config::{EncodeDocument, Flush, Levels, Trailers},
    encoding::Encoding,
    policy::{self, Policy},
    request::Exchange,
};
use http_fields::{MediaRange, media_type};
use http_filter::{ConfigError, Headers, Mode};

/// The encoder's settings, compiled.
#[derive(Debug)]
pub(crate) struct EncodeSettings {
    pub gzip: Levels,
    pub zstd: Levels,
    pub br: Levels,
    pub types: Vec<(Vec<MediaRange>, Vec<Coding>)>,
    pub flush: Flush,
    pub trailers: Trailers,
    pub budget: Budget,
}

impl EncodeSettings {
    /// Compiles a document. A route's override shares the plugin's memory budget.
    pub(crate) fn compile(document: EncodeDocument, budget: Option<Budget>) -> Result<Self, ConfigError> {
        for (given, coding) in [(&document.zstd, Coding::Zstd), (&document.br, Coding::Br)] {
            if given.is_some() && !ENCODABLE.contains(&coding) {
                return Err(ConfigError::new(
                    ["encode.", coding.name()].concat(),
                    "a coding that this build of the filter can't encode",
                    "gzip only, or the build with all codings",
                ));
            }
        }
        let mut types = Vec::with_capacity(document.types.len());
        for (index, rule) in document.types.into_iter().enumerate() {
            let path = ["encode.types[", &index.to_string(), "]"].concat();
            if rule.content_types.is_empty() {
                let path = path + ".content_types";
                return Err(ConfigError::new(path, "an empty list", "at least one media type"));
            }
            let prefer = policy::checked(rule.prefer.0, &(path.clone() + ".prefer"))?;
            if let Some(coding) = prefer
                .iter()
                .find(|coding| **coding != Coding::Identity && !ENCODABLE.contains(coding))
            {
                let expected = "codings that this build of the filter can encode";
                return Err(ConfigError::new(path + ".prefer", coding, expected));
            }
            types.push((rule.content_types.0, prefer));
        }
        let memory = document.memory.map_or(DEFAULT_MEMORY, |size| {
            usize::try_from(size.bytes()).unwrap_or(usize::MAX)
        });
        Ok(Self {
            gzip: Levels::compile(document.gzip.as_ref(), Coding::Gzip, 6, (1, 9))?,
            zstd: Levels::compile(document.zstd.as_ref(), Coding::Zstd, 3, (1, 19))?,
            br: Levels::compile(document.br.as_ref(), Coding::Br, 4, (0, 11))?,
            types,
            flush: document.flush,
            trailers: document.trailers,
            budget: budget.unwrap_or_else(|| Budget::new(memory)),
        })
    }

    pub(crate) fn level(&self, coding: Coding, length: Option<u64>) -> u8 {
        match coding {
            Coding::Br => self.br.level(length),
            Coding::Gzip => self.gzip.level(length),
            _ => self.zstd.level(length),
        }
    }
}

/// Why a plain response that would be worth it isn't encoded here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skip {
    /// The filter only negotiates, and nobody behind it encoded.
    Upstream,
    /// The client, or the configuration, wants it plain.
    Identity,
    /// The status has no body, or isn't listed.
    Status,
    /// It is a part (RFC 9110 §14.4).
    Range,
    /// It is shorter than is worth it.
    TooSmall,
    /// It is coded for the transfer already.
    TransferCoded,
    /// It says, or the request asked for it, that trailers follow, or they may.
    Trailers,
    /// The encoders' memory is used up.
    Memory,
    /// The encoder can't be made.
    Encoder,
}

impl Skip {
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::Upstream => "skipped_upstream_plain",
            Self::Identity => "skipped_identity",
            Self::Status => "skipped_status",
            Self::Range => "skipped_range",
            Self::TooSmall => "skipped_too_small",
            Self::TransferCoded => "skipped_transfer_coded",
            Self::Trailers => "skipped_trailers",
            Self::Memory => "skipped_memory",
            Self::Encoder => "skipped_encoder",
        }
    }

    /// Whether another request for the same could have been answered with an encoded response.
    pub(crate) const fn varies(self) -> bool {
        !matches!(self, Self::Status | Self::TooSmall | Self::TransferCoded)
    }
}

/// A response that is encoded here.
pub(crate) struct Encode {
    pub coding: Coding,
    /// Where its body goes through; `None` where none comes: for a HEAD, and in shadow mode.
    pub encoding: Option<Encoding>,
}

/// Decides whether a plain response of a listed type is encoded here.
pub(crate) fn plan(
    config: &CompressionNegotiation,
    policy: &Policy,
    exchange: &Exchange,
    response: &Headers,
) -> Result<Encode, Skip> {
    let length = content_length(response);
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
        return Ok(Encode {
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
    Ok(Encode {
        coding,
        encoding: Some(Encoding::new(encoder, coding, flush, length, memory)),
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

/// The best of `prefer` that this build encodes and the client accepts.
pub(crate) fn best_encodable(prefer: &[Coding], policy: &Policy, accept: &AcceptEncoding) -> Option<Coding> {
    let can = |coding: &Coding| ENCODABLE.contains(coding);
    if !accept.is_present() {
        return Some(policy.default_coding).filter(can);
    }
    let mut offered = [Coding::Identity; Coding::COUNT];
    let mut count = 0;
    for (slot, coding) in offered.iter_mut().zip(
        prefer
            .iter()
            .filter(|coding| can(coding) || **coding == Coding::Identity),
    ) {
        *slot = *coding;
        count += 1;
    }
    match accept.choose(offered.get(..count).unwrap_or_default()) {
        Choice::Coding(coding) => Some(coding),
        _ => None,
    }
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

/// Content-Length, where it is one number (RFC 9110 §8.6).
pub(crate) fn content_length(response: &Headers) -> Option<u64> {
    http_fields::content_length(response.single("content-length").ok()??)
}

/// Some two hundred gzip encoders, or thirty of brotli, at a time.
const DEFAULT_MEMORY: usize = 64 << 20;
