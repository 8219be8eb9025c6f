//! The chunked transfer coding (RFC 9112 §7.1), decoded as it arrives.

use crate::refusal::{MAX_HEAD, Refusal};

/// What has been decoded so far. Nothing is looked at twice but an unfinished chunk's first line.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    content: Vec<u8>,
    /// Bytes that weren't content. Small chunks cost more than they carry, so these have a limit of their own.
    overhead: usize,
    in_trailers: bool,
}

impl Decoder {
    /// Takes whole chunks from the front of `input`; gives the content once it is complete. Trailers are skipped.
    pub(crate) fn advance(&mut self, input: &mut Vec<u8>, max: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let mut at = 0;
        let done = loop {
            let rest = input.get(at..).unwrap_or_default();
            let step = if self.in_trailers {
                trailer(rest)
            } else {
                self.chunk(rest, max)
            };
            let Some(step) = step? else { break false };
            at += step.taken;
            self.overhead += step.overhead;
            if self.overhead > MAX_HEAD {
                return Err(Refusal::HeadTooLarge);
            }
            if step.last {
                break true;
            }
        };
        input.drain(..at);
        Ok(done.then(|| std::mem::take(&mut self.content)))
    }

    fn chunk(&mut self, rest: &[u8], max: usize) -> Result<Option<Step>, Refusal> {
        let (line, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete(parsed)) => parsed,
            Ok(httparse::Status::Partial) if rest.len() <= MAX_HEAD => return Ok(None),
            Ok(httparse::Status::Partial) | Err(_) => return Err(Refusal::Malformed),
        };
        if size == 0 {
            self.in_trailers = true;
            return Ok(Some(Step {
                taken: line,
                overhead: line,
                last: false,
            }));
        }
        let size = usize::try_from(size).map_err(|_| Refusal::ContentTooLarge)?;
        if size > max.saturating_sub(self.content.len()) {
            return Err(Refusal::ContentTooLarge);
        }
        match (
            rest.get(line..line + size),
            rest.get(line + size..line + size + 2),
        ) {
            (Some(content), Some(b"\r\n")) => {
                self.content.extend_from_slice(content);
                Ok(Some(Step {
                    taken: line + size + 2,
                    overhead: line + 2,
                    last: false,
                }))
            }
            (_, Some(_)) => Err(Refusal::Malformed),
            (_, None) => Ok(None),
        }
    }
}

/// A trailer line, or the empty one that ends the message.
fn trailer(rest: &[u8]) -> Result<Option<Step>, Refusal> {
    match rest.windows(2).position(|pair| pair == b"\r\n") {
        Some(end) => Ok(Some(Step {
            taken: end + 2,
            overhead: end + 2,
            last: end == 0,
        })),
        None if rest.len() > MAX_HEAD => Err(Refusal::HeadTooLarge),
        None => Ok(None),
    }
}

struct Step {
    taken: usize,
    overhead: usize,
    last: bool,
}
