use crate::{counter::Counter, document::database::DatabaseDocument};
use geo_database::{Country, Database, Fields};
use http_fields::{hex, parse_address};
use http_filter::{ConfigError, Span, error_path::quoted};
use std::{net::IpAddr, time::Duration};

/// What a fetched database must be like to be taken.
#[derive(Clone, Debug)]
pub(crate) struct Expectations {
    pub(crate) sha256: Option<[u8; 32]>,
    max_age: Option<Duration>,
    countries: Vec<(IpAddr, Country)>,
    fields: Fields,
}

/// Why a fetched database is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("its SHA-256 is another one")]
    Checksum,
    #[error("it is no database: {0}")]
    Format(geo_database::Error),
    #[error("no record of it has any of the fields")]
    Silent,
    #[error("its data is older than allowed")]
    Age,
    #[error("its data is from the future")]
    Future,
    #[error("its data is older than what is in use")]
    Older,
    #[error("it puts an address elsewhere than expected")]
    Expectation,
}

impl Refusal {
    /// The counter of such refusals.
    pub(crate) fn counter(&self) -> Counter {
        match self {
            Self::Checksum => Counter::DatabaseRefusedChecksum,
            Self::Format(_) | Self::Silent => Counter::DatabaseRefusedFormat,
            Self::Age | Self::Future => Counter::DatabaseRefusedAge,
            Self::Older => Counter::DatabaseRefusedOlder,
            Self::Expectation => Counter::DatabaseRefusedExpectation,
        }
    }
}

impl Expectations {
    pub(crate) fn compile(
        document: &DatabaseDocument,
        fields: &Fields,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let sha256 = document.sha256.as_deref().map(|text| {
            hex::decode(text.as_bytes())
                .ok_or_else(|| ConfigError::at(path, "sha256", "another text", "64 hexadecimal digits"))
        });
        let countries = document.expect.0.iter().map(|(address, country)| {
            let parsed = parse_address(address.as_bytes());
            let address =
                parsed.ok_or_else(|| ConfigError::at(path, "expect", &quoted(address), "addresses"))?;
            Ok((address, country.0))
        });
        Ok(Self {
            sha256: sha256.transpose()?,
            max_age: document.max_age.map(Span::duration).filter(|age| !age.is_zero()),
            countries: countries.collect::<Result<_, _>>()?,
            fields: fields.clone(),
        })
    }

    /// Whether `database` may take the place of one with data made at `in_use`.
    pub(crate) fn check(
        &self,
        database: &Database,
        in_use: Option<u64>,
        now: Duration,
    ) -> Result<(), Refusal> {
        let made = Duration::from_secs(database.made());
        if made > now.saturating_add(CLOCK_SKEW) {
            return Err(Refusal::Future);
        }
        if self.is_too_old(made, now) {
            return Err(Refusal::Age);
        }
        // A digest in the configuration says exactly which one is wanted, whatever was in use before.
        if self.sha256.is_none() && in_use.is_some_and(|in_use| database.made() < in_use) {
            return Err(Refusal::Older);
        }
        if !database.answers(&self.fields) {
            return Err(Refusal::Silent);
        }
        let lie = |(address, country): &&(IpAddr, Country)| {
            database.country(*address, &self.fields) != Some(*country)
        };
        match self.countries.iter().find(lie) {
            Some(_) => Err(Refusal::Expectation),
            None => Ok(()),
        }
    }

    /// Whether data made at `made` is older than allowed.
    pub(crate) fn is_too_old(&self, made: Duration, now: Duration) -> bool {
        self.max_age
            .is_some_and(|max_age| now.saturating_sub(made) > max_age)
    }
}

/// How far the clocks of whoever builds databases may be ahead.
const CLOCK_SKEW: Duration = Duration::from_secs(24 * 60 * 60);
