use super::EncoderFailed;
use flate2::{Compress, Compression, FlushCompress, Status};

/// gzip (RFC 1952) by zlib-rs.
pub(super) struct Gzip(Compress);

impl Gzip {
    pub(super) fn new(level: u8, length: Option<u64>) -> Self {
        Self(Compress::new_gzip(
            Compression::new(u32::from(level)),
            window_bits(length),
        ))
    }

    /// The window twice and its chains; hash heads and pending output are always the same size.
    pub(super) fn memory(length: Option<u64>) -> usize {
        (4 << window_bits(length)) + 208 * 1024
    }

    pub(super) fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.run(chunk, FlushCompress::None, out)
    }

    pub(super) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.run(&[], FlushCompress::Sync, out)
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.run(&[], FlushCompress::Finish, out)
    }

    pub(super) fn store(&mut self, out: &mut Vec<u8>) -> Result<bool, EncoderFailed> {
        // Changing the level pushes out what is pending, for which zlib wants room: there is nothing left after a flush.
        self.flush(out)?;
        Ok(self.0.set_level(Compression::none()).is_ok())
    }

    fn run(&mut self, input: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        let start = self.0.total_in();
        loop {
            let taken = usize::try_from(self.0.total_in() - start).map_err(|_| EncoderFailed)?;
            let rest = input.get(taken..).unwrap_or_default();
            if out.capacity() - out.len() < LEAST_ROOM {
                out.reserve(LEAST_ROOM + rest.len() / 4);
            }
            let before = (self.0.total_in(), self.0.total_out());
            let status = self.0.compress_vec(rest, out, flush).map_err(|_| EncoderFailed)?;
            let stands_still = (self.0.total_in(), self.0.total_out()) == before;
            let all_in = self.0.total_in() - start == input.len() as u64;
            // Room left over means that the encoder has no more to say.
            match status {
                Status::StreamEnd => return Ok(()),
                _ if matches!(flush, FlushCompress::Finish) && !stands_still => {}
                _ if all_in && out.len() < out.capacity() => return Ok(()),
                _ if stands_still => return Err(EncoderFailed),
                _ => {}
            }
        }
    }
}

/// A window as large as the body, between the least and the most that gzip has: 512 B and 32 KiB.
fn window_bits(length: Option<u64>) -> u8 {
    let bits = length.map_or(15, |length| 64 - length.saturating_sub(1).leading_zeros());
    bits.clamp(9, 15) as u8
}

/// At least so much room per call; also what zlib wants for a flush.
const LEAST_ROOM: usize = 1024;

#[cfg(test)]
mod tests {
    use super::window_bits;

    #[test]
    fn the_window_holds_the_body() {
        for (length, expected) in [
            (None, 15),
            (Some(0), 9),
            (Some(512), 9),
            (Some(513), 10),
            (Some(1024), 10),
            (Some(32_768), 15),
            (Some(u64::MAX), 15),
        ] {
            assert_eq!(window_bits(length), expected, "{length:?}");
        }
    }
}
