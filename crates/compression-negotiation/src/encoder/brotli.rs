use crate::encoder::failed::EncoderFailed;
use brotli::CompressorWriter;
use std::io::Write;

/// Brotli (RFC 7932) by the `brotli` crate.
pub(crate) struct Brotli(CompressorWriter<Vec<u8>>);

impl Brotli {
    pub(crate) fn new(level: u8, length: Option<u64>) -> Self {
        Self(CompressorWriter::new(
            Vec::new(),
            BUFFER,
            u32::from(level),
            window_bits(length),
        ))
    }

    /// Ring buffer, input copies and hashers: an estimate, rounded up.
    pub(crate) fn memory(level: u8, length: Option<u64>) -> usize {
        let window = 1usize << window_bits(length);
        match level {
            0..=1 => window * 3 + (512 << 10),
            2..=4 => window * 4 + (2 << 20),
            5..=9 => window * 4 + (4 << 20),
            _ => window * 32 + (8 << 20),
        }
    }

    pub(crate) fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.0.write_all(chunk).map_err(|_| EncoderFailed)?;
        out.append(self.0.get_mut());
        Ok(())
    }

    pub(crate) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.0.flush().map_err(|_| EncoderFailed)?;
        out.append(self.0.get_mut());
        Ok(())
    }

    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        out.append(&mut self.0.into_inner());
        Ok(())
    }
}

/// A window as large as the body, between 1 KiB and 256 KiB.
fn window_bits(length: Option<u64>) -> u32 {
    length
        .map_or(18, |length| 64 - length.saturating_sub(1).leading_zeros())
        .clamp(10, 18)
}

const BUFFER: usize = 4096;
