//! `POST /aggregate`: count, sum, smallest, largest and mean of numbers, as a whole or by group.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::budget::Budget;
use crate::{Problem, Request, Response, input};

/// An array of numbers, or `{"values": […], "field": POINTER, "group_by": POINTER}` → totals and, with `group_by`, `groups`.
pub(crate) fn aggregate(request: &Request) -> Result<Response, Problem> {
    let (values, field, group_by, at) = match input::json(request)? {
        Value::Array(values) => (values, String::new(), None, ""),
        Value::Object(mut body) => {
            let values =
                input::member(&mut body, "values")?.ok_or_else(|| Problem::at("/values", "missing"))?;
            let field: String = input::member(&mut body, "field")?.unwrap_or_default();
            let group_by: Option<String> = input::member(&mut body, "group_by")?;
            input::nothing_else(&body, "`values`, `field` and `group_by`")?;
            (values, field, group_by, "/values")
        }
        _ => {
            return Err(Problem::at(
                "",
                "expected an array of numbers, or an object with `values`",
            ));
        }
    };

    let mut budget = Budget::for_one_request();
    let mut total = Totals::default();
    let mut groups: BTreeMap<String, Totals> = BTreeMap::new();
    for (index, value) in values.iter().enumerate() {
        let here = |rest: &str, detail: String| Problem::at(format!("{at}/{index}{rest}"), detail);
        budget
            .spend(field.len() + group_by.as_ref().map_or(0, String::len) + 1)
            .map_err(|d| here("", d))?;
        let number = value.pointer(&field).and_then(Value::as_f64).ok_or_else(|| {
            let found = value.pointer(&field).map_or("nothing", input::kind);
            here(&field, format!("expected a number, found {found}"))
        })?;
        total.add(number);
        if let Some(group_by) = &group_by {
            let key = value.pointer(group_by).and_then(group_name).ok_or_else(|| {
                here(
                    group_by,
                    "expected a string, number, boolean or null to group by".to_owned(),
                )
            })?;
            groups.entry(key).or_default().add(number);
            if groups.len() > MAX_GROUPS {
                return Err(Problem::at("/group_by", format!("more than {MAX_GROUPS} groups")));
            }
        }
    }
    let overflow = || Problem::at(at, "the sum is larger than a number can be");
    let mut answer = total.to_json().ok_or_else(overflow)?;
    if let (Some(_), Value::Object(answer)) = (group_by, &mut answer) {
        let groups: Option<serde_json::Map<_, _>> = groups
            .into_iter()
            .map(|(name, totals)| Some((name, totals.to_json()?)))
            .collect();
        answer.insert("groups".to_owned(), Value::Object(groups.ok_or_else(overflow)?));
    }
    Ok(Response::json(&answer))
}

fn group_name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

#[derive(Debug, Clone, Default)]
struct Totals {
    count: u64,
    sum: f64,
    /// What rounding has taken from the sum so far (Neumaier's summation): 0.1 ten times is 1.
    lost: f64,
    bounds: Option<(f64, f64)>,
}

impl Totals {
    fn add(&mut self, number: f64) {
        self.count += 1;
        let sum = self.sum + number;
        self.lost += match self.sum.abs() >= number.abs() {
            true => (self.sum - sum) + number,
            false => (number - sum) + self.sum,
        };
        self.sum = sum;
        let (min, max) = self.bounds.unwrap_or((number, number));
        self.bounds = Some((min.min(number), max.max(number)));
    }

    /// `None` when the sum is not finite, which JSON has no word for.
    fn to_json(&self) -> Option<Value> {
        let sum = self.sum + self.lost;
        if !sum.is_finite() {
            return None;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a body holds far fewer numbers than 2^52"
        )]
        let mean = self.bounds.map(|_| sum / self.count as f64);
        let (min, max) = self.bounds.unzip();
        Some(json!({"count": self.count, "sum": sum, "min": min, "max": max, "mean": mean}))
    }
}

const MAX_GROUPS: usize = 1000;
