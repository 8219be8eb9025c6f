//! The ways in which upstreams may read a request.

use super::{Headers, Marks, choices::Choices, concerns::Concerns, message::path_of, others::Others};
use crate::{EXPLAINS, Host, explain};
use http_fields::{host, host_until_colon};
use std::{borrow::Cow, rc::Rc};

/// One way to read a request: what a rule's conditions are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The host, as [`host()`] has it; empty where no condition concerns it.
    pub host: &'a [u8],
    /// Whether fields count for those that servers may [take](http_fields::are_aliases) them for, and cookies and parameters for
    /// all that [lenient](http_fields::lenient) ones may read.
    pub lenient: bool,
    /// The path, in its [normal form](http_fields::path::normal_form); empty where no condition concerns it.
    pub path: &'a [u8],
    /// The method, as it came or in capitals; empty where no condition concerns it.
    pub method: &'a [u8],
}

/// The readings of a request; see [`Headers::readings`].
pub struct Readings<'a> {
    path: &'a [u8],
    method: &'a [u8],
    host: Cow<'a, [u8]>,
    /// What servers take for the host that stop at its first colon, where that differs.
    until_colon: Option<Cow<'a, [u8]>>,
    /// Whether a field came that may be taken for another one, or cookies or parameters that may be read otherwise.
    lenient: bool,
    others: Option<Rc<Others>>,
}

impl Headers {
    /// The readings of this request as far as they make a difference to what conditions concern: one for most. Those of the target are
    /// found once, however often and by however many filters they are asked for.
    #[inline(never)]
    pub fn readings(&self, concerns: Concerns) -> Readings<'_> {
        let (mut host, mut until_colon) = (Cow::Borrowed(&[][..]), None);
        if concerns.host {
            host = self.host();
            until_colon = host_until_colon(self.authority(), &host);
        }
        // Where no condition is on the target, only an explanation shows it.
        let (mut target, mut method) = (&[][..], &[][..]);
        if concerns.target || EXPLAINS {
            (target, method) = (self.target(), self.method());
        }
        let path = path_of(target);
        let others = || {
            let others = self.readings.get_or_init(|| Others::of(target, path, method));
            others.clone()
        };
        let others = concerns.target.then(others);
        Readings {
            path,
            method,
            host,
            until_colon,
            lenient: self.is_read_leniently(concerns),
            others: others.flatten(),
        }
    }

    /// Whether lenient servers may read something else where `concerns` are.
    fn is_read_leniently(&self, concerns: Concerns) -> bool {
        let has_query = || self.target().iter().any(|byte| matches!(byte, b'?' | b'%'));
        concerns.fields != Marks::NONE && self.fields().has_odd_names(concerns.fields)
            || concerns.cookies && self.contains("cookie")
            || concerns.query && has_query()
    }

    /// The request's host in its [normal form](http_fields::host).
    pub fn host(&self) -> Cow<'_, [u8]> {
        host(self.authority())
    }
}

impl Others {
    fn of(target: &[u8], path: &[u8], method: &[u8]) -> Option<Rc<Self>> {
        // Envoy takes fragments off. Where one comes all the same, it may be taken for a part of the path.
        let whole = match target.get(path.len()) {
            Some(b'#') => target.split(|byte| *byte == b'?').next().unwrap_or_default(),
            _ => path,
        };
        let paths = http_fields::Readings::of(whole);
        let is_capital = !method.iter().any(u8::is_ascii_lowercase);
        (paths.is_some() || !is_capital).then(|| {
            Rc::new(Self {
                paths,
                method: (!is_capital).then(|| method.to_ascii_uppercase()),
            })
        })
    }
}

