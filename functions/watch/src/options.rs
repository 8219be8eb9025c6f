//! What is watched, and what it may do.

use std::net::SocketAddr;
use std::time::Duration;

pub(crate) const USAGE: &str = "usage: functions-watch --address IP:PORT [--answer-ms N] [--memory-mib N] [--address-space-mib N] [--metrics IP:PORT] [--name NAME] -- COMMAND...

  --address IP:PORT        where it answers GET /health
  --answer-ms N            how long it may take to answer before it is ended: 1000
  --memory-mib N           how much of the machine's memory it may have
  --address-space-mib N    how much address space it may have: what asks for more gets none
  --metrics IP:PORT        where to tell Prometheus, at /metrics: starts, ends by cause, time to start, memory
  --name NAME              what it is called there: function";

/// As the command line says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where it answers `GET /health`.
    pub(crate) address: SocketAddr,
    /// How long it may take for that.
    pub(crate) answer: Duration,
    /// In bytes.
    pub(crate) memory: Option<u64>,
    /// In bytes.
    pub(crate) address_space: Option<u64>,
    /// Where `GET /metrics` is answered; `None` for nowhere.
    pub(crate) metrics: Option<SocketAddr>,
    /// What it's called there.
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
}

/// Reads the command line.
///
/// # Errors
/// What is missing, unknown, or no number, in words.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut arguments = arguments;
    let (mut address, mut answer, mut memory, mut address_space) = (None, 1000, None, None);
    let (mut metrics, mut name) = (None, "function".to_owned());
    while let Some(option) = arguments.next().filter(|option| option != "--") {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--address" => address = Some(socket_address(&option, &value)?),
            "--metrics" => metrics = Some(socket_address(&option, &value)?),
            "--name" => name = value,
            "--answer-ms" => answer = number(&option, &value)?,
            "--memory-mib" => memory = Some(number(&option, &value)?.saturating_mul(MEBIBYTE)),
            "--address-space-mib" => address_space = Some(number(&option, &value)?.saturating_mul(MEBIBYTE)),
            _ => return Err(format!("{option} is unknown")),
        }
    }
    let command: Vec<String> = arguments.collect();
    if command.is_empty() {
        return Err("a command is missing, behind --".to_owned());
    }
    Ok(Options {
        address: address.ok_or("--address is missing")?,
        answer: Duration::from_millis(answer),
        memory,
        address_space,
        metrics,
        name,
        command,
    })
}

fn socket_address(option: &str, value: &str) -> Result<SocketAddr, String> {
    let parsed = value.parse();
    parsed.map_err(|_| format!("{option} {value}: expected an address such as 127.0.0.1:8080"))
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    let parsed = value.parse().ok().filter(|number| *number > 0);
    parsed.ok_or_else(|| format!("{option} {value}: expected a whole number above 0"))
}

const MEBIBYTE: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines() {
        let whole = Options {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            answer: Duration::from_millis(500),
            memory: Some(64 * MEBIBYTE),
            address_space: Some(128 * MEBIBYTE),
            metrics: Some(SocketAddr::from(([127, 0, 0, 1], 9102))),
            name: "run-native".to_owned(),
            command: vec!["function".to_owned(), "--address".to_owned()],
        };
        let rows = [
            (
                "--address 127.0.0.1:8080 --answer-ms 500 --memory-mib 64 --address-space-mib 128 --metrics 127.0.0.1:9102 --name run-native -- function --address",
                Ok(whole),
            ),
            ("--answer-ms 1 -- function", Err("--address is missing")),
            ("--address 127.0.0.1:8080", Err("a command is missing, behind --")),
            (
                "--address here -- function",
                Err("--address here: expected an address such as 127.0.0.1:8080"),
            ),
            (
                "--metrics 9102 -- function",
                Err("--metrics 9102: expected an address such as 127.0.0.1:8080"),
            ),
            (
                "--memory-mib 0 -- function",
                Err("--memory-mib 0: expected a whole number above 0"),
            ),
            ("--answer-ms", Err("--answer-ms needs a value")),
            ("--speed 1 -- function", Err("--speed is unknown")),
        ];
        for (line, expected) in rows {
            let parsed = parse(line.split(' ').map(str::to_owned));
            assert_eq!(parsed, expected.map_err(str::to_owned), "{line}");
        }
    }
}
