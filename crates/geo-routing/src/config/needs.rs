//! What requests would otherwise work out each for itself: it follows from the configuration.

use crate::{
    config::{
        GeoRouting, address::AddressSource, condition::Condition, rule::Action, source::Source, trust::Trust,
    },
    document::{fact::Fact, preset::sender_heeds_vary},
};
use http_filter::FieldName;
use std::rc::Rc;

impl GeoRouting {
    /// Works it out.
    pub(crate) fn finish(&mut self) {
        self.distrusted = self.distrusted_headers();
        let asks = |wants: fn(&Condition) -> bool| {
            self.rules.iter().any(|rule| wants(&rule.when)) || self.regions.any_pin(wants)
        };
        let near = self.rules.iter().any(|rule| match &rule.action {
            Action::Nearest | Action::Region(_) => true,
            Action::Redirect(redirect) => redirect.names_region(),
            Action::Block(_) | Action::Pass => false,
        });
        let deciding = Deciding {
            continent: asks(Condition::wants_continent),
            subdivision: asks(Condition::wants_subdivision),
            asn: asks(Condition::wants_asn),
            coordinates: near,
        };
        self.varying = deciding.varying(&self.sources, self.overrides.is_empty());
        self.leave_out(&deciding);
    }

    /// The headers that nobody but this filter may set, and those that carry secrets; each once.
    fn distrusted_headers(&self) -> Vec<FieldName> {
        let mut distrusted: Vec<FieldName> = self.headers.iter().map(|(name, _)| name.clone()).collect();
        distrusted.push(self.cluster_header.clone());
        distrusted.extend(self.rules.iter().flat_map(|rule| rule.set.iter().cloned()));
        distrusted.extend(self.tester.iter().map(|tester| tester.header.clone()));
        let sources = self.sources.iter().filter_map(|source| Some(source.headers()?.1));
        let trusts = sources
            .chain(self.addresses.iter().filter_map(AddressSource::trust))
            .chain(self.tester.iter().map(|tester| &tester.trust))
            .chain(self.debug.iter().map(|(_, trust)| trust));
        distrusted.extend(trusts.filter_map(Trust::secret_header).cloned());
        let mut once: Vec<FieldName> = Vec::new();
        for name in distrusted {
            if !once.contains(&name) {
                once.push(name);
            }
        }
        once
    }

    /// Has databases not read what nobody asks for: each field of an MMDB costs a walk through the record.
    fn leave_out(&mut self, deciding: &Deciding) {
        let gives = |output| self.headers.iter().any(|(_, given)| *given == output);
        let coordinates = deciding.coordinates || gives(Fact::Latitude) || gives(Fact::Longitude);
        let (city, subdivision) = (
            gives(Fact::City),
            deciding.subdivision || gives(Fact::Subdivision),
        );
        self.wants_asn = deciding.asn || gives(Fact::Asn);
        for source in &mut self.sources {
            if let Source::Database { fields, .. } = source {
                for (wanted, paths) in [
                    (city, &mut fields.city),
                    (self.wants_asn, &mut fields.asn),
                    (subdivision, &mut fields.subdivision),
                    (coordinates, &mut fields.latitude),
                    (coordinates, &mut fields.longitude),
                ] {
                    if !wanted {
                        paths.clear();
                    }
                }
            }
        }
    }
}

/// What decides about requests, beside the country.
struct Deciding {
    continent: bool,
    subdivision: bool,
    asn: bool,
    coordinates: bool,
}

impl Deciding {
    fn decides(&self, input: Fact) -> bool {
        match input {
            Fact::Country | Fact::Region => true,
            Fact::Continent => self.continent,
            Fact::Subdivision => self.subdivision,
            Fact::Asn => self.asn,
            Fact::Latitude | Fact::Longitude => self.coordinates,
            Fact::City | Fact::Eu | Fact::Decision | Fact::Source => false,
        }
    }

    /// For each source, the headers that decide where it knows the place: its own, and those of the sources before it, which
    /// might have known better. `None` from the first source on that answers by something that the cache in front doesn't go by.
    fn varying(&self, sources: &[Source], mut visible: bool) -> Vec<Option<Rc<[FieldName]>>> {
        let mut names: Vec<FieldName> = Vec::new();
        let mut varying: Vec<Option<Rc<[FieldName]>>> = Vec::new();
        for source in sources {
            match source.headers() {
                Some((own, _)) => {
                    for (name, _) in own.iter().filter(|(_, input)| self.decides(*input)) {
                        visible &= sender_heeds_vary(name);
                        names.push(name.clone());
                    }
                }
                None => visible = false,
            }
            varying.push(visible.then(|| names.as_slice().into()));
        }
        match varying.last() {
            // The network's number is asked of all sources until one knows it.
            Some(last) if self.asn => vec![last.clone(); varying.len()],
            _ => varying,
        }
    }
}
