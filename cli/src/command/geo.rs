//! `geo`.

use super::{Error, Outcome, in_words, read_bytes};
use clap::Subcommand;
use geo_database::{Database, Fields};
use geo_table::{Order, build_table};
use serde_json::json;
use std::{io::Write, net::IpAddr};

/// Build country databases, and look addresses up in them.
#[derive(Debug, Subcommand)]
pub enum Geo {
    /// Build a compact country table, and its digest beside it.
    Build(Build),
    /// Say where addresses belong.
    Lookup(Lookup),
}

/// Build a compact country table, and its digest beside it.
#[derive(Debug, clap::Args)]
pub struct Build {
    /// Sources: tor's geoip and geoip6 files, CSV (first address, last address, country), MMDB.
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// The file to write.
    #[arg(short, long, value_name = "FILE")]
    pub output: String,
    /// Origin and licence of the data, where the sources don't say.
    #[arg(long, value_name = "TEXT")]
    pub notice: Option<String>,
    /// When the data was made, where the sources don't say: seconds since 1970, or 2027-01-15T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = super::moment)]
    pub made: Option<u64>,
}

/// Say where addresses belong.
#[derive(Debug, clap::Args)]
pub struct Lookup {
    /// A compact table or an MMDB.
    pub database: String,
    /// The addresses.
    #[arg(required = true, value_name = "ADDRESS")]
    pub addresses: Vec<IpAddr>,
    /// Where an MMDB's records hold what, as paths to try in order: `asn=as.number`, `city=city,city.names.de`.
    #[arg(long, value_name = "FIELD=PATH,…")]
    pub fields: Vec<String>,
    /// Write JSON, one object a line.
    #[arg(long)]
    pub json: bool,
}

impl Geo {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        match self {
            Self::Build(build) => build.run(out),
            Self::Lookup(lookup) => lookup.run(out),
        }
    }
}

impl Build {
    fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let order = Order {
            inputs: self.sources.clone(),
            output: self.output.clone(),
            notice: self.notice.clone(),
            made: self.made,
            fields: Fields::default(),
        };
        // A table of the world takes a while: each source is told of as soon as it's read.
        let mut written = Ok(());
        build_table(&order, &mut |line| {
            let told = writeln!(out, "{line}").and_then(|()| out.flush());
            written = std::mem::replace(&mut written, Ok(())).and(told);
        })
        .map_err(|error| Error::Content(error.to_string()))?;
        written?;
        let bytes = read_bytes(&self.output)?;
        let size = bytes.len();
        let database = open(&self.output, bytes)?;
        if let Database::Table(table) = &database {
            let (v4, v6) = table.ranges();
            writeln!(
                out,
                "{}: {size} bytes, {} countries, {v4} ranges of IPv4, {v6} of IPv6, made {}",
                self.output,
                table.countries().len(),
                in_words(i64::try_from(table.made()).unwrap_or(i64::MAX))
            )?;
        }
        Ok(Outcome::Good)
    }
}

impl Lookup {
    fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let database = open(&self.database, read_bytes(&self.database)?)?;
        let mut fields = Fields::default();
        for given in &self.fields {
            set_field(&mut fields, given)?;
        }
        for address in &self.addresses {
            let place = database.place(*address, &fields);
            let country = place.country;
            if self.json {
                let line = json!({
                    "address": address.to_string(),
                    "country": country.map(|country| country.code()),
                    "eu": country.map(|country| country.in_european_union()),
                    "continent": place.continent().map(|continent| continent.code()),
                    "subdivision": place.subdivision,
                    "city": place.city,
                    "asn": place.asn,
                });
                writeln!(out, "{line}")?;
            } else {
                let code = country.map_or("-", |country| country.code());
                let continent = place.continent().map_or("-", |continent| continent.code());
                let union = if country.is_some_and(|country| country.in_european_union()) {
                    " EU"
                } else {
                    ""
                };
                let asn = place.asn.map_or_else(String::new, |asn| format!(" AS{asn}"));
                writeln!(out, "{address} {code} {continent}{union}{asn}")?;
            }
        }
        Ok(Outcome::Good)
    }
}

/// Sets the paths of a field: `asn=as.number,asn`.
fn set_field(fields: &mut Fields, given: &str) -> Result<(), Error> {
    let expected = "country, continent, subdivision, city, asn, latitude or longitude, then = and paths";
    let mistake = || Error::Content(format!("--fields: found {given:?}, expected {expected}"));
    let (name, paths) = given.split_once('=').ok_or_else(mistake)?;
    let paths = paths.split(',').map(str::parse).collect::<Result<Vec<_>, _>>();
    let paths = paths.map_err(|error| Error::Content(format!("--fields {given}: {error}")))?;
    let field = fields.named_mut(name).ok_or_else(mistake)?;
    *field = paths;
    Ok(())
}

fn open(file: &str, bytes: Vec<u8>) -> Result<Database, Error> {
    Database::open(bytes.into()).map_err(|error| Error::Content(format!("{file}: {error}")))
}
