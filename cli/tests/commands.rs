//! The command as people call it: every subcommand and format, its exit code, what it prints where, and what it keeps to
//! itself. What is called stands in `commands.yaml`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_filters::document::{Reader, parse, read};
use http_filter::document;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

document! {
    /// What is called, and with which files.
    struct Calls {
        /// The files, by name.
        files ("files"): BTreeMap<String, String>,
        /// The calls, in order.
        calls ("calls", required "calls"): Vec<Call>,
    }
}

document! {
    /// A call, and what comes of it.
    struct Call {
        /// What it shows.
        name ("name", required "what it shows"): String,
        /// The arguments, as a shell reads them.
        run ("run", required "arguments"): String,
        /// What comes by the standard input.
        input ("input"): String,
        /// The exit code.
        code ("code"): u8,
        /// Parts of what is printed; of the error output where the code is 2.
        shows ("shows", required "parts of what is printed"): Vec<String>,
        /// Parts that nothing printed may hold.
        hides ("hides"): Vec<String>,
    }
}

fn calls() -> Calls {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/commands.yaml");
    let parsed = parse(&fs::read_to_string(file).unwrap()).unwrap();
    let value = read(parsed.documents.first().unwrap(), Reader::Exact, &mut Vec::new());
    document::read(&value).unwrap_or_else(|error| panic!("{error}"))
}

/// What the command, called with these arguments, comes to.
fn call(arguments: &str, input: &str, folder: &Path) -> Output {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_edge-filters"));
    let mut child = Command::new("sh")
        .args(["-c", &format!("exec '{}' {arguments}", binary.display())])
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone by now.
    let _: std::io::Result<()> = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn every_subcommand_says_what_it_should_and_how_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let Calls { files, calls } = calls();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
        #[cfg(unix)]
        if text.starts_with("#!") {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let mut wrong = Vec::new();
    for expected in calls {
        let output = call(&expected.run, &expected.input, folder.path());
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let told = if expected.code == 2 { &err } else { &out };
        let is_shown = expected.shows.iter().all(|part| told.contains(part));
        let is_hidden = !expected.hides.iter().any(|part| told.contains(part));
        let is_code = output.status.code() == Some(expected.code.into());
        if !(is_code && is_shown && is_hidden && (expected.code == 2 || err.is_empty())) {
            wrong.push(format!("{}: {}\n{out}{err}", expected.name, output.status));
        }
        // Later calls read the token that an earlier one made.
        if out.starts_with("eyJ") {
            fs::write(folder.path().join("token"), &out).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{} calls:\n{}", wrong.len(), wrong.join("\n"));
}

#[cfg(unix)]
#[test]
fn a_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let output = call("jwt mint --new-key HS256 --key key.json", "", folder.path());
    assert!(output.status.success(), "{output:?}");
    let mode = fs::metadata(folder.path().join("key.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
