//! What keeps shared caches from mixing places up, as it is written.

use http_filter::{FieldName, OneOrMany, document, document::Shorthand};

document! {
    /// What keeps shared caches from giving one place's responses to another.
    pub(crate) struct GuardDocument {
        /// The request headers that responses vary by, as the caches in front see them.
        pub(crate) vary ("vary"): OneOrMany<FieldName>,
    }
    hidden {
        /// Written as a text.
        word: GuardWord,
    }
}

impl Shorthand for GuardDocument {
    const EXPECTED: &'static str = "\"auto\", \"private\", \"off\", or an object with \"vary\"";
    const SHORT_SCHEMA: &'static str = r#"{"enum": ["auto", "private", "off"]}"#;

    fn from_text(text: &str) -> Option<Self> {
        let word = match text {
            "auto" => GuardWord::Auto,
            "private" => GuardWord::Private,
            "off" => GuardWord::Off,
            _ => return None,
        };
        Some(Self {
            word,
            ..Self::default()
        })
    }
}

/// The words for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GuardWord {
    #[default]
    Auto,
    Private,
    Off,
}
