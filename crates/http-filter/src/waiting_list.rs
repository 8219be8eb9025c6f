use crate::{
    Headers, LocalReply, Problem,
    bounds::{MOST_WAITING, MOST_WAITING_BYTES, MOST_WAITING_OF_ONE},
};
use std::{collections::VecDeque, time::Duration};

/// What a request under [`Decision::Wait`](crate::Decision::Wait) waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Awaited {
    /// Whose crowd it belongs to: tenants take turns, and none takes all places. A number that the configuration bounds,
    /// such as the place of the provider whose keys are fetched.
    pub tenant: u32,
    /// How long it waits at most; `None` for [`MOST_PATIENCE`](crate::bounds::MOST_PATIENCE).
    pub patience: Option<Duration>,
}

/// How many bytes a request's headers take while it waits.
pub fn held_bytes(request: &Headers) -> usize {
    let fields = request.iter();
    fields
        .map(|(name, value)| name.len() + value.len() + PER_FIELD)
        .sum()
}

/// Why a request can't wait, or can't wait on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// As many wait as may.
    TooMany,
    /// It has waited for as long as it may.
    TooLong,
}

impl WaitEnd {
    /// The answer to a request that nothing better is known of.
    pub fn into_reply(self) -> LocalReply {
        let (slug, title) = match self {
            Self::TooMany => ("too_many_waiting", "Too many requests wait already"),
            Self::TooLong => ("waited_too_long", "What this request waited for didn't come"),
        };
        let reply = Problem::new(503, slug, title).into_reply();
        reply.header("retry-after", "1")
    }
}

/// The streams of a configuration that wait on one worker: whom to look at next, in bounded memory and a bounded number of
/// steps. Tenants take turns; of one tenant, who is due first comes first. Times are those of a clock that never jumps.
#[derive(Clone, Debug)]
pub struct WaitingList<T> {
    queues: Vec<Queue<T>>,
    /// The queue whose turn it is.
    turn: usize,
    /// The number of the next ticket.
    number: u64,
    waiting: usize,
    bytes: usize,
    /// What the last round went by.
    progress: u64,
}

#[derive(Clone, Debug)]
struct Queue<T> {
    tenant: u32,
    /// By when they're due, then by arrival.
    entries: VecDeque<Entry<T>>,
    /// Where the round goes on; behind the last entry it goes on with the first.
    cursor: usize,
    /// How many entries, from the cursor on, it hasn't come to.
    left: usize,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    due: Duration,
    number: u64,
    bytes: usize,
    what: T,
}

/// A place in a [`WaitingList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    tenant: u32,
    due: Duration,
    number: u64,
}

impl Ticket {
    /// Whether the wait is over at `now`.
    pub fn is_due(&self, now: Duration) -> bool {
        self.due <= now
    }
}

impl<T> Default for WaitingList<T> {
    fn default() -> Self {
        Self {
            queues: Vec::new(),
            turn: 0,
            number: 0,
            waiting: 0,
            bytes: 0,
            progress: 0,
        }
    }
}

impl<T: Clone> WaitingList<T> {
    /// Adds a stream that waits until `due` at most and whose headers take so many bytes; `None` where the list is full.
    #[must_use]
    pub fn add(&mut self, tenant: u32, due: Duration, bytes: usize, what: T) -> Option<Ticket> {
        let place = self.queues.iter().position(|queue| queue.tenant == tenant);
        let of_one = place
            .and_then(|place| self.queues.get(place))
            .map_or(0, |queue| queue.entries.len());
        let bytes_then = self.bytes.saturating_add(bytes);
        if self.waiting >= MOST_WAITING || of_one >= MOST_WAITING_OF_ONE || bytes_then > MOST_WAITING_BYTES {
            return None;
        }
        let place = place.unwrap_or_else(|| {
            self.queues.push(Queue {
                tenant,
                entries: VecDeque::new(),
                cursor: 0,
                left: 0,
            });
            self.queues.len() - 1
        });
        let queue = self.queues.get_mut(place)?;
        let number = self.number;
        self.number += 1;
        self.waiting += 1;
        self.bytes = bytes_then;
        queue.insert(Entry {
            due,
            number,
            bytes,
            what,
        });
        Some(Ticket { tenant, due, number })
    }

