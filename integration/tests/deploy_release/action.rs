//! `action.yml`, its steps run one after the other as a runner of GitHub's runs a composite action's.

use super::{Release, VERSION, dist};
use integration::module::workspace;
use serde_json::Value;
use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

/// What a workflow gives the action.
struct Call<'a> {
    inputs: &'a [(&'a str, &'a str)],
    /// Where releases lie.
    releases: &'a str,
}

/// Runs the steps in a folder: whether all succeeded, and what they printed.
fn run(call: &Call, repository: &Path) -> (bool, String) {
    let action: Value =
        serde_yaml_ng::from_str(&fs::read_to_string(workspace().join("action.yml")).unwrap()).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    let temporary = tempfile::tempdir().unwrap();
    let path_file = temporary.path().join("path");
    fs::write(&path_file, "").unwrap();
    let mut path = env::var("PATH").unwrap();
    let mut printed = String::new();
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert_eq!(step["shell"], "bash");
        let script = temporary.path().join("step.sh");
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script);
        command.current_dir(repository);
        for (name, expression) in step["env"].as_object().unwrap() {
            command.env(name, value(expression.as_str().unwrap(), &action, call));
        }
        command
            .env("GITHUB_ACTION_PATH", workspace())
            .env("GITHUB_PATH", &path_file)
            .env("RUNNER_TEMP", temporary.path())
            .env("PATH", &path);
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        printed.push_str(&String::from_utf8_lossy(&[stdout, stderr].concat()));
        if !status.success() {
            return (false, printed);
        }
        let added = fs::read_to_string(&path_file).unwrap();
        path = added
            .lines()
            .fold(path, |path, folder| format!("{folder}:{path}"));
        fs::write(&path_file, "").unwrap();
    }
    (true, printed)
}

/// What an expression of the action comes to: an input, or its default, or what the runner knows.
fn value(expression: &str, action: &Value, call: &Call) -> String {
    let inner = expression
        .strip_prefix("${{ ")
        .and_then(|rest| rest.strip_suffix(" }}"))
        .unwrap_or_else(|| panic!("{expression} is no expression"));
    let name = inner
        .strip_prefix("inputs.")
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or_else(|| panic!("{expression} begins with no input"));
    let default = action["inputs"][name]["default"]
        .as_str()
        .unwrap_or_else(|| panic!("{name} is no input"));
    let given = call.inputs.iter().find(|(input, _)| *input == name);
    match given.map_or(default, |(_, value)| value) {
        "" if inner.contains("|| github.action_ref") => format!("v{VERSION}"),
        "" if inner.contains("|| format(") => call.releases.to_owned(),
        value => value.to_owned(),
    }
}

const GOOD: &str = "policies: {per_client: {requests: 100, per: 1m}}\nrules:\n- {limit: per_client}\n";
const CASES: &str = "filter: rate-limit
config: {policies: {per_client: {requests: 100, per: 1m}}, rules: [{limit: per_client}]}
cases:
- name: the first request passes
  request: {path: /}
  expect: {status: 200}
";

type Row<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a [(&'a str, String)],
    bool,
    &'a str,
);

#[test]
fn a_workflow_checks_and_tests_policies() {
    let release = Release::of(dist());
    let address = release.address();
    let wrong = GOOD.replace("1m", "soon");
    let rows: [Row; 6] = [
        (
            "all is well",
            &[],
            &[("rate-limit.yaml", GOOD.to_owned())],
            true,
            "",
        ),
        (
            "a mistake",
            &[],
            &[("rate-limit.yaml", wrong.clone())],
            false,
            "::error file=",
        ),
        (
            "only what is named",
            &[("check", "good.yaml")],
            &[("good.yaml", GOOD.to_owned()), ("wrong.yaml", wrong.clone())],
            true,
            "",
        ),
        (
            "cases",
            &[("check", ""), ("test", "cases/*.yaml")],
            &[
                ("cases/a.yaml", CASES.to_owned()),
                ("cases/b.yaml", CASES.to_owned()),
            ],
            true,
            "2",
        ),
        (
            "cases that fail",
            &[("check", ""), ("test", "cases/*.yaml")],
            &[("cases/a.yaml", CASES.replace("200", "429"))],
            false,
            "the first request passes",
        ),
        (
            "findings for code scanning",
            &[("sarif", "found.sarif")],
            &[("rate-limit.yaml", wrong)],
            false,
            "::error file=",
        ),
    ];
    for (name, inputs, files, expected, printed) in rows {
        let repository = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = repository.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let call = Call {
            inputs,
            releases: &address,
        };
        let (succeeded, output) = run(&call, repository.path());
        assert_eq!(succeeded, expected, "{name}:\n{output}");
        assert!(output.contains(printed), "{name}:\n{output}");
        if let Some((_, file)) = inputs.iter().find(|(input, _)| *input == "sarif") {
            let sarif: Value =
                serde_json::from_slice(&fs::read(repository.path().join(file)).unwrap()).unwrap();
            assert_eq!(sarif["version"], "2.1.0", "{name}");
            assert_eq!(
                sarif["runs"][0]["results"].as_array().map(Vec::len),
                Some(1),
                "{name}"
            );
        }
    }
}
