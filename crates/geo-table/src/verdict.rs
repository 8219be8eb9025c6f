use crate::addresses::Addresses;
use geo_database::{Database, Fields};

/// What two references, where they agree, make of a database. Publishers differ in what they mean by a network's country, so
/// one of them alone would say as much of itself as of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Addresses for which both references name a country.
    pub known: u64,
    /// Of these, those for which it is the same.
    pub agreed: u64,
    /// Of these, those for which the database names it too.
    pub same: u64,
    /// Those for which the database names none.
    pub silent: u64,
}

impl Verdict {
    /// Asks all three for the country of each address.
    pub fn of(
        database: &Database,
        references: [&Database; 2],
        fields: &Fields,
        addresses: &Addresses,
    ) -> Self {
        let mut verdict = Self::default();
        for address in addresses.iter() {
            let [first, second] = references.map(|reference| reference.country(*address, fields));
            if first.is_none() || second.is_none() {
                continue;
            }
            verdict.known += 1;
            if first != second {
                continue;
            }
            verdict.agreed += 1;
            let found = database.country(*address, fields);
            verdict.same += u64::from(found == first);
            verdict.silent += u64::from(found.is_none());
        }
        verdict
    }

    /// The share of what the references agree on in what both know, in percent.
    pub fn agreed_percent(&self) -> f64 {
        percent(self.agreed, self.known)
    }

    /// The share of what the database says alike in what the references agree on, in percent.
    pub fn same_percent(&self) -> f64 {
        percent(self.same, self.agreed)
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_database::{Country, TableBuilder};

    fn database(ranges: &[(&str, &str, &str)]) -> Database {
        let mut builder = TableBuilder::new("test", 1);
        for (first, last, code) in ranges {
            let [first, last] = [first, last].map(|text| text.parse().unwrap());
            builder.add(first, last, Country::parse(code.as_bytes()));
        }
        Database::open(builder.build().into()).unwrap()
    }

    #[test]
    fn only_what_both_references_say_counts() {
        let ours = database(&[("1.0.0.0", "1.0.0.1", "DE"), ("1.0.0.4", "1.0.0.6", "DE")]);
        let first = database(&[("1.0.0.0", "1.0.0.5", "DE")]);
        let second = database(&[
            ("1.0.0.0", "1.0.0.2", "DE"),
            ("1.0.0.3", "1.0.0.4", "FR"),
            ("1.0.0.6", "1.0.0.6", "FR"),
        ]);
        let addresses = (0..=7).map(|at| std::net::IpAddr::from([1, 0, 0, at])).collect();
        let verdict = Verdict::of(
            &ours,
            [&first, &second],
            &Fields::default(),
            &Addresses::of(addresses),
        );
        // 0 to 4 are known to both, 0 to 2 alike; of these the database lacks 2.
        let expected = Verdict {
            known: 5,
            agreed: 3,
            same: 2,
            silent: 1,
        };
        assert_eq!(verdict, expected);
        assert_eq!(verdict.agreed_percent(), 60.0);
    }
}
