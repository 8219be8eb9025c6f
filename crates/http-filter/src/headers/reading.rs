//! The ways in which upstreams may read a request.

use super::Headers;
use crate::{Host, explain};
use http_fields::host;
use std::{borrow::Cow, rc::Rc};

/// One way to read a request: what a rule's conditions on its target are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The path, in its [normal form](http_fields::path::normal_form).
    pub path: &'a [u8],
    /// The method, as it came or in capitals.
    pub method: &'a [u8],
}

/// The readings of a request; see [`Headers::readings`].
pub struct Readings<'a> {
    path: &'a [u8],
    method: &'a [u8],
    others: Option<Rc<Others>>,
}

/// Of a request that has more than one reading.
pub(super) struct Others {
    paths: Option<http_fields::Readings>,
    /// In capitals, where it came in others.
    method: Option<Vec<u8>>,
}

/// What the readings of a request come to: each once, that of the request as it stands first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices<T> {
    /// Of the request as it stands.
    pub first: T,
    /// What other readings come to.
    pub others: Vec<T>,
    /// Whether these are all: a path that is long, or escaped too often, may be read as any other.
    pub complete: bool,
}

impl<T> Choices<T> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What all readings come to, where they agree.
    pub fn agreed(self) -> Option<T> {
        (self.complete && self.others.is_empty()).then_some(self.first)
    }
}

impl Headers {
    /// The readings of this request: one for most. They are found once, however often and by however many filters they are asked for.
    pub fn readings(&self) -> Readings<'_> {
        Readings {
            path: self.path(),
            method: self.method(),
            others: self.readings.get_or_init(|| Others::of(self)).clone(),
        }
    }

    /// The request's host in its [normal form](http_fields::host).
    pub fn host(&self) -> Cow<'_, [u8]> {
        host(self.authority())
    }

    /// The names of fields that came and that servers may take for `name` (lower case), itself aside.
    pub fn aliases<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields().as_ref();
        let fields = fields.may_have(name).then(|| fields.iter()).into_iter().flatten();
        fields.map(|(other, _)| other).filter(move |other| {
            other.len() == name.len() && *other != name && http_fields::are_aliases(other, name)
        })
    }

    /// Whether the field `name` (lower case) occurs, or one that servers may take for it.
    pub fn contains_alias(&self, name: &str) -> bool {
        self.contains(name) || self.aliases(name).next().is_some()
    }
}

