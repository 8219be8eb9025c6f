use super::{
    Table,
    table::{Many, type_of},
};
use serde_json::Value;

/// Whether a field must be there: asked for by name, or of a type whose empty value isn't among those that are allowed.
pub(super) fn is_required(field: &Value, table: &Table) -> bool {
    if field.get("required").is_some() {
        return true;
    }
    if !table.judges_absent || field.get("ignore_empty").is_some() {
        return false;
    }
    let bound = |name| field.get(name).and_then(Value::as_f64);
    let (many, kind) = type_of(field);
    if many != Many::One {
        return bound("min_items").is_some_and(|least| least > 0.0);
    }
    match kind {
        "string" | "bytes" => {
            bound("min_len").is_some_and(|least| least > 0.0)
                || field.get("prefix").is_some()
                || field.get("in").is_some()
        }
        "int32" | "uint32" | "int64" | "uint64" | "float" | "double" => {
            bound("gt").is_some_and(|least| least >= 0.0) || bound("gte").is_some_and(|least| least > 0.0)
        }
        kind if table.values(kind).is_some() => {
            let listed = |name: &str| field.get(name).and_then(Value::as_array);
            listed("not_in").is_some_and(|values| values.contains(&Value::from(0)))
                || listed("in").is_some_and(|values| !values.contains(&Value::from(0)))
        }
        _ => false,
    }
}
