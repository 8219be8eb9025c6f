//! `jwt`.

use super::{Error, Outcome, in_words, moment, now, read_bytes};
use crate::{
    jwt::{Kind, PrivateKey, inspect, mint, verdict},
    style::{ERROR, GOOD, STRONG, styled},
};
use clap::Subcommand;
use http_filter::Span;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Look at tokens, and make some for tests.
#[derive(Debug, Subcommand)]
pub enum Jwt {
    /// Say what a token says and, with keys, whether jwt-auth accepts it.
    Inspect(Inspect),
    /// Make a token.
    Mint(Mint),
}

/// Say what a token says and, with keys, whether jwt-auth accepts it.
///
/// The token and its signature are never printed.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// The token; `-` reads it from the standard input, `@FILE` from a file, so that no shell remembers it.
    pub token: String,
    /// A JSON Web Key Set to verify it by. `explain` says what a whole policy makes of it.
    #[arg(long, value_name = "FILE")]
    pub jwks: Option<String>,
    /// When: seconds since 1970, or 2027-01-15T08:00:00Z. Without it, now.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub clock: Option<u64>,
}

/// Make a token.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The public keys to give to jwt-auth: --jwks-out FILE, or `providers.<name>.jwks` inline."
)]
pub struct Mint {
    /// The private key, a JWK.
    #[arg(long, value_name = "FILE")]
    pub key: String,
    /// Make a new key first, and write it to --key (which must not exist).
    #[arg(long, value_name = "ALGORITHM", value_enum, ignore_case = true)]
    pub new_key: Option<Kind>,
    /// Write the public keys, as a JSON Web Key Set. Of HS256 that is the secret.
    #[arg(long, value_name = "FILE")]
    pub jwks_out: Option<String>,
    /// The issuer.
    #[arg(long, value_name = "TEXT")]
    pub iss: Option<String>,
    /// The subject.
    #[arg(long, value_name = "TEXT")]
    pub sub: Option<String>,
    /// The audience.
    #[arg(long, value_name = "TEXT")]
    pub aud: Option<String>,
    /// The scopes, between spaces.
    #[arg(long, value_name = "TEXT")]
    pub scope: Option<String>,
    /// How long it's good for: `10m`, `1h30m`.
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    pub expires_in: String,
    /// Further claims, as a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}", hide_default_value = true)]
    pub claims: String,
    /// Further members of the header, as a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}", hide_default_value = true)]
    pub header: String,
    /// When it's issued: seconds since 1970, or 2027-01-15T08:00:00Z. Without it, now.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub clock: Option<u64>,
}

impl Jwt {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        match self {
            Self::Inspect(inspect) => inspect.run(out),
            Self::Mint(mint) => mint.run(out),
        }
    }
}

impl Inspect {
    fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let token = match self.token.as_str() {
            "-" => read_bytes("-")?,
            token => crate::explain::contents(token)?,
        };
        let token = String::from_utf8_lossy(&token);
        let token = token.trim().trim_start_matches("Bearer ");
        let now = self.clock.unwrap_or_else(now);
        let inspected = inspect(token)?;
        writeln!(out, "{}\n{:#}", styled(STRONG, "header"), inspected.header)?;
        writeln!(out, "{}\n{:#}", styled(STRONG, "claims"), inspected.claims)?;
        writeln!(
            out,
            "{} {} bytes",
            styled(STRONG, "signature"),
            inspected.signature
        )?;
        for (name, word) in [("iat", "issued"), ("nbf", "valid from"), ("exp", "expires")] {
            if let Some(time) = inspected.claims.get(name).and_then(Value::as_f64) {
                let distance = time as i64 - i64::try_from(now).unwrap_or(i64::MAX);
                let relation = if distance <= 0 {
                    format!("{} s ago", -distance)
                } else {
                    format!("in {distance} s")
                };
                writeln!(out, "{word:<10} {} ({relation})", in_words(time as i64))?;
            }
        }
        let Some(file) = &self.jwks else {
            writeln!(out, "not verified: name keys with --jwks FILE")?;
            return Ok(Outcome::Good);
        };
        let keys: Value = serde_json::from_slice(&read_bytes(file)?)
            .map_err(|error| Error::Content(format!("{file}: no JSON Web Key Set: {error}")))?;
        let (accepted, reasons) = verdict(token, &keys, now)?;
        let word = if accepted {
            styled(GOOD, "accepted")
        } else {
            styled(ERROR, "refused")
        };
        writeln!(out, "{word}: {}", reasons.join("; "))?;
        Ok(if accepted { Outcome::Good } else { Outcome::Bad })
    }
}

impl Mint {
    fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let key = match self.new_key {
            Some(kind) => {
                let key = PrivateKey::generate(kind)?;
                write_secret(&self.key, &format!("{:#}\n", key.private()?))?;
                key
            }
            None => {
                let document = serde_json::from_slice(&read_bytes(&self.key)?)
                    .map_err(|error| Error::Content(format!("{}: no JWK: {error}", self.key)))?;
                PrivateKey::parse(&document)?
            }
        };
        if let Some(file) = &self.jwks_out {
            let set = format!("{:#}\n", json!({"keys": [key.public()?]}));
            if key.is_symmetric() {
                write_secret(file, &set)?;
            } else {
                std::fs::write(file, set).map_err(|error| file_error(file, error))?;
            }
        }
        let token = mint(&key, &object("--header", &self.header)?, &self.claims()?)?;
        writeln!(out, "{token}")?;
        Ok(Outcome::Good)
    }

    fn claims(&self) -> Result<Map<String, Value>, Error> {
        let now = self.clock.unwrap_or_else(now);
        let span: Span = self.expires_in.parse().map_err(|_| {
            Error::argument(
                "--expires-in",
                format!("{:?}", self.expires_in),
                "a span such as 10m",
            )
        })?;
        let mut claims = Map::new();
        for (name, value) in [
            ("iss", &self.iss),
            ("sub", &self.sub),
            ("aud", &self.aud),
            ("scope", &self.scope),
        ] {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value.as_str().into());
            }
        }
        claims.insert("iat".to_owned(), now.into());
        claims.insert(
            "exp".to_owned(),
            now.saturating_add(span.duration().as_secs()).into(),
        );
        claims.extend(object("--claims", &self.claims)?);
        // A null takes a claim away: tokens without `exp` are worth trying too.
        claims.retain(|_, value| !value.is_null());
        Ok(claims)
    }
}

fn object(argument: &str, text: &str) -> Result<Map<String, Value>, Error> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Error::argument(argument, format!("{text:?}"), "a JSON object")),
    }
}

/// Writes a new file that only its owner may read.
fn write_secret(path: &str, text: &str) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| file_error(path, error))
}

fn file_error(path: &str, error: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        error,
    }
}
