//! `explain`.

use super::{Error, Outcome, moment, read_bytes, read_source};
use crate::{
    FilterKind,
    explain::{self, CurlWords, Form, Redaction, Session, Surroundings, parse_response, read_policy},
};
use geo_database::Country;
use http_filter::OneOrMany;
use http_filter_replay::{Text, case::Response};
use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr},
};

/// Say what each filter makes of a request, and why.
///
/// The filters are the same libraries as in the modules. What Envoy does besides (native filters, routes, retries) isn't
/// simulated.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Explain {
    /// The files with the filters' configurations: whatever `check` understands.
    #[arg(short, long = "config", required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub config: Vec<String>,
    /// Which chain of filters, where the files hold several; the first is 1.
    #[arg(long, value_name = "NUMBER")]
    pub chain: Option<usize>,
    /// Whose configuration it is, where a file holds nothing else and doesn't say.
    #[arg(long, value_enum)]
    pub filter: Option<FilterKind>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Form,
    /// Show tokens, cookies and keys as they are.
    #[arg(long)]
    pub show_secrets: bool,
    /// Send the request so many times, and explain each.
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    #[command(flatten)]
    request: CurlWords,
    #[command(flatten)]
    around: Around,
    #[command(flatten)]
    upstream: Upstream,
}

/// What surrounds the request.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What surrounds it")]
struct Around {
    /// The client's address, as Envoy has found it. Without one, 192.0.2.1; with --country, 192.88.99.1.
    #[arg(long, value_name = "ADDRESS")]
    peer: Option<IpAddr>,
    /// The client's country, by whichever source the policy asks.
    #[arg(long, value_name = "CODE", value_parser = country)]
    country: Option<Country>,
    /// When: seconds since the Unix epoch, or `2027-01-15T08:00:00Z`. Without it, now.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    clock: Option<u64>,
    /// A property of the request or the proxy, for example `xds.route_name=orders`.
    #[arg(long = "property", value_name = "PATH=VALUE")]
    properties: Vec<String>,
    /// What a cluster answers when a filter calls it: a key set, a database, a deny list.
    #[arg(long = "cluster", value_name = "NAME=FILE")]
    clusters: Vec<String>,
}

/// What upstream answers.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What upstream answers")]
struct Upstream {
    /// The status.
    #[arg(long, value_name = "STATUS")]
    response_status: Option<u16>,
    /// A header field, `name: value`.
    #[arg(long = "response-header", value_name = "LINE")]
    response_headers: Vec<String>,
    /// The body; `@FILE` reads a file.
    #[arg(long, value_name = "DATA")]
    response_body: Option<String>,
    /// A file that holds an HTTP/1.1 message.
    #[arg(long, value_name = "FILE")]
    response_file: Option<String>,
}

impl Explain {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let sources = self
            .config
            .iter()
            .map(|path| read_source(path))
            .collect::<Result<Vec<_>, _>>()?;
        let policy = read_policy(&sources, self.filter, self.chain)?;
        policy.plugins()?;
        let (request, response) = self.request.request()?;
        let response = self.upstream.response(response)?;
        let surroundings = self.around.surroundings()?;
        let stuck = |stuck: http_filter_replay::Stuck| Error::Content(stuck.to_string());
        let redaction = if self.show_secrets {
            Redaction::Off
        } else {
            Redaction::On
        };
        let mut session = Session::begin(policy, &surroundings).map_err(stuck)?;
        let mut repeats = Repeats::default();
        for number in 1..=self.repeat {
            let explanation = session
                .explain(&surroundings, &request, &response)
                .map_err(stuck)?;
            if self.format == Form::Json || self.repeat == 1 {
                explain::write(out, self.format, session.policy(), &explanation, redaction)?;
                continue;
            }
            let mut text = Vec::new();
            explain::write(&mut text, self.format, session.policy(), &explanation, redaction)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            repeats.tell(out, number, text)?;
        }
        repeats.end(out)?;
        Ok(Outcome::Good)
    }
}

