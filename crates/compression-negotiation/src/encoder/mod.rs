//! The encoders: one streaming interface over the codings of this build.

#[cfg(feature = "all-codings")]
pub(crate) mod brotli;
pub(crate) mod failed;
pub(crate) mod gzip;
#[cfg(feature = "all-codings")]
pub(crate) mod zstd;

use crate::{Coding, encoder::failed::EncoderFailed};

/// The codings that this build encodes, in the order in which they are tried where nothing else is said.
pub const ENCODABLE: &[Coding] = if cfg!(feature = "all-codings") {
    &[Coding::Zstd, Coding::Br, Coding::Gzip]
} else {
    &[Coding::Gzip]
};

/// A streaming encoder. What it makes goes to the end of a buffer.
///
/// ```
/// use compression_negotiation::{Coding, Encoder};
/// let mut encoder = Encoder::new(Coding::Gzip, 6, None).expect("gzip is in every build");
/// let mut out = Vec::new();
/// encoder.write(b"hello, hello", &mut out)?;
/// encoder.finish(&mut out)?;
/// assert_eq!(out[..2], [0x1f, 0x8b]);
/// # Ok::<(), compression_negotiation::EncoderFailed>(())
/// ```
pub struct Encoder(Inner);

enum Inner {
    Gzip(gzip::Gzip),
    #[cfg(feature = "all-codings")]
    Zstd(Box<zstd::Zstd>),
    #[cfg(feature = "all-codings")]
    Brotli(Box<brotli::Brotli>),
}

impl Encoder {
    /// An encoder for a body of `length` bytes, if that is known. `None` where this build has none for the coding.
    pub fn new(coding: Coding, level: u8, length: Option<u64>) -> Option<Self> {
        match coding {
            Coding::Gzip => Some(Self(Inner::Gzip(gzip::Gzip::new(level, length)))),
            #[cfg(feature = "all-codings")]
            Coding::Zstd => zstd::Zstd::new(level, length).map(|zstd| Self(Inner::Zstd(Box::new(zstd)))),
            #[cfg(feature = "all-codings")]
            Coding::Br => Some(Self(Inner::Brotli(Box::new(brotli::Brotli::new(level, length))))),
            _ => None,
        }
    }

    /// An encoder of `dcz`: zstd behind a header, with a dictionary (RFC 9842 §5). `hash` is its SHA-256.
    #[cfg(feature = "all-codings")]
    pub fn with_dictionary(
        level: u8,
        length: Option<u64>,
        dictionary: &[u8],
        hash: &[u8; 32],
    ) -> Option<Self> {
        zstd::Zstd::with_dictionary(level, length, dictionary, hash)
            .map(|zstd| Self(Inner::Zstd(Box::new(zstd))))
    }

    /// About how many bytes of memory an encoder takes.
    pub fn memory(coding: Coding, level: u8, length: Option<u64>) -> usize {
        #[cfg(not(feature = "all-codings"))]
        let _: u8 = level;
        match coding {
            Coding::Gzip => gzip::Gzip::memory(length),
            #[cfg(feature = "all-codings")]
            Coding::Zstd | Coding::Dcz => zstd::Zstd::memory(level, length),
            #[cfg(feature = "all-codings")]
            Coding::Br => brotli::Brotli::memory(level, length),
            _ => 0,
        }
    }

    /// Encodes `chunk`. Some of it may stay inside until [`Encoder::flush`] or [`Encoder::finish`].
    ///
    /// # Errors
    /// [`EncoderFailed`].
    pub fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        match &mut self.0 {
            Inner::Gzip(gzip) => gzip.write(chunk, out),
            #[cfg(feature = "all-codings")]
            Inner::Zstd(zstd) => zstd.write(chunk, out),
            #[cfg(feature = "all-codings")]
            Inner::Brotli(brotli) => brotli.write(chunk, out),
        }
    }

    /// Pushes out everything written so far, so that a decoder sees it.
    ///
    /// # Errors
    /// [`EncoderFailed`].
    pub fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        match &mut self.0 {
            Inner::Gzip(gzip) => gzip.flush(out),
            #[cfg(feature = "all-codings")]
            Inner::Zstd(zstd) => zstd.flush(out),
            #[cfg(feature = "all-codings")]
            Inner::Brotli(brotli) => brotli.flush(out),
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// [`EncoderFailed`].
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        match self.0 {
            Inner::Gzip(gzip) => gzip.finish(out),
            #[cfg(feature = "all-codings")]
            Inner::Zstd(zstd) => zstd.finish(out),
            #[cfg(feature = "all-codings")]
            Inner::Brotli(brotli) => brotli.finish(out),
        }
    }

    /// Stops trying: what follows is stored as it is, where the coding can change its mind. It costs a flush. Returns
    /// whether it did. Brotli and zstd can't be told, and find out block by block.
    ///
    /// # Errors
    /// [`EncoderFailed`].
    pub fn store(&mut self, out: &mut Vec<u8>) -> Result<bool, EncoderFailed> {
        match &mut self.0 {
            Inner::Gzip(gzip) => gzip.store(out).map(|()| true),
            #[cfg(feature = "all-codings")]
            Inner::Zstd(_) | Inner::Brotli(_) => Ok(false),
        }
    }
}
