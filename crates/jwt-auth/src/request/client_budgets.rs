//! What clients may cost that send tokens in vain: bounds per client, in a table of a fixed size on each worker.

use http_filter::{Host, property};
use std::net::IpAddr;

/// How much each client has cost lately.
///
/// A client is an IPv4 address, or the first 64 bits of an IPv6 address (RFC 4291 §2.5.4); clients whose address the host
/// doesn't know are one. Of more clients than the table holds, those that failed longest ago are forgotten.
#[derive(Default)]
pub(crate) struct ClientBudgets {
    /// Places, `WAYS` for each set; none until a client has failed.
    places: Vec<Place>,
    /// Chosen at random, so that nobody can aim at another client's place.
    seed: u64,
}

#[derive(Clone, Copy, Default)]
struct Place {
    /// The client's number; 0 for none.
    client: u64,
    /// When all that the client has cost is forgiven, in milliseconds since the Unix epoch.
    forgiven: u64,
    /// When the client last had keys fetched again.
    refetched: u64,
}

/// A client's number: its address and whatever else tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client(u64);

impl Client {
    /// The client of this stream.
    pub(crate) fn of(host: &dyn Host) -> Self {
        let network = match property::source_address(host).map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => u64::from(u32::from(address)) | 1 << 32,
            Some(IpAddr::V6(address)) => (u128::from(address) >> 64) as u64,
            None => 0,
        };
        Self(network)
    }

    /// The same client with what `name` stands for: failures under one name don't count under another.
    pub(crate) fn with(self, name: &[u8]) -> Self {
        // FNV-1a.
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.iter().fold(self.0 ^ 0xcbf2_9ce4_8422_2325, hash))
    }

    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

impl ClientBudgets {
    /// Whether no client has failed yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether the client has nothing left at `now`, in milliseconds since the Unix epoch.
    pub(crate) fn is_spent(&self, client: Client, now: u64) -> bool {
        self.find(client)
            .is_some_and(|place| forgiven(place, now) > now + MOST - COST)
    }

    /// Counts a failure of the client.
    pub(crate) fn charge(&mut self, client: Client, host: &dyn Host, now: u64) {
        self.change(client, host, now, |place| {
            place.forgiven = (forgiven(place, now).max(now) + COST).min(now + MOST);
        });
    }

    /// Whether the client may have keys fetched again: it hasn't in the last `interval` milliseconds.
    pub(crate) fn may_refetch(&self, client: Client, now: u64, interval: u64) -> bool {
        self.find(client)
            .is_none_or(|place| place.refetched > now || now - place.refetched >= interval)
    }

    /// When the client last had keys fetched again, if it's remembered.
    pub(crate) fn refetched(&self, client: Client) -> Option<u64> {
        self.find(client)
            .map(|place| place.refetched)
            .filter(|time| *time > 0)
    }

    /// Remembers that the client had keys fetched again.
    pub(crate) fn note_refetch(&mut self, client: Client, host: &dyn Host, now: u64) {
        self.change(client, host, now, |place| place.refetched = now);
    }

    fn find(&self, client: Client) -> Option<&Place> {
        let number = self.number(client);
        let mut places = self.places.get(set_of(number))?.iter();
        places.find(|place| place.client == number)
    }

    /// Changes the client's place, which is taken from another client if need be.
    fn change(&mut self, client: Client, host: &dyn Host, now: u64, change: impl FnOnce(&mut Place)) {
        if self.places.is_empty() {
            self.places.resize(PLACES, Place::default());
            self.seed = host.random();
        }
        let number = self.number(client);
        let set = self.places.get_mut(set_of(number)).unwrap_or_default();
        let place = set.iter_mut().min_by_key(|place| {
            let is_another = place.client != number;
            (is_another, forgiven(place, now).max(place.refetched.min(now)))
        });
        let Some(place) = place else { return };
        if place.client != number {
            *place = Place {
                client: number,
                ..Place::default()
            };
        }
        change(place);
    }

    /// What the client is known by in the table.
    fn number(&self, client: Client) -> u64 {
        let mixed = (client.0 ^ self.seed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27) ^ self.seed).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).max(1)
    }
}

