use http_filter::{Call, CallResponse, Host, Tick};
use std::time::Duration;

/// What ticks need of a [`Fetched`](crate::Fetched), whatever it fetches.
pub trait Fetch {
    /// Takes up what another worker published. The call to make now, if it's this worker's turn, and when to look again.
    fn on_tick(&self, host: &dyn Host) -> (Option<(Step, Call)>, Duration);

    /// A number that changes with every attempt to fetch it and with every version of it, of whichever worker.
    fn progress(&self, host: &dyn Host) -> u64;

    /// A call's answer; how soon to look again, where there's something to do at once.
    fn on_response(&self, step: Step, response: CallResponse, host: &dyn Host) -> Option<Duration>;
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file with the document's digest.
    Digest,
    /// The document itself.
    Body,
}

/// The tick of a configuration that fetches these.
pub fn tick<'a>(fetches: impl Iterator<Item = &'a dyn Fetch>, host: &dyn Host) -> Tick {
    let mut tick = Tick::default();
    for (number, fetch) in (0u32..).zip(fetches) {
        let (call, next) = fetch.on_tick(host);
        tick.calls
            .extend(call.map(|(step, call)| (number * 2 + u32::from(step == Step::Body), call)));
        tick.next = Some(tick.next.map_or(next, |earlier| earlier.min(next)));
    }
    tick
}

/// A number that changes whenever what requests wait for, any of these, may have come or may be known not to come.
pub fn progress<'a>(fetches: impl Iterator<Item = &'a dyn Fetch>, host: &dyn Host) -> u64 {
    fetches.fold(0, |all: u64, fetch| {
        // Two that change at once must not cancel each other out.
        all.wrapping_mul(PRIME).wrapping_add(fetch.progress(host))
    })
}

/// The answer to a call that [`tick`] made under `token`, for the same fetches; how soon to tick again.
pub fn respond<'a>(
    mut fetches: impl Iterator<Item = &'a dyn Fetch>,
    token: u32,
    response: CallResponse,
    host: &dyn Host,
) -> Option<Duration> {
    let step = if token % 2 == 1 { Step::Body } else { Step::Digest };
    fetches
        .nth(usize::try_from(token / 2).ok()?)?
        .on_response(step, response, host)
}

const PRIME: u64 = 0x0100_0000_01b3;
