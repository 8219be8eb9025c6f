use crate::{Coding, Encoder, EncoderFailed, config::budget::Reservation, counter::Counter};
use http_filter::Host;

/// A response's body on its way through an encoder.
pub(crate) struct CompressedBody {
    encoder: Option<Encoder>,
    finished: bool,
    coding: Coding,
    flush: bool,
    /// The body's length, where the response says it: its end is known then, even when trailers follow.
    length: Option<u64>,
    seen: u64,
    written: u64,
    judged: bool,
    _memory: Option<Reservation>,
}

impl CompressedBody {
    pub(crate) fn new(
        encoder: Encoder,
        coding: Coding,
        flush: bool,
        length: Option<u64>,
        memory: Reservation,
    ) -> Self {
        Self {
            encoder: Some(encoder),
            finished: false,
            coding,
            flush,
            length,
            seen: 0,
            written: 0,
            judged: false,
            _memory: Some(memory),
        }
    }

    /// Whether the encoder's last byte has gone on.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// What goes on in place of `chunk`.
    pub(crate) fn on_chunk(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len() / 3 + 64);
        if self.encode(chunk, end, &mut out, host).is_err() {
            // The stream stays unfinished, which every decoder notices.
            self.encoder = None;
            Counter::EncoderFailed.count(host);
        }
        self.written += out.len() as u64;
        let count = |counter: Option<Counter>, bytes: usize| {
            if let Some(counter) = counter {
                host.count(counter.name(), bytes as u64);
            }
        };
        if !chunk.is_empty() {
            count(Counter::bytes_before(self.coding), chunk.len());
        }
        if !out.is_empty() {
            count(Counter::bytes_after(self.coding), out.len());
        }
        out
    }

    fn encode(
        &mut self,
        chunk: &[u8],
        end: bool,
        out: &mut Vec<u8>,
        host: &dyn Host,
    ) -> Result<(), EncoderFailed> {
        let Some(encoder) = &mut self.encoder else {
            return Ok(());
        };
        encoder.write(chunk, out)?;
        self.seen += chunk.len() as u64;
        if end || self.length.is_some_and(|length| self.seen >= length) {
            if let Some(encoder) = self.encoder.take() {
                encoder.finish(out)?;
                self.finished = true;
            }
            self._memory = None;
            return Ok(());
        }
        if self.flush && !chunk.is_empty() {
            encoder.flush(out)?;
        }
        if !self.judged && self.seen >= JUDGED_AT {
            self.judged = true;
            let made = self.written + out.len() as u64;
            // What is still inside the encoder makes it look better than it is, but for less than a block.
            if made.saturating_mul(100) > self.seen.saturating_mul(WORTH_PERCENT) && encoder.store(out)? {
                Counter::BailedOut.count(host);
            }
        }
        Ok(())
    }
}

/// After so many bytes an encoder is judged by what it made of them: four times what it may hold back.
const JUDGED_AT: u64 = 256 * 1024;

/// More than this much of the input is no gain worth its time.
const WORTH_PERCENT: u64 = 95;
