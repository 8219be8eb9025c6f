//! No-Vary-Search, as it's configured and written.

use crate::reader::Object;

/// No-Vary-Search (draft-ietf-httpbis-no-vary-search): which query parameters make no difference, and so need no copy
/// of their own in caches that know the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoVarySearch {
    /// The field's value: a Structured Field dictionary.
    pub(crate) line: Vec<u8>,
}

impl NoVarySearch {
    /// `key_order`, and either the parameters that make no difference (`params`) or those that alone do (`except`).
    pub(crate) fn read(mut object: Object<'_>) -> Self {
        let key_order = object.is_set("key_order");
        let has_except = object.get("except").is_some();
        let (params, except) = (object.texts("params"), object.texts("except"));
        let mut line = Vec::new();
        let mut member = |text: &[&str]| {
            if !line.is_empty() {
                line.extend_from_slice(b", ");
            }
            line.extend(text.iter().flat_map(|text| text.bytes()));
        };
        if key_order {
            member(&["key-order"]);
        }
        if !params.is_empty() {
            member(&["params=(\"", &params.join("\" \""), "\")"]);
        }
        if has_except && except.is_empty() {
            member(&["except=()"]);
        } else if has_except {
            member(&["except=(\"", &except.join("\" \""), "\")"]);
        }
        if has_except && !params.is_empty() {
            object.report("except", "a list beside params", "one of them");
        } else if line.is_empty() {
            object.report("", "nothing", "key_order, params or except");
        }
        for (name, list) in [("params", &params), ("except", &except)] {
            if !list.iter().all(|parameter| is_name(parameter)) {
                object.report(name, "a name that is none", "percent-encoded names, without *");
            }
        }
        object.end();
        Self { line }
    }
}

/// Whether a parameter's name can stand in a string as it is. There are no patterns in this field.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    !name.is_empty() && bytes.all(|byte| matches!(byte, 0x21..=0x7e) && !b"\"\\*".contains(&byte))
}