impl<'a> Readings<'a> {
    /// What `choose` makes of each reading. It's asked once for most requests, and some four hundred times at
    /// most.
    pub fn choices<T: PartialEq>(&self, choose: &mut dyn FnMut(Reading<'_>) -> T) -> Choices<T> {
        let mut made = Choices {
            first: choose(self.first()),
            others: Vec::new(),
            complete: self.are_complete(),
        };
        if self.are_several() {
            self.each(&mut |reading| {
                let choice = choose(reading);
                if made.iter().all(|known| *known != choice) {
                    made.others.push(choice);
                }
            });
        }
        made
    }

    /// Whether there may be more than one.
    fn are_several(&self) -> bool {
        self.others.is_some() || self.until_colon.is_some() || self.lenient
    }

    /// The request as it stands.
    pub fn first(&self) -> Reading<'_> {
        let paths = self.paths();
        Reading {
            host: &self.host,
            lenient: false,
            path: paths.and_then(|paths| paths.paths().next()).unwrap_or(self.path),
            method: self.method,
        }
    }

    /// Calls `take` with each reading, the request as it stands first. A path whose readings can't all be told isn't combined with other
    /// methods, hosts and names of fields.
    #[inline(never)]
    pub fn each(&self, take: &mut dyn FnMut(Reading<'_>)) {
        let first = self.first();
        let hosts = || std::iter::once(first.host).chain(self.until_colon.as_deref());
        let capitals = self.others.as_ref().and_then(|others| others.method.as_deref());
        let methods = || std::iter::once(first.method).chain(capitals);
        for lenient in [false, true].into_iter().take(1 + usize::from(self.lenient)) {
            for host in hosts() {
                for method in methods() {
                    let reading = Reading {
                        host,
                        lenient,
                        method,
                        ..first
                    };
                    match self.paths() {
                        Some(paths) if paths.are_complete() || reading == first => {
                            paths.paths().for_each(|path| take(Reading { path, ..reading }))
                        }
                        _ => take(reading),
                    }
                }
            }
        }
    }

    /// Tells a person who asks which rule is the first for each reading, where there are several.
    pub fn explain(&self, host: &dyn Host, rule_of: impl Fn(Reading<'_>) -> Option<usize>) {
        if !self.are_complete() {
            explain!(
                host,
                "reading",
                "the path may be read in more ways than can be told"
            );
        }
        if !self.are_several() {
            return;
        }
        self.each(&mut |reading| {
            // Told where it makes a difference.
            let plain = Reading {
                lenient: false,
                ..reading
            };
            if reading.lenient && rule_of(reading) == rule_of(plain) {
                return;
            }
            let text = [reading.method, b" ", reading.path].concat();
            let mut text = String::from_utf8_lossy(&text).into_owned();
            if self.until_colon.is_some() {
                text += &[" at ", &String::from_utf8_lossy(reading.host)].concat();
            }
            if reading.lenient {
                text += ", fields, cookies and parameters by other spellings";
            }
            match rule_of(reading) {
                Some(number) => explain!(host, "reading", "{text}: rules[{number}] is the first for it"),
                None => explain!(host, "reading", "{text}: no rule is for it"),
            }
        });
    }

    /// Whether the path has one reading.
    pub fn has_one_path(&self) -> bool {
        self.paths()
            .is_none_or(|paths| paths.are_complete() && paths.paths().count() == 1)
    }

    /// Whether these are all readings.
    pub fn are_complete(&self) -> bool {
        self.paths().is_none_or(http_fields::Readings::are_complete)
    }

    /// The path that all spellings of a resource have in common, as far as one can tell; `None` where that can't be told.
    pub fn into_shortest_path(self) -> Option<Cow<'a, [u8]>> {
        match self.paths() {
            None => Some(Cow::Borrowed(self.path)),
            Some(paths) => paths
                .are_complete()
                .then(|| Cow::Owned(paths.shortest().to_vec())),
        }
    }

    fn paths(&self) -> Option<&http_fields::Readings> {
        self.others.as_ref()?.paths.as_ref()
    }
}

#[cfg(test)]
mod tests;
