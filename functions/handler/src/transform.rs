//! `POST /transform`: changes a JSON document by a list of operations.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::budget::Budget;
use crate::{Problem, Request, Response, input};

/// `{"input": …, "operations": […]}` → `{"output": …}`. An array as input is changed element by element.
pub(crate) fn transform(request: &Request) -> Result<Response, Problem> {
    let Value::Object(mut body) = input::json(request)? else {
        return Err(Problem::at(
            "",
            "expected an object with `input` and `operations`",
        ));
    };
    let operations: Vec<Operation> =
        input::member(&mut body, "operations")?.ok_or_else(|| Problem::at("/operations", "missing"))?;
    if operations.len() > MAX_OPERATIONS {
        return Err(Problem::at(
            "/operations",
            format!("more than {MAX_OPERATIONS} operations"),
        ));
    }
    let mut value = body
        .remove("input")
        .ok_or_else(|| Problem::at("/input", "missing"))?;
    input::nothing_else(&body, "`input` and `operations`")?;

    let mut budget = Budget::for_one_request();
    for (index, operation) in operations.iter().enumerate() {
        let applied = match &mut value {
            Value::Array(items) => items
                .iter_mut()
                .try_for_each(|item| operation.apply(item, &mut budget)),
            single => operation.apply(single, &mut budget),
        };
        applied.map_err(|detail| Problem::at(format!("/operations/{index}"), detail))?;
    }
    Ok(Response::json(&json!({"output": value})))
}

/// Paths are JSON Pointers into the document. What a path doesn't find is left out, not an error: documents differ.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Operation {
    /// Keeps these members of the document, drops the others.
    Pick { paths: Vec<String> },
    /// Drops these members.
    Remove { paths: Vec<String> },
    /// Gives a member another name in the same object.
    Rename { path: String, to: String },
    /// Upper case for a string.
    Uppercase { path: String },
    /// Lower case for a string.
    Lowercase { path: String },
    /// One level: nested names are joined by the separator, `.` unless told otherwise.
    Flatten { separator: Option<String> },
}

impl Operation {
    fn apply(&self, value: &mut Value, budget: &mut Budget) -> Result<(), String> {
        budget.spend(self.cost())?;
        match self {
            Self::Pick { paths } => *value = pick(value, paths),
            Self::Remove { paths } => {
                for path in paths {
                    if let Some((object, name)) = input::parent(value, path) {
                        object.remove(&name);
                    }
                }
            }
            Self::Rename { path, to } => rename(value, path, to)?,
            Self::Uppercase { path } => change_text(value, path, budget, str::to_uppercase)?,
            Self::Lowercase { path } => change_text(value, path, budget, str::to_lowercase)?,
            Self::Flatten { separator } => {
                let mut flat = Map::new();
                let separator = separator.as_deref().unwrap_or(".");
                flatten(value, &mut String::new(), separator, &mut flat, budget)?;
                *value = Value::Object(flat);
            }
        }
        Ok(())
    }

    /// What it costs to look for its paths in one document, and the name it may write.
    fn cost(&self) -> usize {
        let all = |paths: &[String]| paths.iter().map(|path| path.len() + 1).sum();
        match self {
            Self::Pick { paths } | Self::Remove { paths } => all(paths),
            Self::Rename { path, to } => path.len() + to.len() + 1,
            Self::Uppercase { path } | Self::Lowercase { path } => path.len() + 1,
            Self::Flatten { .. } => 1,
        }
    }
}

/// The members at these paths, in objects like the ones they were found in. Each is moved, so no document grows; outer ones
/// first, or they would replace what was picked from inside them.
fn pick(value: &mut Value, paths: &[String]) -> Value {
    let mut paths: Vec<&String> = paths.iter().collect();
    paths.sort_by_key(|path| path.matches('/').count());
    let mut picked = Value::Object(Map::new());
    for path in paths {
        let Some((object, name)) = input::parent(value, path) else {
            continue;
        };
        let Some(found) = object.remove(&name) else {
            continue;
        };
        let mut into = &mut picked;
        for token in path.split('/').skip(1) {
            let Value::Object(object) = into else { break };
            into = object
                .entry(input::unescape(token))
                .or_insert_with(|| Value::Object(Map::new()));
        }
        *into = found;
    }
    picked
}

fn rename(value: &mut Value, path: &str, to: &str) -> Result<(), String> {
    let Some((object, name)) = input::parent(value, path) else {
        return Ok(());
    };
    let Some(found) = object.remove(&name) else {
        return Ok(());
    };
    match object.insert(to.to_owned(), found) {
        None => Ok(()),
        Some(_) => Err(format!("there is already a member named {to:?}")),
    }
}

fn change_text(
    value: &mut Value,
    path: &str,
    budget: &mut Budget,
    change: fn(&str) -> String,
) -> Result<(), String> {
    match value.pointer_mut(path) {
        None => Ok(()),
        Some(Value::String(text)) => {
            // A letter may become three (ﬃ → FFI).
            budget.spend(text.len())?;
            *text = change(text);
            Ok(())
        }
        Some(other) => Err(format!(
            "{path:?} is not a string but of kind {}",
            input::kind(other)
        )),
    }
}

fn flatten(
    value: &mut Value,
    path: &mut String,
    separator: &str,
    flat: &mut Map<String, Value>,
    budget: &mut Budget,
) -> Result<(), String> {
    let members: Vec<(String, Value)> = match value {
        Value::Object(object) if !object.is_empty() => std::mem::take(object).into_iter().collect(),
        Value::Array(items) if !items.is_empty() => std::mem::take(items)
            .into_iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        leaf => {
            budget.spend(path.len())?;
            return match flat.insert(path.clone(), leaf.take()) {
                None => Ok(()),
                Some(_) => Err(format!(
                    "two members are named {path:?} when flattened; choose another separator"
                )),
            };
        }
    };
    let length = path.len();
    for (name, mut member) in members {
        if length > 0 {
            path.push_str(separator);
        }
        path.push_str(&name);
        flatten(&mut member, path, separator, flat, budget)?;
        path.truncate(length);
    }
    Ok(())
}

const MAX_OPERATIONS: usize = 32;
