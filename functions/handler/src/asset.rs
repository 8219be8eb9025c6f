//! `GET /asset/{name}`: small files with validators, as an origin should serve them (RFC 9110 §8.8, §13).

use crate::{Problem, Request, Response};

/// What the paths of assets start with.
pub(crate) const PREFIX: &str = "/asset/";

/// The file of that name; 304 when the client's copy is the current one.
pub(crate) fn asset(request: &Request) -> Result<Response, Problem> {
    let name = request.path().strip_prefix(PREFIX).unwrap_or_default();
    let asset = ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .ok_or(Problem::NotFound)?;
    let etag = etag(asset.content);
    let response = match is_current(request, &etag) {
        true => Response::without_content(304),
        false => Response::new(200, asset.content_type, asset.content),
    };
    Ok(response
        .header("etag", etag)
        .header("last-modified", LAST_MODIFIED))
}

/// `If-None-Match` by weak comparison; only without it `If-Modified-Since` (RFC 9110 §13.2.2), which is compared as a string:
/// a client sends the date it was given.
fn is_current(request: &Request, etag: &str) -> bool {
    match request.header("if-none-match") {
        Some(tags) => tags
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag),
        None => request.header("if-modified-since") == Some(LAST_MODIFIED),
    }
}

/// FNV-1a of the content: changes with it, and nobody gains by finding two contents with the same one.
fn etag(content: &str) -> String {
    let hash = content.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}

struct Asset {
    name: &'static str,
    content_type: &'static str,
    content: &'static str,
}

const LAST_MODIFIED: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
const ASSETS: &[Asset] = &[
    Asset {
        name: "edge.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("../assets/edge.css"),
    },
    Asset {
        name: "edge.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_str!("../assets/edge.js"),
    },
    Asset {
        name: "edge.svg",
        content_type: "image/svg+xml",
        content: include_str!("../assets/edge.svg"),
    },
];
