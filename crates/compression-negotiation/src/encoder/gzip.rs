use crate::encoder::failed::EncoderFailed;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// gzip (RFC 1952): DEFLATE by zlib-rs between a header and a trailer of our own, so that it can be given up half-way.
pub(crate) struct Gzip {
    /// None once it was given up.
    deflate: Option<Compress>,
    checksum: Crc,
    has_begun: bool,
}

impl Gzip {
    pub(crate) fn new(level: u8, length: Option<u64>) -> Self {
        let level = Compression::new(u32::from(level));
        Self {
            deflate: Some(Compress::new_with_window_bits(level, false, window_bits(length))),
            checksum: Crc::new(),
            has_begun: false,
        }
    }

    /// The window twice and its chains; hash heads and pending output are always the same size.
    pub(crate) fn memory(length: Option<u64>) -> usize {
        (4 << window_bits(length)) + 208 * 1024
    }

    pub(crate) fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.begin(out);
        self.checksum.update(chunk);
        match &mut self.deflate {
            Some(deflate) => run(deflate, chunk, FlushCompress::None, out),
            None => {
                stored(chunk, out);
                Ok(())
            }
        }
    }

    pub(crate) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.begin(out);
        match &mut self.deflate {
            Some(deflate) => run(deflate, &[], FlushCompress::Sync, out),
            None => Ok(()),
        }
    }

    pub(crate) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.begin(out);
        match &mut self.deflate {
            Some(deflate) => run(deflate, &[], FlushCompress::Finish, out)?,
            None => out.extend_from_slice(LAST_BLOCK),
        }
        out.extend_from_slice(&self.checksum.sum().to_le_bytes());
        out.extend_from_slice(&self.checksum.amount().to_le_bytes());
        Ok(())
    }

    /// Behind a flush the stream stands at a byte's boundary, where stored blocks may follow.
    pub(crate) fn store(&mut self, out: &mut Vec<u8>) -> Result<(), EncoderFailed> {
        self.flush(out)?;
        self.deflate = None;
        Ok(())
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.has_begun, true) {
            out.extend_from_slice(HEADER);
        }
    }
}

/// Appends stored blocks (RFC 1951 §3.2.4).
fn stored(chunk: &[u8], out: &mut Vec<u8>) {
    for block in chunk.chunks(usize::from(u16::MAX)) {
        let length = block.len() as u16;
        out.push(0);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
}

fn run(
    deflate: &mut Compress,
    input: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> Result<(), EncoderFailed> {
    let start = deflate.total_in();
    loop {
        let taken = usize::try_from(deflate.total_in() - start).map_err(|_| EncoderFailed)?;
        let rest = input.get(taken..).unwrap_or_default();
        if out.capacity() - out.len() < LEAST_ROOM {
            out.reserve(LEAST_ROOM + rest.len() / 4);
        }
        let before = (deflate.total_in(), deflate.total_out());
        let status = deflate
            .compress_vec(rest, out, flush)
            .map_err(|_| EncoderFailed)?;
        let stands_still = (deflate.total_in(), deflate.total_out()) == before;
        let all_in = deflate.total_in() - start == input.len() as u64;
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

/// A window as large as the body, between the least and the most that gzip has: 512 B and 32 KiB.
fn window_bits(length: Option<u64>) -> u8 {
    let bits = length.map_or(15, |length| 64 - length.saturating_sub(1).leading_zeros());
    bits.clamp(9, 15) as u8
}

/// At least so much room per call; also what zlib wants for a flush.
const LEAST_ROOM: usize = 1024;

/// DEFLATE, no flags, no time, unknown system (RFC 1952 §2.3).
const HEADER: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// An empty stored block, the last one.
const LAST_BLOCK: &[u8] = &[1, 0, 0, 0xff, 0xff];

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
