//! `accept-encoding` and `cache-control`: what a header field says, read as the filters read it.

use super::{Error, Outcome};
use compression_negotiation::{AcceptEncoding, Choice, Coding};
use http_fields::{CacheControl, Scope};
use std::io::Write;

/// Say what an Accept-Encoding accepts, and which coding it would get.
#[derive(Debug, clap::Args)]
pub struct Accept {
    /// The field's value; several are several lines.
    #[arg(value_name = "VALUE")]
    pub values: Vec<String>,
    /// The codings on offer, in the server's order.
    #[arg(long, value_delimiter = ',', default_value = "zstd,br,gzip", value_parser = coding)]
    pub prefer: Vec<Coding>,
}

/// Say what a Cache-Control means to caches.
#[derive(Debug, clap::Args)]
pub struct Cache {
    /// The field's value; several are several lines.
    #[arg(required = true, value_name = "VALUE")]
    pub values: Vec<String>,
}

impl Accept {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let accept = AcceptEncoding::parse(self.values.iter().map(|value| value.as_bytes()));
        if !accept.is_present() {
            writeln!(
                out,
                "no field: any coding is acceptable, which is no reason to send one"
            )?;
        }
        for coding in self.prefer.iter().copied().chain([Coding::Identity]) {
            let weight = match accept.weight(coding) {
                Some(weight) => format!("q={}", f64::from(weight.thousandths()) / 1000.0),
                None => "not listed".to_owned(),
            };
            let word = if accept.accepts(coding) {
                "accepted"
            } else {
                "refused"
            };
            writeln!(out, "{:<10} {word:<10} {weight}", coding.name())?;
        }
        let choice = match accept.choose(&self.prefer) {
            Choice::Coding(coding) => coding.name(),
            Choice::Identity => "identity: the response goes plain",
            Choice::NotAcceptable => "nothing: 406 where `on_not_acceptable: reject`, else plain",
        };
        writeln!(out, "chosen     {choice}")?;
        Ok(Outcome::Good)
    }
}

impl Cache {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let field = CacheControl::parse(self.values.iter().map(|value| value.as_bytes()));
        let said = field.directives();
        writeln!(
            out,
            "read as        {}",
            String::from_utf8_lossy(&field.to_bytes())
        )?;
        for member in field.members().iter().filter(|member| !member.is_well_formed()) {
            let member = String::from_utf8_lossy(&member.to_bytes()).into_owned();
            writeln!(
                out,
                "warning        {member:?} is no directive: caches differ in what they make of it. Directives are separated by commas, and quotes end. What it restricts holds here; it opens nothing"
            )?;
        }
        if !field.says_restrictions_plainly()
            && let Some(line) = field.in_plain_words()
        {
            writeln!(out, "every cache    {}", String::from_utf8_lossy(&line))?;
        }
        let store = |personal: bool| match (said.no_store, said.private, personal) {
            (true, _, _) => "nothing may be stored (no-store)",
            (_, Scope::Response, false) => "nothing may be stored (private)",
            _ => "it may be stored",
        };
        let fresh = |seconds: Option<u32>| match (said.no_cache, seconds) {
            (Scope::Response, _) => ", and asked about before every use (no-cache)".to_owned(),
            (_, Some(0)) => ", and is stale at once".to_owned(),
            (_, Some(seconds)) => format!(", fresh for {seconds} s"),
            (_, None) => ", for as long as the cache guesses: no lifetime is given".to_owned(),
        };
        let line = |stored: &str, seconds| {
            let kept = stored == "it may be stored";
            format!("{stored}{}", if kept { fresh(seconds) } else { String::new() })
        };
        writeln!(out, "browsers       {}", line(store(true), said.max_age))?;
        writeln!(
            out,
            "shared caches  {}",
            line(store(false), said.shared_lifetime())
        )?;
        for (seconds, name, what) in [
            (
                said.stale_while_revalidate,
                "stale-while-revalidate",
                "may be used stale while it's fetched anew",
            ),
            (
                said.stale_if_error,
                "stale-if-error",
                "may be used stale when the origin fails",
            ),
        ] {
            if let Some(seconds) = seconds {
                writeln!(out, "{name}: {what}, for {seconds} s")?;
            }
        }
        for (given, what) in [
            (
                said.must_revalidate || said.proxy_revalidate,
                "never used stale without asking (must-revalidate, proxy-revalidate)",
            ),
            (
                said.immutable,
                "not asked about while fresh, even on reload (immutable)",
            ),
            (
                said.no_transform,
                "not to be transformed: compression-negotiation leaves it as it is (no-transform)",
            ),
            (
                said.opens_to_shared(),
                "shared caches may keep it although the request was authorized (public, s-maxage, must-revalidate)",
            ),
        ] {
            if given {
                writeln!(out, "{what}")?;
            }
        }
        Ok(Outcome::Good)
    }
}

fn coding(name: &str) -> Result<Coding, String> {
    [Coding::Zstd, Coding::Br, Coding::Gzip, Coding::Identity]
        .into_iter()
        .find(|coding| coding.name() == name)
        .ok_or_else(|| "expected zstd, br, gzip or identity".to_owned())
}
