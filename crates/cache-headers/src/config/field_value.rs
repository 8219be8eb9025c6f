use http_fields::{Directive, push_directive};
use http_filter::Bytes;

/// A field's worth of directives, ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldValue {
    /// Name and argument, in the order in which they are written.
    pub(crate) members: Vec<(String, Option<String>)>,
    /// The whole field.
    pub(crate) line: Bytes,
    /// Its `max-age`.
    pub(crate) max_age: Option<u32>,
    /// Whether it keeps caches from using a response unasked, or says nothing of it.
    pub(crate) is_restrictive: bool,
    /// The directives that it has.
    directives: DirectiveSet,
}

impl FieldValue {
    pub(crate) fn new(members: Vec<(String, Option<String>)>) -> Self {
        let mut line = Vec::new();
        for (name, argument) in &members {
            push_directive(&mut line, name.as_bytes(), argument.as_deref().map(str::as_bytes));
        }
        let known = members
            .iter()
            .filter_map(|(name, _)| Directive::find(name.as_bytes()));
        let mut value = Self {
            directives: known.collect(),
            members,
            line: Bytes::shared(line),
            max_age: None,
            is_restrictive: false,
        };
        value.max_age = value.seconds(Directive::MaxAge);
        value.is_restrictive = value.restricts();
        value
    }

    /// Nobody keeps it.
    pub(crate) fn no_store() -> Self {
        Self::new(vec![("no-store".to_owned(), None)])
    }

    /// The same for the user's own cache only.
    pub(crate) fn guarded(&self) -> Self {
        if self.has(Directive::NoStore) || self.has_whole(Directive::Private) {
            return self.clone();
        }
        let kept = self
            .members
            .iter()
            .filter(|(name, _)| {
                !matches!(
                    Directive::find(name.as_bytes()),
                    Some(
                        Directive::Public
                            | Directive::Private
                            | Directive::SMaxage
                            | Directive::ProxyRevalidate
                    )
                )
            })
            .cloned();
        let private = ("private".to_owned(), None);
        Self::new(std::iter::once(private).chain(kept).collect())
    }

    fn restricts(&self) -> bool {
        let lifetimes = [
            Directive::MaxAge,
            Directive::SMaxage,
            Directive::StaleWhileRevalidate,
            Directive::StaleIfError,
        ];
        let lasts = lifetimes
            .into_iter()
            .any(|directive| self.seconds(directive).is_some_and(|seconds| seconds > 0));
        self.has(Directive::NoStore)
            || (!lasts && !self.has(Directive::Public) && !self.has(Directive::Immutable))
    }

    pub(crate) fn has(&self, directive: Directive) -> bool {
        self.directives.has(directive)
    }

    fn has_whole(&self, directive: Directive) -> bool {
        self.argument(directive) == Some(&None)
    }

    fn seconds(&self, directive: Directive) -> Option<u32> {
        self.argument(directive)?.as_deref()?.parse().ok()
    }

    fn argument(&self, directive: Directive) -> Option<&Option<String>> {
        self.members
            .iter()
            .find(|(name, _)| Directive::find(name.as_bytes()) == Some(directive))
            .map(|(_, argument)| argument)
    }
}

/// Some directives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DirectiveSet(u16);

impl DirectiveSet {
    fn has(self, directive: Directive) -> bool {
        self.0 & (1 << directive as u16) != 0
    }
}

impl FromIterator<Directive> for DirectiveSet {
    fn from_iter<I: IntoIterator<Item = Directive>>(directives: I) -> Self {
        Self(
            directives
                .into_iter()
                .fold(0, |set, directive| set | 1 << directive as u16),
        )
    }
}
