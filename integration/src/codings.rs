//! Encoded bodies, read by the programs that the world reads them with.

use edge_demo::tool;
use http_filter_test::skip;
use std::{
    ffi::OsStr,
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
};

/// The programs that decode; whether all of them are here. What isn't is said.
///
/// # Panics
/// Where one is missing and `EDGE_NO_SKIP` is set.
pub fn programs_are_here(what: &str) -> bool {
    for program in ["curl", "gzip", "zstd", "brotli"] {
        if tool::in_path(program).is_none() {
            skip(&format!("envoy: {what}: {program} is not installed"));
            return false;
        }
    }
    true
}

/// What `encoded` is in plain bytes, by `gzip`, `zstd` or `brotli`.
///
/// # Errors
/// What the program says of a stream that isn't one, or isn't whole.
///
/// # Panics
/// When the program can't be run, or there is none for the coding.
pub fn decoded(coding: &str, encoded: &[u8]) -> Result<Vec<u8>, String> {
    let program = match coding {
        "gzip" => "gzip",
        "zstd" => "zstd",
        "br" => "brotli",
        other => panic!("no program decodes {other}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("encoded");
    fs::write(&file, encoded).unwrap();
    let input = fs::File::open(&file).unwrap();
    run(program, ["-d", "-c"], Stdio::from(input))
}

/// What `program` writes.
///
/// # Errors
/// What it says when it fails.
///
/// # Panics
/// When it can't be run.
pub fn run<A: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = A>,
    input: Stdio,
) -> Result<Vec<u8>, String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(input)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!(
            "{program}: {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// A response as curl got it.
#[derive(Debug)]
pub struct Fetched {
    /// curl's exit code: 0 for a response that came whole.
    pub exit: i32,
    /// The status code.
    pub status: u16,
    /// Header fields and trailers, names in lower case.
    pub fields: Vec<(String, String)>,
    /// The body; decoded where curl was told to.
    pub body: Vec<u8>,
}

impl Fetched {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(other, _)| other == name)?;
        Some(value)
    }
}

/// The versions of HTTP that a client may speak, by curl's options.
pub const HTTP_1: &str = "--http1.1";
/// HTTP/2 without TLS.
pub const HTTP_2: &str = "--http2-prior-knowledge";

/// Fetches `target` by curl.
///
/// # Panics
/// When curl can't be run.
pub fn curl(to: SocketAddr, target: &str, arguments: &[&str]) -> Fetched {
    let folder = tempfile::tempdir().unwrap();
    let (head, body) = (folder.path().join("head"), folder.path().join("body"));
    let status = Command::new("curl")
        .args(["--silent", "--max-time", "60", "--globoff", "--path-as-is"])
        .args(arguments)
        .arg("--dump-header")
        .arg(&head)
        .arg("--output")
        .arg(&body)
        .arg(format!("http://{to}{target}"))
        .stdin(Stdio::null())
        .status()
        .unwrap_or_else(|error| panic!("curl: {error}"));
    let head = fs::read(&head).unwrap_or_default();
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines();
    let status_line = lines.next().unwrap_or_default();
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Fetched {
        exit: status.code().unwrap_or(-1),
        status: status_line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or_default(),
        fields: lines.filter_map(field).collect(),
        body: fs::read(&body).unwrap_or_default(),
    }
}
