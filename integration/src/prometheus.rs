//! A Prometheus, from the packages, that scrapes what a test tells it to.

use crate::nginx::serving;
use edge_demo::{
    http::Request,
    process::{Server, free_address},
    tool,
};
use http_filter_test::skip;
use serde_json::Value;
use std::{collections::BTreeMap, fs, process::Command};

/// A Prometheus at work.
pub struct Prometheus {
    server: Server,
}

/// One series of a result: its labels, and its value now.
pub type Series = (BTreeMap<String, String>, f64);

impl Prometheus {
    /// One with this configuration. `None` where it isn't installed, which then is said.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn start(configuration: &str) -> Option<Self> {
        let Some(program) = tool::in_path("prometheus") else {
            skip("envoy: the dashboard's queries: prometheus is not installed");
            return None;
        };
        let server = Server::in_temporary_folder(|folder| {
            let address = free_address()?;
            let file = folder.join("prometheus.yml");
            fs::write(&file, configuration).unwrap();
            let mut command = Command::new(&program);
            command
                .arg(format!("--config.file={}", file.display()))
                .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
                .arg(format!("--web.listen-address={address}"))
                .arg("--log.level=warn");
            serving("prometheus", command, address, folder)
        });
        Some(Self {
            server: server.unwrap_or_else(|error| panic!("{error}")),
        })
    }

    /// What a query gives now.
    ///
    /// # Errors
    /// What Prometheus finds wrong with it.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn query(&self, query: &str) -> Result<Vec<Series>, String> {
        let answer = self.get(&format!("query?query={}", percent_encoded(query)))?;
        let series = answer["result"].as_array().unwrap().iter();
        Ok(series.map(one).collect())
    }

    /// The names of all metrics it has seen.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn names(&self) -> Vec<String> {
        let names = self.get("label/__name__/values").unwrap();
        serde_json::from_value(names).unwrap()
    }

    fn get(&self, target: &str) -> Result<Value, String> {
        let request = Request::get(&format!("/api/v1/{target}"));
        let mut answer = request.send(self.server.address()).unwrap().json();
        match answer["status"].as_str() {
            Some("success") => Ok(answer["data"].take()),
            _ => Err(answer["error"].as_str().unwrap_or("no answer").to_owned()),
        }
    }
}

fn one(series: &Value) -> Series {
    let labels = serde_json::from_value(series["metric"].clone()).unwrap();
    let value = series["value"][1].as_str().unwrap().parse().unwrap();
    (labels, value)
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
