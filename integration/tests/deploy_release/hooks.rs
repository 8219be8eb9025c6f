//! `.pre-commit-hooks.yaml`, run by pre-commit itself on a repository that names it.

use super::{Release, dist};
use edge_demo::tool;
use http_filter_test::skip;
use integration::{module::workspace, succeed};
use std::{env, fs, path::Path, process::Command};

/// git in a folder, as nobody in particular.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .args([
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(folder);
    String::from_utf8(succeed(&mut command))
        .unwrap()
        .trim()
        .to_owned()
}

#[test]
fn pre_commit_checks_and_tests_what_is_committed() {
    if tool::in_path("pre-commit").is_none() {
        skip("deploy: the hooks: pre-commit is not installed");
        return;
    }
    let release = Release::of(dist());
    let installed = tempfile::tempdir().unwrap();
    release.install(installed.path()).unwrap();
    let path = format!("{}:{}", installed.path().display(), env::var("PATH").unwrap());

    let hooks = tempfile::tempdir().unwrap();
    fs::copy(
        workspace().join(".pre-commit-hooks.yaml"),
        hooks.path().join(".pre-commit-hooks.yaml"),
    )
    .unwrap();
    git(hooks.path(), &["init", "--quiet"]);
    git(hooks.path(), &["add", "."]);
    git(hooks.path(), &["commit", "--quiet", "--message", "hooks"]);
    let revision = git(hooks.path(), &["rev-parse", "HEAD"]);

    let policy = "policies: {per_client: {requests: 1, per: 1m}}\nrules:\n- {limit: per_client}\n";
    let cases =
        "policy: ../rate-limit.yaml\ncases:\n- name: passes\n  request: {path: /}\n  expect: {status: 200}\n";
    let rows = [
        ("all is well", policy.to_owned(), cases.to_owned(), true, "Passed"),
        (
            "a mistake",
            policy.replace("1m", "soon"),
            cases.to_owned(),
            false,
            "expected a duration",
        ),
        (
            "a case that fails",
            policy.to_owned(),
            cases.replace("200", "429"),
            false,
            "passes",
        ),
    ];
    for (name, policy, cases, expected, printed) in rows {
        let repository = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = repository.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("policies/rate-limit.yaml", &policy);
        write("policies/cases/limits.yaml", &cases);
        write(
            ".pre-commit-config.yaml",
            &format!(
                "repos:\n- repo: {}\n  rev: {revision}\n  hooks:\n  - {{id: edge-filters-check, args: [policies]}}\n  - id: edge-filters-test\n",
                hooks.path().display()
            ),
        );
        git(repository.path(), &["init", "--quiet"]);
        git(repository.path(), &["add", "."]);
        let output = Command::new("pre-commit")
            .args(["run", "--all-files", "--color", "never"])
            .current_dir(repository.path())
            .env("PATH", &path)
            .env("PRE_COMMIT_HOME", hooks.path().join("cache"))
            .output()
            .unwrap();
        let output_text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.success(), expected, "{name}:\n{output_text}");
        assert!(output_text.contains(printed), "{name}:\n{output_text}");
    }
}
