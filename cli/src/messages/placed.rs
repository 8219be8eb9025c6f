//! Where a field belongs that stands where it isn't known.

use super::{
    Table,
    table::{Many, type_of},
};
use crate::FilterKind;
use http_filter::document::nearest;

/// What to do about the field `name` of `message`, which has none of that name. `around` are the messages that `message`
/// stands in, each with the field that leads on, the innermost last.
pub(super) fn help(table: &Table, message: &str, name: &str, around: &[(String, String)]) -> Option<String> {
    let has = |message: &str| {
        table
            .fields(message)
            .is_some_and(|fields| fields.contains_key(&in_snake_case(table, message, name)))
    };
    let below = table.fields(message).into_iter().flatten().find(|(_, field)| {
        let (many, of) = type_of(field);
        many == Many::One && has(of)
    });
    if let Some((field, _)) = below {
        return Some(format!("it belongs under `{field}`"));
    }
    if let Some((_, field)) = around.iter().rev().find(|(outer, _)| has(outer)) {
        return Some(format!("it belongs beside `{field}`, not under it"));
    }
    let known: Vec<&str> = table
        .fields(message)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let alike = ALIKE.iter().find(|words| words.contains(&name));
    if let Some(word) = alike.and_then(|words| words.iter().find(|word| known.contains(word))) {
        return Some(format!("here its name is `{word}`"));
    }
    if let Some(name) = nearest(name, &known) {
        return Some(format!("did you mean `{name}`?"));
    }
    is_a_filters(name).then(|| {
        let place = known.iter().find(|field| {
            matches!(
                **field,
                "pluginConfig" | "config" | "configuration" | "filter_config"
            )
        });
        match place {
            Some(field @ (&"configuration" | &"filter_config")) => {
                format!("it is a field of the filter's own: it belongs under `{field}`, there under `value`")
            }
            Some(field) => format!("it is a field of the filter's own: it belongs under `{field}`"),
            None => {
                "it is a field of the filter's own: it belongs into the filter's configuration".to_owned()
            }
        }
    })
}

/// What the carriers have their own words for.
const ALIKE: [&[&str]; 3] = [
    &[
        "pluginConfig",
        "config",
        "configuration",
        "defaultConfig",
        "filter_config",
    ],
    &["failStrategy", "failOpen", "failure_policy"],
    &["rootID", "root_id", "pluginName", "filterName", "filter_name"],
];

/// Whether some filter's configuration begins with a field of this name.
pub(super) fn is_a_filters(name: &str) -> bool {
    FilterKind::ALL.iter().any(|kind| {
        kind.schema()
            .get("properties")
            .is_some_and(|properties| properties.get(name).is_some())
    })
}

/// A field's name as the table has it: protobuf takes `vmConfig` for `vm_config`.
pub(super) fn in_snake_case(table: &Table, message: &str, name: &str) -> String {
    let is_known = |name: &str| {
        table
            .fields(message)
            .is_some_and(|fields| fields.contains_key(name))
    };
    if is_known(name) || !table.judges_absent {
        return name.to_owned();
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
