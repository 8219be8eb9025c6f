//! `POST /validate`: holds a JSON document against a small set of rules.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::budget::Budget;
use crate::{Problem, Request, Response, input};

/// `{"value": …, "rules": […]}` → `{"valid": …, "violations": […], "truncated": …}`. A violated rule is an answer, not an
/// error: the status is 200 either way.
pub(crate) fn validate(request: &Request) -> Result<Response, Problem> {
    let Value::Object(mut body) = input::json(request)? else {
        return Err(Problem::at("", "expected an object with `value` and `rules`"));
    };
    let rules: Vec<Rule> =
        input::member(&mut body, "rules")?.ok_or_else(|| Problem::at("/rules", "missing"))?;
    if rules.len() > MAX_RULES {
        return Err(Problem::at("/rules", format!("more than {MAX_RULES} rules")));
    }
    let value = body
        .remove("value")
        .ok_or_else(|| Problem::at("/value", "missing"))?;
    input::nothing_else(&body, "`value` and `rules`")?;

    let mut budget = Budget::for_one_request();
    let mut found = Violations::default();
    for (index, rule) in rules.iter().enumerate() {
        let at_rule = |detail| Problem::at(format!("/rules/{index}"), detail);
        let tokens = tokens(&rule.path).map_err(at_rule)?;
        rule.visit(&value, &tokens, &mut String::new(), &mut budget, &mut found)
            .map_err(at_rule)?;
    }
    Ok(Response::json(&json!({
        "valid": found.count == 0,
        "violations": found.listed,
        "truncated": found.count > found.listed.len(),
    })))
}

/// What is asked of every value at `path`: a JSON Pointer in which `*` stands for each member or element.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    path: String,
    /// Something must be there; without it the other demands hold only for what is there.
    #[serde(default)]
    required: bool,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    /// In characters for a string, in elements for an array.
    min_length: Option<usize>,
    max_length: Option<usize>,
    #[serde(rename = "enum")]
    one_of: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Rule {
    /// Walks down `tokens` from `value`, which is at `pointer`.
    fn visit(
        &self,
        value: &Value,
        tokens: &[String],
        pointer: &mut String,
        budget: &mut Budget,
        found: &mut Violations,
    ) -> Result<(), String> {
        budget.spend(1)?;
        let Some((token, rest)) = tokens.split_first() else {
            return self.check(value, pointer, budget, found);
        };
        let inner: Vec<(String, &Value)> = match (value, token.as_str()) {
            (Value::Array(items), "*") => items
                .iter()
                .enumerate()
                .map(|(i, v)| (i.to_string(), v))
                .collect(),
            (Value::Object(members), "*") => members.iter().map(|(n, v)| (n.clone(), v)).collect(),
            (Value::Array(items), index) => {
                let item = index.parse().ok().and_then(|i: usize| items.get(i));
                item.map(|v| (index.to_owned(), v)).into_iter().collect()
            }
            (Value::Object(members), name) => members
                .get(name)
                .map(|v| (name.to_owned(), v))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        if inner.is_empty() && token != "*" && self.required {
            budget.spend(pointer.len())?;
            let rest: String = tokens
                .iter()
                .map(|token| format!("/{}", input::escape(token)))
                .collect();
            found.add(
                &format!("{pointer}{rest}"),
                "required",
                &json!(true),
                "nothing".to_owned(),
            );
        }
        let length = pointer.len();
        for (name, value) in inner {
            budget.spend(name.len() + 1)?;
            pointer.push('/');
            pointer.push_str(&input::escape(&name));
            self.visit(value, rest, pointer, budget, found)?;
            pointer.truncate(length);
        }
        Ok(())
    }

    fn check(
        &self,
        value: &Value,
        pointer: &str,
        budget: &mut Budget,
        found: &mut Violations,
    ) -> Result<(), String> {
        if let Some(kind) = self.kind
            && !kind.is(value)
        {
            found.add(
                pointer,
                "type",
                &json!(kind.name()),
                input::kind(value).to_owned(),
            );
            return Ok(());
        }
        if let Some(number) = value.as_f64() {
            let found_number = || value.to_string();
            if let Some(minimum) = self.minimum.filter(|minimum| number < *minimum) {
                found.add(pointer, "minimum", &json!(minimum), found_number());
            }
            if let Some(maximum) = self.maximum.filter(|maximum| number > *maximum) {
                found.add(pointer, "maximum", &json!(maximum), found_number());
            }
        }
        if let Some(length) = length(value) {
            if let Some(minimum) = self.min_length.filter(|minimum| length < *minimum) {
                found.add(pointer, "min_length", &json!(minimum), length.to_string());
            }
            if let Some(maximum) = self.max_length.filter(|maximum| length > *maximum) {
                found.add(pointer, "max_length", &json!(maximum), length.to_string());
            }
        }
        if let Some(one_of) = &self.one_of {
            budget.spend(one_of.len())?;
            if !one_of.contains(value) {
                found.add(pointer, "enum", &json!(one_of), input::kind(value).to_owned());
            }
        }
        Ok(())
    }
}

impl Kind {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            // 2.0 is an integer, as in JSON Schema.
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        _ => None,
    }
}

/// The names and wildcards of a path.
fn tokens(path: &str) -> Result<Vec<String>, String> {
    match path.strip_prefix('/') {
        None if path.is_empty() => Ok(Vec::new()),
        None => Err("a path is a JSON Pointer: empty, or starting with a slash".to_owned()),
        Some(tokens) => Ok(tokens.split('/').map(input::unescape).collect()),
    }
}

/// All are counted, the first hundred listed.
#[derive(Debug, Default)]
struct Violations {
    count: usize,
    listed: Vec<Map<String, Value>>,
}

impl Violations {
    fn add(&mut self, pointer: &str, rule: &str, expected: &Value, found: String) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            let members = [
                ("pointer", Value::from(pointer)),
                ("rule", Value::from(rule)),
                ("expected", expected.clone()),
                ("found", Value::from(found)),
            ];
            self.listed.push(
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
            );
        }
    }
}

const MAX_RULES: usize = 64;
const MAX_LISTED: usize = 100;
