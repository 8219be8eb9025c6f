//! The counters, all of them.

use crate::Coding;

http_filter::counters! {
    /// The filter's counters, and the details of its reply.
    #[cfg_attr(
        not(feature = "all-codings"),
        allow(dead_code, reason = "dictionaries are in the build with all codings")
    )]
    pub(crate) struct Counter {
        /// Requests for which `zstd` was chosen.
        ChosenZstd = "chosen_zstd",
        /// Requests for which `br` was chosen.
        ChosenBr = "chosen_br",
        /// Requests for which `gzip` was chosen.
        ChosenGzip = "chosen_gzip",
        /// Requests for which `dcz` was chosen.
        ChosenDcz = "chosen_dcz",
        /// Requests for which `identity` was chosen.
        ChosenIdentity = "chosen_identity",
        /// Responses that came back in `zstd`.
        UpstreamZstd = "upstream_zstd",
        /// Responses that came back in `br`.
        UpstreamBr = "upstream_br",
        /// Responses that came back in `gzip`.
        UpstreamGzip = "upstream_gzip",
        /// Responses that came back in `dcz`.
        UpstreamDcz = "upstream_dcz",
        /// Responses that are files which lie in `zstd`.
        StoredZstd = "stored_zstd",
        /// Responses that are files which lie in `br`.
        StoredBr = "stored_br",
        /// Responses that are files which lie in `gzip`.
        StoredGzip = "stored_gzip",
        /// Responses encoded here in `zstd`.
        EncodedZstd = "encoded_zstd",
        /// Responses encoded here in `br`.
        EncodedBr = "encoded_br",
        /// Responses encoded here in `gzip`.
        EncodedGzip = "encoded_gzip",
        /// Responses encoded here in `dcz`.
        EncodedDcz = "encoded_dcz",
        /// Bytes into the encoders of `zstd`.
        BytesBeforeZstd = "bytes_before_zstd",
        /// Bytes into the encoders of `br`.
        BytesBeforeBr = "bytes_before_br",
        /// Bytes into the encoders of `gzip`.
        BytesBeforeGzip = "bytes_before_gzip",
        /// Bytes into the encoders of `dcz`.
        BytesBeforeDcz = "bytes_before_dcz",
        /// Bytes out of the encoders of `zstd`.
        BytesAfterZstd = "bytes_after_zstd",
        /// Bytes out of the encoders of `br`.
        BytesAfterBr = "bytes_after_br",
        /// Bytes out of the encoders of `gzip`.
        BytesAfterGzip = "bytes_after_gzip",
        /// Bytes out of the encoders of `dcz`.
        BytesAfterDcz = "bytes_after_dcz",
        /// Requests for a part.
        PlainRange = "plain_range",
        /// Requests with `no-transform`.
        PlainNoTransformRequest = "plain_no_transform_request",
        /// Requests whose response a stranger could measure.
        PlainBreachGuard = "plain_breach_guard",
        /// Nobody behind this filter encoded.
        SkippedUpstreamPlain = "skipped_upstream_plain",
        /// Client or configuration want it plain.
        SkippedIdentity = "skipped_identity",
        /// The status has no body, or is not listed.
        SkippedStatus = "skipped_status",
        /// It is a part.
        SkippedRange = "skipped_range",
        /// It is shorter than is worth it.
        SkippedTooSmall = "skipped_too_small",
        /// It is coded for the transfer already.
        SkippedTransferCoded = "skipped_transfer_coded",
        /// Trailers may follow.
        SkippedTrailers = "skipped_trailers",
        /// The memory of the encoders is used up.
        SkippedMemory = "skipped_memory",
        /// The encoder can not be made.
        SkippedEncoder = "skipped_encoder",
        /// It has another coding, or several.
        SkippedAlreadyEncoded = "skipped_already_encoded",
        /// It says `no-transform`.
        SkippedNoTransform = "skipped_no_transform",
        /// Its media type is not listed.
        SkippedContentType = "skipped_content_type",
        /// HEAD requests for files.
        PrecompressedChecks = "precompressed_checks",
        /// Those that were not answered.
        PrecompressedCheckFailed = "precompressed_check_failed",
        /// Searches that went without asking.
        PrecompressedPaused = "precompressed_paused",
        /// Files that are there no more.
        PrecompressedGone = "precompressed_gone",
        /// Responses that became dictionaries.
        DictionaryKept = "dictionary_kept",
        /// Requests that name a dictionary that is here.
        DictionaryFound = "dictionary_found",
        /// Requests that name another.
        DictionaryUnknown = "dictionary_unknown",
        /// Encoders that were given up since the body did not shrink.
        BailedOut = "bailed_out",
        /// Encoders that failed.
        EncoderFailed = "encoder_failed",
        /// Bodies that trailers cut off.
        CutOff = "cut_off",
        /// Replies: nothing on offer is acceptable.
        NotAcceptable = "not_acceptable",
    }
}

/// Those that there is one of for each coding, in the order of [`Coding`].
impl Counter {
    /// Requests for which the coding was chosen.
    pub(crate) fn chosen(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[
            Counter::ChosenZstd,
            Counter::ChosenBr,
            Counter::ChosenGzip,
            Counter::ChosenDcz,
            Counter::ChosenIdentity,
        ];
        COUNTERS.get(coding.index()).copied()
    }

    /// Responses that came back in the coding.
    pub(crate) fn upstream(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[
            Counter::UpstreamZstd,
            Counter::UpstreamBr,
            Counter::UpstreamGzip,
            Counter::UpstreamDcz,
        ];
        COUNTERS.get(coding.index()).copied()
    }

    /// Responses that are files which lie in the coding.
    pub(crate) fn stored(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[Counter::StoredZstd, Counter::StoredBr, Counter::StoredGzip];
        COUNTERS.get(coding.index()).copied()
    }

    /// Responses encoded here in the coding.
    pub(crate) fn encoded(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[
            Counter::EncodedZstd,
            Counter::EncodedBr,
            Counter::EncodedGzip,
            Counter::EncodedDcz,
        ];
        COUNTERS.get(coding.index()).copied()
    }

    /// Bytes into the encoders of the coding.
    pub(crate) fn bytes_before(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[
            Counter::BytesBeforeZstd,
            Counter::BytesBeforeBr,
            Counter::BytesBeforeGzip,
            Counter::BytesBeforeDcz,
        ];
        COUNTERS.get(coding.index()).copied()
    }

    /// Bytes out of the encoders of the coding.
    pub(crate) fn bytes_after(coding: Coding) -> Option<Self> {
        const COUNTERS: &[Counter] = &[
            Counter::BytesAfterZstd,
            Counter::BytesAfterBr,
            Counter::BytesAfterGzip,
            Counter::BytesAfterDcz,
        ];
        COUNTERS.get(coding.index()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_those_of_their_codings() {
        for coding in [Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Dcz] {
            for counter in [
                Counter::chosen,
                Counter::upstream,
                Counter::encoded,
                Counter::bytes_after,
            ] {
                let counter = counter(coding).map(Counter::name).unwrap_or_default();
                assert!(counter.ends_with(coding.name()), "{coding}: {counter}");
            }
        }
        assert_eq!(Counter::chosen(Coding::Identity), Some(Counter::ChosenIdentity));
        assert_eq!(Counter::stored(Coding::Dcz), None);
    }

    #[test]
    fn the_readme_lists_them() {
        http_filter_test::assert_counters(
            include_str!("../README.md"),
            Counter::NAMES,
            ["route_override_invalid"],
        );
    }
}
