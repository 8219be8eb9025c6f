//! No-Vary-Search, as it's configured and written.

use http_filter::{
    ConfigError, document,
    document::{Node, Read, Refused},
};

/// No-Vary-Search (draft-ietf-httpbis-no-vary-search): which query parameters make no difference, and so need no copy
/// of their own in caches that know the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoVarySearch {
    /// The field's value: a Structured Field dictionary.
    pub(crate) line: Vec<u8>,
}

document! {
    /// Which query parameters make no difference.
    #[null(absent)]
    struct NoVarySearchDocument {
        /// Whether their order makes none.
        key_order ("key_order"): bool,
        /// These make no difference.
        params ("params"): Vec<String>,
        /// All make none but these.
        except ("except"): Option<Vec<String>>,
    }
}

impl Read for NoVarySearch {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let document = NoVarySearchDocument::read(node)?;
        document.compile().map_err(|error| node.refuse_with(error))
    }
}

http_filter::describe! {
    impl http_filter::document::Describe for NoVarySearch {
        fn describe(schemas: &mut http_filter::document::Schemas) -> serde_json::Value {
            NoVarySearchDocument::describe(schemas)
        }
    }
}

impl NoVarySearchDocument {
    fn compile(self) -> Result<NoVarySearch, ConfigError> {
        let mut line = Vec::new();
        let mut member = |text: &[&str]| {
            if !line.is_empty() {
                line.extend_from_slice(b", ");
            }
            line.extend(text.iter().flat_map(|text| text.bytes()));
        };
        if self.key_order {
            member(&["key-order"]);
        }
        if !self.params.is_empty() {
            member(&["params=(\"", &self.params.join("\" \""), "\")"]);
        }
        match &self.except {
            Some(except) if except.is_empty() => member(&["except=()"]),
            Some(except) => member(&["except=(\"", &except.join("\" \""), "\")"]),
            None => {}
        }
        if self.except.is_some() && !self.params.is_empty() {
            return Err(ConfigError::at(
                "except",
                "",
                "a list beside params",
                "one of them",
            ));
        }
        if line.is_empty() {
            return Err(ConfigError::at("", "", "nothing", "key_order, params or except"));
        }
        for (name, list) in [("params", Some(&self.params)), ("except", self.except.as_ref())] {
            if !list.into_iter().flatten().all(|parameter| is_name(parameter)) {
                let expected = "percent-encoded names, without *";
                return Err(ConfigError::at(name, "", "a name that is none", expected));
            }
        }
        Ok(NoVarySearch { line })
    }
}

/// Whether a parameter's name can stand in a string as it is. There are no patterns in this field.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    !name.is_empty() && bytes.all(|byte| matches!(byte, 0x21..=0x7e) && !b"\"\\*".contains(&byte))
}