    /// Takes a stream out, if it's still there.
    pub fn leave(&mut self, ticket: Ticket) {
        let Some(place) = self.queues.iter().position(|queue| queue.tenant == ticket.tenant) else {
            return;
        };
        let Some(queue) = self.queues.get_mut(place) else {
            return;
        };
        let Some(entry) = queue.remove(ticket) else { return };
        self.waiting -= 1;
        self.bytes -= entry.bytes;
        if queue.entries.is_empty() {
            self.queues.remove(place);
        }
    }

    /// Begins a round, in which everybody is looked at once, unless `progress` is what it was at the last one. A round that
    /// isn't over goes on where it is: nobody is passed over, however often something changes.
    pub fn begin(&mut self, progress: u64) {
        if std::mem::replace(&mut self.progress, progress) != progress {
            for queue in &mut self.queues {
                queue.left = queue.entries.len();
            }
        }
    }

    /// The next stream to look at: one that is due at `now`, which leaves the list, else one that this round hasn't come to.
    pub fn next(&mut self, now: Duration) -> Option<(Ticket, T)> {
        for step in 0..self.queues.len() {
            let place = (self.turn + step) % self.queues.len();
            let Some(queue) = self.queues.get_mut(place) else {
                continue;
            };
            let Some((ticket, what)) = queue.next(now) else {
                continue;
            };
            self.turn = place + 1;
            if ticket.is_due(now) {
                self.leave(ticket);
            }
            return Some((ticket, what));
        }
        None
    }

    /// Whether there is somebody to look at.
    pub fn has_next(&self, now: Duration) -> bool {
        let is_due = |entry: &Entry<T>| entry.due <= now;
        self.queues
            .iter()
            .any(|queue| !queue.is_looked_at() || queue.entries.front().is_some_and(is_due))
    }

    /// When the first is due.
    pub fn first_due(&self) -> Option<Duration> {
        self.queues
            .iter()
            .filter_map(|queue| Some(queue.entries.front()?.due))
            .min()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }
}

impl<T: Clone> Queue<T> {
    fn is_looked_at(&self) -> bool {
        self.left == 0
    }

    /// How many entries from the first one on the round comes to after the last one.
    fn wrapped(&self) -> usize {
        (self.cursor + self.left).saturating_sub(self.entries.len())
    }

    /// Whoever comes has just decided, so the round needn't come to it.
    fn insert(&mut self, entry: Entry<T>) {
        let later = |other: &&Entry<T>| other.due > entry.due;
        let place = self.entries.len() - self.entries.iter().rev().take_while(later).count();
        let within = if place <= self.cursor {
            place < self.wrapped()
        } else {
            place < self.cursor + self.left
        };
        self.left += usize::from(within);
        self.cursor += usize::from(place <= self.cursor);
        self.entries.insert(place, entry);
    }

    fn remove(&mut self, ticket: Ticket) -> Option<Entry<T>> {
        let key = (ticket.due, ticket.number);
        let place = self
            .entries
            .binary_search_by_key(&key, |entry| (entry.due, entry.number))
            .ok()?;
        let within = if place < self.cursor {
            place < self.wrapped()
        } else {
            place < self.cursor + self.left
        };
        self.left -= usize::from(within);
        self.cursor -= usize::from(place < self.cursor);
        self.entries.remove(place)
    }

    fn next(&mut self, now: Duration) -> Option<(Ticket, T)> {
        let first = self.entries.front()?;
        let entry = if first.due <= now {
            first
        } else if self.left == 0 {
            return None;
        } else {
            if self.cursor >= self.entries.len() {
                self.cursor = 0;
            }
            let next = self.entries.get(self.cursor)?;
            self.cursor += 1;
            self.left -= 1;
            next
        };
        let ticket = Ticket {
            tenant: self.tenant,
            due: entry.due,
            number: entry.number,
        };
        Some((ticket, entry.what.clone()))
    }
}

/// What a field takes besides its name and value, in bytes.
const PER_FIELD: usize = 24;

#[cfg(test)]
mod tests;
