//! Parts of requests, as commands have them.

use crate::command::Error;
use http_filter::OneOrMany;
use http_filter_replay::{Text, case::Request};
use std::collections::BTreeMap;

/// Adds a header line as curl takes it.
///
/// # Errors
/// [`Error::Argument`] when it is none.
pub(crate) fn header(headers: &mut BTreeMap<String, OneOrMany<Text>>, line: &str) -> Result<(), Error> {
    if let Some(name) = line.strip_suffix(';').filter(|name| !name.contains(':')) {
        headers.insert(name.to_ascii_lowercase(), OneOrMany(vec![Text::default()]));
        return Ok(());
    }
    let Some((name, value)) = line
        .split_once(':')
        .filter(|(name, _)| http_fields::is_token(name.as_bytes()))
    else {
        return Err(Error::argument("--header", format!("{line:?}"), "`name: value`"));
    };
    let (name, value) = (name.to_ascii_lowercase(), value.trim());
    if value.is_empty() {
        headers.remove(&name);
    } else {
        headers
            .entry(name)
            .or_default()
            .0
            .push(Text(value.as_bytes().to_vec()));
    }
    Ok(())
}

/// A GET of a URL, or of a path.
pub(super) fn of_url(url: &str) -> Request {
    let rest = url.split_once("://").map(|(_, rest)| rest);
    let (authority, path) = match (rest, url.starts_with('/')) {
        (None, true) => ("example.com", url),
        (rest, _) => {
            let rest = rest.unwrap_or(url);
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            rest.split_at_checked(end).unwrap_or((rest, ""))
        }
    };
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let path = path.split('#').next().unwrap_or_default();
    Request {
        authority: authority.to_owned(),
        path: if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        },
        ..Request::default()
    }
}
