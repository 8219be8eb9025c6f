//! The identity provider (`mesh/idp/server.mjs`) as a child process.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Error;
use crate::http::{Request, Response};
use crate::process::{Leftover, Process, Server};
use crate::progress::{Progress, Silent};
use crate::tool;

/// A running identity provider: publishes a JSON Web Key Set and mints tokens. Stopped when dropped.
#[derive(Debug)]
pub struct IdentityProvider(Server);

impl IdentityProvider {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// [`Error::Missing`] without Node.js; the others as they say.
    pub fn start() -> Result<Self, Error> {
        Server::in_temporary_folder(|folder| Ok(Self::start_in(folder, &Silent)?.0)).map(Self)
    }

    /// As [`start`](Self::start), with the log in `folder`, telling a person what is being waited for.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_in(folder: &Path, progress: &dyn Progress) -> Result<Self, Error> {
        let mut command = Command::new(tool::required("node", NODE_REMEDY)?);
        command
            .arg(tool::root().join("mesh/idp/server.mjs"))
            .args(["--host", "127.0.0.1", "--port", "0"]);
        let mut process = Process::spawn("identity provider", command, &folder.join("idp.log"))?;
        let address = process.wait_until(START_LIMIT, progress, |log| {
            let line: Value = serde_json::from_str(log.lines().next()?).ok()?;
            let port = u16::try_from(line.get("port")?.as_u64()?).ok()?;
            Some(SocketAddr::from(([127, 0, 0, 1], port)))
        })?;
        Ok(Self(Server::new(process, address)))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The `iss` of the tokens it mints.
    pub const ISSUER: &str = "https://idp.example.com";

    /// Mints a token. `query` is that of `/token`: `sub=alice&aud=edge&scope=orders.read&ttl=60&alg=ES256`.
    ///
    /// # Errors
    /// [`Error::Unexpected`] when it refuses the query; [`Error::Http`].
    pub fn token(&self, query: &str) -> Result<String, Error> {
        let response = self.post(&format!("/token?{query}"), None)?;
        let token = response
            .json()
            .get("access_token")
            .and_then(Value::as_str)
            .map(str::to_owned);
        token.ok_or_else(|| Error::Unexpected(format!("no token for {query}: {}", response.text())))
    }

    /// Replaces the keys: tokens minted from now on carry new key ids.
    ///
    /// # Errors
    /// [`Error::Http`], [`Error::Unexpected`].
    pub fn rotate(&self) -> Result<(), Error> {
        self.post("/rotate", None).map(drop)
    }

    /// Makes the key set misbehave; `mode` is one of `ok`, `down`, `slow`, `500`, `garbage`, `truncated`, `huge`, `html`.
    ///
    /// # Errors
    /// [`Error::Http`], [`Error::Unexpected`].
    pub fn behave(&self, mode: &str, delay: Duration) -> Result<(), Error> {
        let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.post("/behave", Some(json!({"mode": mode, "delay_ms": delay})))
            .map(drop)
    }

    /// How often the key set was asked for so far, whatever the answer was.
    ///
    /// # Errors
    /// [`Error::Http`].
    pub fn jwks_fetches(&self) -> Result<u64, Error> {
        let stats = Request::get("/stats").send(self.0.address())?.json();
        Ok(stats
            .get("jwks_fetches")
            .and_then(Value::as_u64)
            .unwrap_or_default())
    }

    /// Lets it outlive this program.
    #[must_use]
    pub fn leave_running(self) -> Leftover {
        self.0.leave_running()
    }

    fn post(&self, target: &str, body: Option<Value>) -> Result<Response, Error> {
        let request = match body {
            Some(body) => Request::post_json(target, &body),
            None => Request::new("POST", target).header("content-length", "0"),
        };
        let response = request.send(self.0.address())?;
        match response.status {
            200..=299 => Ok(response),
            status => Err(Error::Unexpected(format!(
                "{target}: {status} {}",
                response.text().trim()
            ))),
        }
    }
}

const NODE_REMEDY: &str = "install Node.js 18 or newer (apt install nodejs, brew install node)";
const START_LIMIT: Duration = Duration::from_secs(30);
