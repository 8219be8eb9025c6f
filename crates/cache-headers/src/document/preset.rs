use crate::document::policy::{PolicyDocument, ScopeDocument};
use http_filter::{Span, choice};

choice! {
    /// Policies that most sites need, under a name. A rule's own policies come before the preset's.
    pub enum Preset {
        /// Files whose name changes with their content: a year, everywhere, never asked again.
        ImmutableAssets = "immutable_assets",
        /// Pages: browsers ask every time, the CDN keeps them a minute, and serves stale ones while it asks.
        Html = "html",
        /// An API's answers: browsers ask every time, the CDN keeps them ten seconds.
        Api = "api",
        /// One user's own: his browser may keep it and asks every time.
        Private = "private",
        /// Nobody keeps it.
        NoStore = "no_store",
    }
}

impl Preset {
    /// What it says to browsers, and to the CDN where that is something else.
    pub(crate) fn policies(self) -> (PolicyDocument, Option<PolicyDocument>) {
        let year = Some(Span::seconds(31_536_000));
        let no_cache = PolicyDocument {
            no_cache: ScopeDocument::Response,
            ..PolicyDocument::default()
        };
        let kept = |seconds, stale| PolicyDocument {
            max_age: Some(Span::seconds(seconds)),
            stale_while_revalidate: Some(Span::seconds(stale)),
            stale_if_error: Some(Span::seconds(86_400)),
            ..PolicyDocument::default()
        };
        match self {
            Self::ImmutableAssets => {
                let immutable = PolicyDocument {
                    max_age: year,
                    public: true,
                    immutable: true,
                    ..PolicyDocument::default()
                };
                let cdn = PolicyDocument {
                    max_age: year,
                    ..PolicyDocument::default()
                };
                (immutable, Some(cdn))
            }
            Self::Html => (no_cache, Some(kept(60, 3600))),
            Self::Api => (no_cache, Some(kept(10, 30))),
            Self::Private => {
                let private = ScopeDocument::Response;
                (PolicyDocument { private, ..no_cache }, None)
            }
            Self::NoStore => {
                let nothing = PolicyDocument {
                    no_store: true,
                    ..PolicyDocument::default()
                };
                (nothing.clone(), Some(nothing))
            }
        }
    }
}
