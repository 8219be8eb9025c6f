use super::Rule;
use crate::document::Position;

/// Something to say about a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub rule: Rule,
    /// The file.
    pub file: String,
    /// Where in the file; line 0 for the file as a whole.
    pub at: Position,
    /// The filter, where it is about one.
    pub filter: Option<&'static str>,
    /// The path of the field in the filter's configuration; empty where it is about none.
    pub path: String,
    /// What is wrong: what was found, and what was expected.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at a place of a file.
    pub fn new(rule: Rule, at: Position, message: impl Into<String>) -> Self {
        Self {
            rule,
            file: String::new(),
            at,
            filter: None,
            path: String::new(),
            message: message.into(),
            help: None,
        }
    }

    /// In this file.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// About this field of a filter's configuration.
    #[must_use]
    pub fn about(mut self, filter: &'static str, path: impl Into<String>) -> Self {
        self.filter = Some(filter);
        self.path = path.into();
        self
    }

    /// About this field of a message, which is no filter's.
    #[must_use]
    pub fn about_field(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The filter, the path of the field, and what is wrong.
    pub fn sentence(&self) -> String {
        let filter = self
            .filter
            .map(|filter| format!("{filter}: "))
            .unwrap_or_default();
        let path = if self.path.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.path)
        };
        [filter, path, self.message.clone()].concat()
    }
}
