use crate::{
    cache_control::push_member,
    directives::{Known, KnownSet},
};
use http_filter::Bytes;

/// A field's worth of directives, ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Name and argument, in the order in which they are written.
    pub(crate) members: Vec<(String, Option<String>)>,
    /// The whole field.
    pub(crate) line: Bytes,
    /// Its `max-age`.
    pub(crate) max_age: Option<u32>,
    /// Whether it keeps caches from using a response unasked, or says nothing of it.
    pub(crate) is_restrictive: bool,
    /// The directives that it has.
    directives: KnownSet,
}

impl Statement {
    pub(crate) fn new(members: Vec<(String, Option<String>)>) -> Self {
        let mut line = Vec::new();
        for (name, argument) in &members {
            push_member(&mut line, name.as_bytes(), argument.as_deref().map(str::as_bytes));
        }
        let known = members
            .iter()
            .filter_map(|(name, _)| Known::find(name.as_bytes()));
        let mut statement = Self {
            directives: known.collect(),
            members,
            line: Bytes::shared(line),
            max_age: None,
            is_restrictive: false,
        };
        statement.max_age = statement.seconds(Known::MaxAge);
        statement.is_restrictive = statement.restricts();
        statement
    }

    /// Nobody keeps it.
    pub(crate) fn no_store() -> Self {
        Self::new(vec![("no-store".to_owned(), None)])
    }

    /// The same for the user's own cache only.
    pub(crate) fn guarded(&self) -> Self {
        if self.has(Known::NoStore) || self.has_whole(Known::Private) {
            return self.clone();
        }
        let kept = self
            .members
            .iter()
            .filter(|(name, _)| {
                !matches!(
                    Known::find(name.as_bytes()),
                    Some(Known::Public | Known::Private | Known::SMaxage | Known::ProxyRevalidate)
                )
            })
            .cloned();
        let private = ("private".to_owned(), None);
        Self::new(std::iter::once(private).chain(kept).collect())
    }

    fn restricts(&self) -> bool {
        let lifetimes = [
            Known::MaxAge,
            Known::SMaxage,
            Known::StaleWhileRevalidate,
            Known::StaleIfError,
        ];
        let lasts = lifetimes
            .into_iter()
            .any(|directive| self.seconds(directive).is_some_and(|seconds| seconds > 0));
        self.has(Known::NoStore) || (!lasts && !self.has(Known::Public) && !self.has(Known::Immutable))
    }

    pub(crate) fn has(&self, directive: Known) -> bool {
        self.directives.has(directive)
    }

    fn has_whole(&self, directive: Known) -> bool {
        self.argument(directive) == Some(&None)
    }

    fn seconds(&self, directive: Known) -> Option<u32> {
        self.argument(directive)?.as_deref()?.parse().ok()
    }

    fn argument(&self, directive: Known) -> Option<&Option<String>> {
        self.members
            .iter()
            .find(|(name, _)| Known::find(name.as_bytes()) == Some(directive))
            .map(|(_, argument)| argument)
    }
}