impl Others {
    fn of(request: &Headers) -> Option<Rc<Self>> {
        let target = request.target();
        let path = request.path();
        // Envoy takes fragments off. Where one comes all the same, it may be taken for a part of the path.
        let until_query = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let whole = if path.len() < until_query.len() {
            until_query
        } else {
            path
        };
        let paths = http_fields::Readings::of(whole);
        let method = request.method();
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
    /// The request as it stands, whatever else it may be read as.
    pub fn as_it_stands(request: &'a Headers) -> Self {
        Self {
            path: request.path(),
            method: request.method(),
            others: None,
        }
    }

    /// What `choose` makes of each reading. It's asked once for most requests, and some sixty times at most.
    pub fn choices<T: PartialEq>(&self, mut choose: impl FnMut(Reading<'_>) -> T) -> Choices<T> {
        let mut made: Option<Choices<T>> = None;
        self.each(|reading| {
            let choice = choose(reading);
            match &mut made {
                None => {
                    made = Some(Choices {
                        first: choice,
                        others: Vec::new(),
                        complete: self.are_complete(),
                    });
                }
                Some(made) if made.iter().all(|known| *known != choice) => made.others.push(choice),
                Some(_) => {}
            }
        });
        made.unwrap_or_else(|| Choices {
            first: choose(self.plain()),
            others: Vec::new(),
            complete: true,
        })
    }

    /// The request as it stands.
    pub fn first(&self) -> Reading<'_> {
        let Some(others) = &self.others else {
            return self.plain();
        };
        let path = others.paths.as_ref().and_then(|paths| paths.paths().next());
        Reading {
            path: path.unwrap_or(self.path),
            method: self.method,
        }
    }

    /// Calls `take` with each reading, the request as it stands first.
    pub fn each(&self, mut take: impl FnMut(Reading<'_>)) {
        let Some(others) = &self.others else {
            return take(self.plain());
        };
        for method in [Some(self.method), others.method.as_deref()]
            .into_iter()
            .flatten()
        {
            match &others.paths {
                None => take(Reading {
                    path: self.path,
                    method,
                }),
                Some(paths) => paths.paths().for_each(|path| take(Reading { path, method })),
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
        if self.others.is_none() {
            return;
        }
        self.each(|reading| {
            let text = [reading.method, b" ", reading.path].concat();
            let text = String::from_utf8_lossy(&text);
            match rule_of(reading) {
                Some(number) => explain!(host, "reading", "{text}: rules[{number}] is the first for it"),
                None => explain!(host, "reading", "{text}: no rule is for it"),
            }
        });
    }

    /// Whether the path has one reading.
    pub fn has_one_path(&self) -> bool {
        let paths = self.others.as_ref().and_then(|others| others.paths.as_ref());
        paths.is_none_or(|paths| paths.are_complete() && paths.paths().count() == 1)
    }

    /// Whether these are all readings.
    pub fn are_complete(&self) -> bool {
        let paths = self.others.as_ref().and_then(|others| others.paths.as_ref());
        paths.is_none_or(http_fields::Readings::are_complete)
    }

    /// The path that all spellings of a resource have in common, as far as one can tell; `None` where that can't be told.
    pub fn into_shortest_path(self) -> Option<Cow<'a, [u8]>> {
        match self.others.as_ref().and_then(|others| others.paths.as_ref()) {
            None => Some(Cow::Borrowed(self.path)),
            Some(paths) => paths
                .are_complete()
                .then(|| Cow::Owned(paths.shortest().to_vec())),
        }
    }

    fn plain(&self) -> Reading<'a> {
        Reading {
            path: self.path,
            method: self.method,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str) -> Headers {
        [(":method", method), (":path", path)].into_iter().collect()
    }

    #[test]
    fn readings_are_of_path_and_method() {
        for (method, path, expected) in [
            ("GET", "/a?x=//;", &["GET /a"][..]),
            ("GET", "/a;x?y", &["GET /a;x", "GET /a"]),
            ("post", "/a", &["post /a", "POST /a"]),
            (
                "post",
                "/a/./",
                &["post /a/./", "post /a/", "POST /a/./", "POST /a/"],
            ),
            ("GET", "/a#/../b", &["GET /a%23/../b", "GET /b", "GET /a"]),
        ] {
            let request = request(method, path);
            let readings = request.readings();
            let said = readings.choices(|reading| {
                [reading.method, reading.path]
                    .map(|text| String::from_utf8_lossy(text).into_owned())
                    .join(" ")
            });
            assert_eq!(said.iter().collect::<Vec<_>>(), expected, "{method} {path}");
            assert!(said.complete);
        }
    }

    #[test]
    fn readings_follow_edits_of_the_path() {
        let before = request("GET", "/a;x");
        assert_eq!(
            before
                .readings()
                .choices(|reading| reading.path.len())
                .others
                .len(),
            1
        );
        let after = before.mutated(&crate::HeaderMutation::default().set(":path", "/a"));
        assert!(
            after
                .readings()
                .choices(|reading| reading.path.len())
                .others
                .is_empty()
        );
    }

    #[test]
    fn aliases() {
        let request: Headers = [("x_user", "1"), ("X.User", "2"), ("xuser", "3"), ("x-user", "4")]
            .into_iter()
            .collect();
        assert_eq!(
            request.aliases("x-user").collect::<Vec<_>>(),
            ["x_user", "X.User"]
        );
        assert!(request.contains_alias("x-user") && request.contains_alias("x.user"));
        assert!(!request.contains_alias("x-other"));
    }
}