/// What is told of one request after the other: of what is as it was, that it is.
#[derive(Default)]
struct Repeats {
    last: Vec<String>,
    /// The first and the last request that came to the same as the one before them.
    alike: Option<(u32, u32)>,
}

impl Repeats {
    fn tell(&mut self, out: &mut dyn Write, number: u32, text: String) -> std::io::Result<()> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if lines == self.last {
            let first = self.alike.map_or(number, |(first, _)| first);
            self.alike = Some((first, number));
            return Ok(());
        }
        self.end(out)?;
        writeln!(out, "{}#{number}", if number > 1 { "\n" } else { "" })?;
        let mut folded: Vec<&String> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            // Where every line has its counterpart, only those that changed say something; headings say of what.
            if lines.len() == self.last.len() && self.last.get(index) == Some(line) && line.starts_with(' ') {
                folded.push(line);
                continue;
            }
            fold(out, &mut folded)?;
            writeln!(out, "{line}")?;
        }
        fold(out, &mut folded)?;
        self.last = lines;
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        match self.alike.take() {
            Some((first, last)) if first == last => writeln!(out, "\n#{first} as the one before"),
            Some((first, last)) => writeln!(out, "\n#{first} to #{last} as the one before"),
            None => Ok(()),
        }
    }
}

/// Says how many lines are as they were; one says it shorter itself.
fn fold(out: &mut dyn Write, folded: &mut Vec<&String>) -> std::io::Result<()> {
    match std::mem::take(folded).as_slice() {
        [] => Ok(()),
        [line] => writeln!(out, "{line}"),
        many => writeln!(out, "    ({} lines as before)", many.len()),
    }
}

impl Around {
    fn surroundings(&self) -> Result<Surroundings, Error> {
        let pair = |argument: &str, text: &String, expected: &str| {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| Error::argument(argument, format!("{text:?}"), expected))?;
            Ok::<_, Error>((name.to_owned(), value.to_owned()))
        };
        let properties = self.properties.iter().map(|text| {
            let (name, value) = pair("--property", text, "PATH=VALUE")?;
            Ok::<_, Error>((name, value.into_bytes()))
        });
        let clusters = self.clusters.iter().map(|text| {
            let (name, file) = pair("--cluster", text, "NAME=FILE")?;
            Ok::<_, Error>((name, read_bytes(&file)?))
        });
        Ok(Surroundings {
            now: std::time::Duration::from_secs(self.clock.unwrap_or_else(super::now)),
            peer: Some(self.peer.unwrap_or(match self.country {
                Some(_) => explain::ANYBODY,
                None => NOBODY,
            })),
            country: self.country,
            properties: properties.collect::<Result<_, _>>()?,
            clusters: clusters.collect::<Result<_, _>>()?,
        })
    }
}

impl Upstream {
    fn response(&self, archived: Option<Response>) -> Result<Response, Error> {
        let mut response = match &self.response_file {
            Some(file) => parse_response(&read_bytes(file)?, file)?,
            None => archived.unwrap_or_default(),
        };
        if let Some(status) = self.response_status {
            response.status = status;
        }
        for line in &self.response_headers {
            explain::header(&mut response.headers, line)?;
        }
        if let Some(body) = &self.response_body {
            response.body = OneOrMany(vec![Text(explain::contents(body)?)]);
        }
        Ok(response)
    }
}

/// Of the network for documentation.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

fn country(code: &str) -> Result<Country, String> {
    Country::parse(code.as_bytes())
        .ok_or_else(|| "expected a country's code of two letters, such as DE".to_owned())
}

const EXAMPLES: &str = "\
Examples:
  edge-filters explain -c envoy.yaml https://example.com/orders -H 'authorization: Bearer …' --cluster idp=jwks.json
  edge-filters explain -c envoy.yaml --country KP /geo
  edge-filters explain -c rate-limit.yaml --repeat 6 /api/orders
  edge-filters explain -c envoy.yaml --har browser.har --har-entry 3 --format json";
