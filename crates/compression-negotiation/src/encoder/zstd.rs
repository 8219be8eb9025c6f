use crate::encoder::failed::EncoderFailed;
use structured_zstd::encoding::{CompressionContext, CompressionLevel};

/// zstd (RFC 8878) by structured-zstd.
pub(crate) struct Zstd {
    context: CompressionContext,
    /// What stands before the first frame.
    header: Vec<u8>,
}

impl Zstd {
    pub(crate) fn new(level: u8, length: Option<u64>) -> Option<Self> {
        let mut context = CompressionContext::new(CompressionLevel::Level(i32::from(level)));
        if let Some(length) = length {
            // A hint, not a promise: it sizes the tables, and the frame stays valid should the body differ.
            context.set_source_size_hint(length).ok()?;
        }
        Some(Self {
            context,
            header: Vec::new(),
        })
    }

    pub(crate) fn with_dictionary(
        level: u8,
        length: Option<u64>,
        dictionary: &[u8],
        hash: &[u8; 32],
    ) -> Option<Self> {
        let mut zstd = Self::new(level, length)?;
        zstd.context.set_dictionary_from_bytes(dictionary).ok()?;
        zstd.context.set_dictionary_id_flag(false).ok()?;
        zstd.header = [DCZ_MAGIC, hash.as_slice()].concat();
        Some(zstd)
    }

    /// Window, tables and block buffers: an estimate, rounded up.
    pub(crate) fn memory(level: u8, length: Option<u64>) -> usize {
        let most = match level {
            0..=2 => 2 << 20,
            3..=9 => 6 << 20,
            10..=15 => 16 << 20,
            _ => 48 << 20,
        };
        let needed = length.map_or(u64::MAX, |length| {
            length.saturating_mul(6).saturating_add(512 << 10)
        });
        usize::try_from(needed).unwrap_or(usize::MAX).min(most)
    }

    pub(crate) fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        out.append(&mut self.header);
        let mut rest = chunk;
        while !rest.is_empty() {
            let taken = self.context.write(out, rest).map_err(|_| EncoderFailed)?;
            rest = rest.get(taken..).filter(|_| taken > 0).ok_or(EncoderFailed)?;
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        out.append(&mut self.header);
        self.context.flush(out).map_err(|_| EncoderFailed)
    }

    pub(crate) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        out.append(&mut self.header);
        self.context.finish_frame(out).map_err(|_| EncoderFailed)
    }
}

/// A skippable frame of 32 bytes, which hold the dictionary's hash (RFC 9842 §5).
const DCZ_MAGIC: &[u8] = &[0x5e, 0x2a, 0x4d, 0x18, 0x20, 0x00, 0x00, 0x00];
