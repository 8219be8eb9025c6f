use crate::{
    config::{
        GeoRouting,
        source::{Answer, Source, Unavailable, client_address},
        tester::Wish,
    },
    counter::Counter,
    request::{facts::RequestFacts, reserved::is_reserved},
};
use geo_database::Place;
use std::{cell::OnceCell, net::IpAddr};

/// Where a request comes from, and who said so.
#[derive(Default)]
pub(crate) struct Location {
    pub(crate) place: Place,
    /// The name of a region that a source or a tester asks for.
    pub(crate) region: Option<String>,
    /// Who knew it.
    pub(crate) source: Option<Counter>,
    /// The number of the source, where it is one of the configuration's.
    pub(crate) by: Option<usize>,
    /// A tester has said where to be.
    pub(crate) wished: bool,
}

impl GeoRouting {
    /// Where the request comes from: what a tester wishes, else an override for the address, else the first source that knows the
    /// country. The network's number may come from a later source, since it's another kind of database that knows it.
    pub(crate) fn locate(&self, facts: &RequestFacts) -> Result<Location, Unavailable> {
        let known = OnceCell::new();
        let mut region = None;
        let mut wished = false;
        match self.tester.as_ref().and_then(|tester| tester.wish(facts)) {
            Some(Wish::At(place)) => {
                return Ok(Location {
                    place,
                    source: Some(Counter::SourceTester),
                    wished: true,
                    ..Location::default()
                });
            }
            Some(Wish::As(address)) => {
                wished = true;
                let _first: Result<(), _> = known.set(Some(address));
            }
            Some(Wish::Region(name)) => region = Some(name),
            None => {}
        }
        let address = || *known.get_or_init(|| client_address(&self.addresses, facts));
        if let Some(place) = self.overridden_place(&address) {
            return Ok(Location {
                place: place.clone(),
                region,
                source: Some(Counter::SourceOverride),
                ..Location::default()
            });
        }
        let mut location = Location::default();
        for (number, source) in self.sources.iter().enumerate() {
            // A tester who comes from another address doesn't come with this request's headers.
            if wished && !matches!(source, Source::Database { .. }) {
                continue;
            }
            let Answer { place, region: named } = self.ask(source, facts, &address)?;
            let asn = location.place.asn.or(place.asn);
            let better = location.by.is_none() && (place.country.is_some() || named.is_some());
            if better || (location.place.is_empty() && !place.is_empty()) {
                location.place = place;
                location.region = named;
                if better {
                    location.source = Some(source.counter());
                    location.by = Some(number);
                }
            }
            location.place.asn = asn;
            if location.by.is_some() && (asn.is_some() || !self.wants_asn) {
                break;
            }
        }
        location.wished = wished || region.is_some();
        location.region = region.or(location.region);
        Ok(location)
    }

    fn overridden_place(&self, address: &dyn Fn() -> Option<IpAddr>) -> Option<&Place> {
        if self.overrides.is_empty() {
            return None;
        }
        self.overrides.get(address()?)
    }

    fn ask(
        &self,
        source: &Source,
        facts: &RequestFacts,
        address: &dyn Fn() -> Option<IpAddr>,
    ) -> Result<Answer, Unavailable> {
        if matches!(source, Source::Database { .. }) && address().is_some_and(is_reserved) {
            return Ok(Answer {
                place: self.reserved.clone(),
                region: None,
            });
        }
        source.ask(facts, address)
    }
}
