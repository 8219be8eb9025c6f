use serde_json::Value;

/// Every member of a document, however deep, with its path.
pub(super) fn members(value: &Value) -> Vec<(String, &Value)> {
    fn add<'a>(path: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
        let mut below = |path: String, value: &'a Value| {
            add(&path, value, found);
            found.push((path, value));
        };
        match value {
            Value::Object(members) if path.is_empty() => {
                members
                    .iter()
                    .for_each(|(name, value)| below(name.clone(), value));
            }
            Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(name, value)| below(format!("{path}.{name}"), value));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(number, item)| below(format!("{path}[{number}]"), item));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    add("", value, &mut found);
    found
}