/// When all that a client has cost is forgiven. A time that is further off than ever is from before the clock was set back.
fn forgiven(place: &Place, now: u64) -> u64 {
    if place.forgiven > now + MOST {
        0
    } else {
        place.forgiven
    }
}

fn set_of(number: u64) -> std::ops::Range<usize> {
    let first = number as usize % (PLACES / WAYS) * WAYS;
    first..first + WAYS
}

/// 24 bytes each.
const PLACES: usize = 1024;
const WAYS: usize = 8;
/// What a failure costs, in milliseconds: ten are forgiven a second.
const COST: u64 = 100;
/// What a client may cost: a hundred failures at once.
const MOST: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use http_filter_test::FakeHost;
    use std::time::Duration;

    fn client(address: &str) -> Client {
        let host = FakeHost::default();
        host.set_property("source.address", address);
        Client::of(&host)
    }

    fn now(host: &FakeHost) -> u64 {
        host.now().as_millis() as u64
    }

    /// How many failures in a row a client has before it's answered early.
    fn until_spent(budgets: &mut ClientBudgets, client: Client, host: &FakeHost) -> usize {
        (0..1000)
            .take_while(|_| {
                let may = !budgets.is_spent(client, now(host));
                budgets.charge(client, host, now(host));
                may
            })
            .count()
    }

    #[test]
    fn clients_are_addresses_or_networks() {
        for (name, one, other, same) in [
            ("another port", "1.2.3.4:1", "1.2.3.4:2", true),
            ("another address", "1.2.3.4:1", "1.2.3.5:1", false),
            ("IPv4 in IPv6", "[::ffff:1.2.3.4]:1", "1.2.3.4:1", true),
            ("the same network", "[2001:db8::1]:1", "[2001:db8::2]:1", true),
            ("another network", "[2001:db8:0:1::1]:1", "[2001:db8::1]:1", false),
            ("unknown", "", "?", true),
        ] {
            assert_eq!(client(one) == client(other), same, "{name}");
        }
        let one = client("1.2.3.4:1");
        assert_ne!(one.with(b"a"), one.with(b"b"));
    }

    #[test]
    fn a_hundred_at_once_and_ten_a_second() {
        let (host, mut budgets) = (FakeHost::default(), ClientBudgets::default());
        let one = client("1.2.3.4:1");
        assert_eq!(until_spent(&mut budgets, one, &host), 100);
        assert!(
            !budgets.is_spent(client("1.2.3.5:1"), now(&host)),
            "another client"
        );
        host.advance(Duration::from_secs(1));
        assert_eq!(until_spent(&mut budgets, one, &host), 10);
        host.set_now(Duration::from_secs(1_000));
        assert!(!budgets.is_spent(one, now(&host)), "the clock was set back");
        assert_eq!(until_spent(&mut budgets, one, &host), 100);
    }

    #[test]
    fn keys_are_fetched_for_a_client_once_in_a_while() {
        let (host, mut budgets) = (FakeHost::default(), ClientBudgets::default());
        let (one, other) = (client("1.2.3.4:1"), client("1.2.3.5:1"));
        assert!(budgets.may_refetch(one, now(&host), 10_000));
        budgets.note_refetch(one, &host, now(&host));
        assert!(!budgets.may_refetch(one, now(&host), 10_000));
        assert!(budgets.may_refetch(other, now(&host), 10_000));
        host.advance(Duration::from_secs(10));
        assert!(budgets.may_refetch(one, now(&host), 10_000));
    }

    #[test]
    fn the_table_is_bounded_and_whoever_fails_on_stays() {
        let (host, mut budgets) = (FakeHost::default(), ClientBudgets::default());
        let one = client("1.2.3.4:1");
        until_spent(&mut budgets, one, &host);
        for number in 0..100_000u64 {
            budgets.charge(Client(number), &host, now(&host));
            if number % 1_000 == 0 {
                budgets.charge(one, &host, now(&host));
            }
        }
        assert_eq!(budgets.places.len(), PLACES);
        assert!(budgets.is_spent(one, now(&host)));
    }
}
