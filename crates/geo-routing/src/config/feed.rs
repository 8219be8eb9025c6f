//! A database that is fetched, once for all workers of a process.

use crate::{
    config::expectation::{Expectations, Refusal},
    counter::Counter,
    document::database::DatabaseDocument,
};
use geo_database::{Bytes, Database, Fields};
use http_filter::{ByteSize, ConfigError, Host, Span};
use shared_fetch::{Arrival, Body, Counters, Document, Fetched, Rejection, Source};
use std::time::Duration;

/// A database that is fetched.
pub(crate) type Feed = Fetched<DatabaseFile>;

/// A database as it's fetched, and what it must be like to be taken.
pub(crate) struct DatabaseFile {
    expectations: Expectations,
}

/// The fetching of the database of `document`, and what tells it from others.
///
/// # Errors
/// [`ConfigError`] with the field below `path`.
pub(crate) fn compile(
    document: &DatabaseDocument,
    fields: &Fields,
    path: &str,
) -> Result<(String, Feed), ConfigError> {
    let expectations = Expectations::compile(document, fields, path)?;
    let source = source(document, path)?;
    let key = [&source.cluster, &source.authority, &source.path]
        .map(String::as_str)
        .join(" ");
    let counters = Counters {
        changed: Counter::DatabaseFetched.name(),
        unchanged: Counter::DatabaseNotModified.name(),
        failed: Counter::DatabaseFetchFailed.name(),
        conflict: Counter::DatabaseConflict.name(),
    };
    let title = "the database".to_owned();
    let file = DatabaseFile { expectations };
    let feed = Fetched::new("geo-routing", "database", title, source, counters, file);
    Ok((key, feed))
}

fn source(document: &DatabaseDocument, path: &str) -> Result<Source, ConfigError> {
    let error = |field: &str, found: &str, expected: &str| Err(ConfigError::at(path, field, found, expected));
    let Some(cluster) = document.cluster.clone().filter(|cluster| !cluster.is_empty()) else {
        return error("cluster", "nothing", "the name of an Envoy cluster");
    };
    let is_path = |path: &String| path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    let Some(target) = document.path.clone().filter(is_path) else {
        return error("path", "nothing or another text", "a path, beginning with \"/\"");
    };
    if document.sha256_path.as_ref().is_some_and(|path| !is_path(path)) {
        return error("sha256_path", "another text", "a path, beginning with \"/\"");
    }
    let refresh = document.refresh.map_or(Duration::from_secs(3600), Span::duration);
    if refresh < Duration::from_secs(1) {
        return error("refresh", "a shorter time", "at least \"1s\"");
    }
    let timeout = document.timeout.map_or(Duration::from_secs(30), Span::duration);
    if timeout.is_zero() || timeout > Duration::from_secs(600) {
        return error("timeout", "another time", "more than 0 and at most \"10m\"");
    }
    let max_size = document.max_size.map_or(24 << 20, ByteSize::bytes);
    if !(1..=MOST).contains(&max_size) {
        return error(
            "max_size",
            "another size",
            "at most \"32MiB\", which is all that Envoy buffers",
        );
    }
    Ok(Source {
        authority: document.authority.clone().unwrap_or_else(|| cluster.clone()),
        cluster,
        path: target,
        digest_path: document.sha256_path.clone(),
        accept: "*/*",
        timeout,
        refresh,
        heeds_lifetimes: false,
        // A database is used until there's a newer one.
        stale: Duration::MAX,
        max_bytes: max_size as usize,
    })
}

impl Document for DatabaseFile {
    type Prepared = Database;

    fn accept(
        &self,
        arrival: &Arrival<'_>,
        in_use: Option<&Database>,
        host: &dyn Host,
    ) -> Result<Database, Rejection> {
        self.check(arrival, in_use, host.now())
            .map_err(|refusal| Rejection {
                counter: refusal.counter().name(),
                reason: refusal.to_string(),
            })
    }

    fn adopt(&self, body: &Body, host: &dyn Host) -> Option<Database> {
        // Who published it has checked all of it.
        let database = Database::reopen(bytes(body)).ok();
        let counter = match database {
            Some(_) => Counter::DatabaseLoaded,
            None => Counter::DatabaseRefusedFormat,
        };
        counter.count(host);
        database
    }

    fn on_due(&self, in_use: Option<&Database>, host: &dyn Host) {
        let made = in_use.map(|database| Duration::from_secs(database.made()));
        if made.is_some_and(|made| self.expectations.is_too_old(made, host.now())) {
            Counter::DatabaseStale.count(host);
        }
    }
}

impl DatabaseFile {
    fn check(
        &self,
        arrival: &Arrival<'_>,
        in_use: Option<&Database>,
        now: Duration,
    ) -> Result<Database, Refusal> {
        let wanted = [self.expectations.sha256.as_ref(), arrival.announced];
        if wanted
            .into_iter()
            .flatten()
            .any(|wanted| wanted != arrival.digest)
        {
            return Err(Refusal::Checksum);
        }
        let database = Database::open(bytes(arrival.body)).map_err(Refusal::Format)?;
        self.expectations
            .check(&database, in_use.map(Database::made), now)?;
        Ok(database)
    }
}

fn bytes(body: &Body) -> Bytes {
    let (memory, length) = body.shared();
    Bytes::first(memory, length)
}

/// `http.async_response_buffer_limit`, by default.
const MOST: u64 = 32 << 20;
