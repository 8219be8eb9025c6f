//! The Grafana dashboard under `mesh/observe/`, as far as tests read it.

use crate::module::workspace;
use serde_json::Value;

/// One query of a panel.
#[derive(Clone, Debug)]
pub struct Query {
    /// The title of its panel.
    pub panel: String,
    /// The query, with the dashboard's variables filled in.
    pub expression: String,
    /// The labels that its legend names.
    pub legend: Vec<String>,
}

/// The file, as it is.
///
/// # Panics
/// When it isn't JSON.
pub fn document() -> Value {
    let file = workspace().join("mesh/observe/grafana/dashboards/edge-filters.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The panels that show something: all but the rows' titles.
pub fn panels(dashboard: &Value) -> Vec<&Value> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    panels.filter(|panel| panel["type"] != "row").collect()
}

/// Every query of every panel, over `interval` where Grafana would choose one.
pub fn queries(dashboard: &Value, interval: &str) -> Vec<Query> {
    let query = |panel: &Value, target: &Value| Query {
        panel: panel["title"].as_str().unwrap().to_owned(),
        expression: filled_in(dashboard, target["expr"].as_str().unwrap(), interval),
        legend: labels(target["legendFormat"].as_str().unwrap()),
    };
    panels(dashboard)
        .into_iter()
        .flat_map(|panel| {
            let targets = panel["targets"].as_array().unwrap().iter();
            targets.map(move |target| query(panel, target))
        })
        .collect()
}

fn filled_in(dashboard: &Value, expression: &str, interval: &str) -> String {
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let mut expression = expression.replace("$__rate_interval", interval);
    for variable in variables {
        let value = match variable["type"].as_str().unwrap() {
            "constant" => variable["query"].as_str().unwrap(),
            "query" => variable["allValue"].as_str().unwrap(),
            _ => continue,
        };
        expression = expression.replace(&format!("${}", variable["name"].as_str().unwrap()), value);
    }
    assert!(
        !expression.contains('$'),
        "a variable that isn't there: {expression}"
    );
    expression
}

/// The `{{label}}`s of a legend.
fn labels(legend: &str) -> Vec<String> {
    let parts = legend.split("{{").skip(1);
    parts
        .map(|part| part.split("}}").next().unwrap().to_owned())
        .collect()
}
