//! The counters that there is one of for each coding.

use crate::Coding;

/// Requests that it was chosen for.
pub(crate) const fn chosen(coding: Coding) -> &'static str {
    match coding {
        Coding::Zstd => "chosen_zstd",
        Coding::Br => "chosen_br",
        Coding::Gzip => "chosen_gzip",
        Coding::Dcz => "chosen_dcz",
        Coding::Identity => "chosen_identity",
    }
}

/// Responses that came back so.
pub(crate) const fn upstream(coding: Coding) -> &'static str {
    match coding {
        Coding::Zstd => "upstream_zstd",
        Coding::Br => "upstream_br",
        Coding::Gzip => "upstream_gzip",
        Coding::Dcz => "upstream_dcz",
        Coding::Identity => "upstream_identity",
    }
}

/// Responses that are files which lie so.
pub(crate) const fn stored(coding: Coding) -> &'static str {
    match coding {
        Coding::Zstd => "stored_zstd",
        Coding::Br => "stored_br",
        Coding::Gzip => "stored_gzip",
        Coding::Dcz => "stored_dcz",
        Coding::Identity => "stored_identity",
    }
}

/// Responses encoded here.
pub(crate) const fn encoded(coding: Coding) -> &'static str {
    match coding {
        Coding::Zstd => "encoded_zstd",
        Coding::Br => "encoded_br",
        Coding::Gzip => "encoded_gzip",
        Coding::Dcz => "encoded_dcz",
        Coding::Identity => "encoded_identity",
    }
}

/// Bytes into the encoder, and out of it.
pub(crate) const fn bytes(coding: Coding) -> (&'static str, &'static str) {
    match coding {
        Coding::Zstd => ("bytes_before_zstd", "bytes_after_zstd"),
        Coding::Br => ("bytes_before_br", "bytes_after_br"),
        Coding::Gzip => ("bytes_before_gzip", "bytes_after_gzip"),
        Coding::Dcz => ("bytes_before_dcz", "bytes_after_dcz"),
        Coding::Identity => ("bytes_before_identity", "bytes_after_identity"),
    }
}
