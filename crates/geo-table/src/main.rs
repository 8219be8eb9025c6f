//! `geo-table`: builds, shows, asks and compares country databases.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command's words")]

use geo_database::{Country, Database, Fields};
use geo_table::{Addresses, Error, Order, Source, Verdict, build_table, compare};
use std::{fs, net::IpAddr, process::ExitCode};

const USAGE: &str = "\
usage:
  geo-table build --output FILE [--notice TEXT] [--made SECONDS] [--country-field PATH] SOURCE...
      a compact table of all SOURCEs: tor's geoip and geoip6, CSV, MMDB; and FILE.sha256 beside it
  geo-table show FILE
  geo-table lookup FILE ADDRESS...
  geo-table compare FILE FILE [SAMPLES]
      how far two databases, of either kind, agree on evenly spread addresses
  geo-table accuracy FILE REFERENCE REFERENCE [SAMPLES]
      how often a database says what two references (MMDBs) say alike";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("geo-table: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Error> {
    match arguments {
        [command, rest @ ..] if command == "build" => build(rest),
        [command, file] if command == "show" => show(file),
        [command, file, addresses @ ..] if command == "lookup" => lookup(file, addresses),
        [command, first, second, samples @ ..] if command == "compare" => {
            let samples = samples.first().map_or(Ok(1_000_000), |text| text.parse());
            agreement(first, second, samples.map_err(|_| Error::Usage(USAGE.into()))?)
        }
        [command, database, first, second, samples @ ..] if command == "accuracy" => {
            let samples = samples.first().map_or(Ok(1_000_000), |text| text.parse());
            let samples = samples.map_err(|_| Error::Usage(USAGE.into()))?;
            accuracy(database, [first, second], samples)
        }
        _ => Err(Error::Usage(USAGE.into())),
    }
}

fn build(arguments: &[String]) -> Result<(), Error> {
    let (mut output, mut notice, mut made) = (None, None, None);
    let mut fields = Fields::default();
    let mut inputs = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .ok_or_else(|| Error::Usage(format!("{argument} needs a value\n{USAGE}")))
        };
        match argument.as_str() {
            "--output" => output = Some(value()?),
            "--notice" => notice = Some(value()?.clone()),
            "--made" => {
                made = Some(
                    value()?
                        .parse()
                        .map_err(|_| Error::Usage("--made needs a number of seconds".into()))?,
                )
            }
            "--country-field" => {
                let path = value()?
                    .parse()
                    .map_err(|error| Error::Usage(format!("--country-field: {error}")))?;
                fields.country = vec![path];
            }
            _ => inputs.push(argument),
        }
    }
    let (Some(output), false) = (output, inputs.is_empty()) else {
        return Err(Error::Usage(USAGE.into()));
    };
    let order = Order {
        inputs: inputs.into_iter().cloned().collect(),
        output: output.clone(),
        notice,
        made,
        fields,
    };
    build_table(&order, &mut |line| println!("{line}"))?;
    show(output)
}

fn show(file: &str) -> Result<(), Error> {
    let bytes = read(file)?;
    println!("{file}: {} bytes", bytes.len());
    match Database::open(bytes.into())? {
        Database::Table(table) => {
            let (v4, v6) = table.ranges();
            println!(
                "compact table, {} countries, {v4} ranges of IPv4, {v6} of IPv6",
                table.countries().len()
            );
            println!("{} bytes of memory with its index", table.size());
            println!("made at {} seconds since the Unix epoch", table.made());
            println!("{}", table.notice());
        }
        Database::Mmdb(mmdb) => {
            println!(
                "MMDB {}, made at {} seconds since the Unix epoch",
                mmdb.database_type(),
                mmdb.made()
            );
        }
    }
    Ok(())
}

fn lookup(file: &str, addresses: &[String]) -> Result<(), Error> {
    let database = Database::open(read(file)?.into())?;
    for address in addresses {
        let parsed: IpAddr = address
            .parse()
            .map_err(|_| Error::Usage(format!("{address}: no address")))?;
        println!(
            "{address} {}",
            database
                .country(parsed, &Fields::default())
                .map_or("-", Country::code)
        );
    }
    Ok(())
}

fn agreement(first: &str, second: &str, samples: u64) -> Result<(), Error> {
    let (a, b) = (
        Database::open(read(first)?.into())?,
        Database::open(read(second)?.into())?,
    );
    for (family, result) in ["IPv4", "IPv6"]
        .iter()
        .zip(compare(&a, &b, &Fields::default(), samples))
    {
        println!(
            "{family}: of {samples} addresses both name a country for {}, the same for {} ({:.2} %); only the first for {}, only the second for {}",
            result.both,
            result.agree,
            result.percent(),
            result.only_first,
            result.only_second
        );
    }
    Ok(())
}

fn accuracy(database: &str, references: [&String; 2], samples: u64) -> Result<(), Error> {
    let fields = Fields::default();
    let open = |path: &str| -> Result<Database, Error> { Ok(Database::open(read(path)?.into())?) };
    let [first, second] = references;
    let (database, first_opened, second_opened) = (open(database)?, open(first)?, open(second)?);
    let networks = [
        Source::read(read(first)?, &fields)?,
        Source::read(read(second)?, &fields)?,
    ];
    for (what, addresses) in [
        ("IPv4 addresses all over the space", Addresses::of_v4(samples)),
        (
            "IPv6 addresses, one in each /32 that the references know",
            Addresses::of_v6_networks(&networks),
        ),
    ] {
        let verdict = Verdict::of(&database, [&first_opened, &second_opened], &fields, &addresses);
        println!(
            "of {} {what}, both references know {}, alike {} ({:.2} %); of these the database says the same of {} ({:.2} %), and nothing of {}",
            addresses.size(),
            verdict.known,
            verdict.agreed,
            verdict.agreed_percent(),
            verdict.same,
            verdict.same_percent(),
            verdict.silent,
        );
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| Error::File {
        path: path.into(),
        error,
    })
}
