use http_fields::{Directive, Member};

/// To whom a response may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exposure {
    /// To all caches.
    Shared,
    /// To all caches, but they must ask the origin before each use.
    Revalidated,
    /// To the user's own.
    Private,
    /// To none, for any time.
    Nothing,
    /// The origin forbids storing, and only what says the same may take its place.
    Untouchable,
    /// Storing is forbidden, whatever the policy says.
    NoStore,
}

impl Exposure {
    /// Whether shared caches are kept out.
    pub(crate) fn is_guarded(self) -> bool {
        self >= Self::Private
    }
}

/// Whether the directive invites shared caches.
pub(crate) fn opens_to_shared(member: &Member<'_>) -> bool {
    matches!(member.directive, Some(Directive::Public | Directive::SMaxage))
}
