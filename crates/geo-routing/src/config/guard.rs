use crate::document::guard::{GuardDocument, GuardWord};
use http_filter::FieldName;
use std::rc::Rc;

/// What keeps shared caches from giving one place's responses to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Guard {
    /// `Vary` where headers of a cache that heeds it told the place, `private` elsewhere: no cache knows how an address was
    /// looked up.
    #[default]
    Auto,
    /// `Cache-Control: private`.
    Private,
    /// `Vary` by these headers.
    Vary(Rc<[FieldName]>),
    /// Nothing.
    Off,
}

impl Guard {
    pub(crate) fn compile(document: GuardDocument) -> Self {
        match document.word {
            _ if !document.vary.is_empty() => Self::Vary(document.vary.0.into()),
            GuardWord::Auto => Self::Auto,
            GuardWord::Private => Self::Private,
            GuardWord::Off => Self::Off,
        }
    }
}
