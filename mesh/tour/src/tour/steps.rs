//! The requests of the tour.

use std::net::SocketAddr;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::expect::Expect::{Coding, Header, Json, JsonIsNot, NotForwarded, Status};
use super::guide::Guide;
use crate::Error;
use crate::function::Runtime;
use crate::http::{Request, Response};

pub(super) fn all(guide: &mut Guide, edge: SocketAddr) -> Result<(), Error> {
    tokens(guide, edge)?;
    limits(guide, edge)?;
    countries(guide)?;
    caching(guide)?;
    codings(guide)?;
    runtimes(guide, edge)
}

fn tokens(guide: &mut Guide, edge: SocketAddr) -> Result<(), Error> {
    guide.chapter("jwt-auth: who may come in");
    let compute = || Request::post_json("/aggregate", &json!([1, 2, 6]));
    guide.step(
        "No token",
        &compute(),
        &[Status(401), Header("www-authenticate", "Bearer"), NotForwarded],
    )?;

    let alice = somebody("alice");
    let good = token(edge, &format!("sub={alice}&aud=edge&scope=compute&alg=ES256"))?;
    let forged = format!("{}{}", good.get(..good.len() - 4).unwrap_or_default(), "AAAA");
    guide.step(
        "A forged token",
        &bearer(compute(), &forged),
        &[Status(401), Header("www-authenticate", "invalid_token")],
    )?;
    let expired = token(edge, "sub=alice&aud=edge&scope=compute&ttl=-3600")?;
    guide.step(
        "An expired token",
        &bearer(compute(), &expired),
        &[Status(401), Header("www-authenticate", "invalid_token")],
    )?;
    let narrow = token(edge, "sub=alice&aud=edge&scope=read")?;
    guide.step(
        "A good token without the scope",
        &bearer(compute(), &narrow),
        &[Status(403), Header("www-authenticate", "insufficient_scope")],
    )?;
    guide.step(
        "A good token",
        &bearer(compute(), &good),
        &[Status(200), Json("/sum", json!(9.0))],
    )?;
    let claims = bearer(Request::get("/geo"), &good).header("x-user", "mallory");
    guide.step(
        "What the backend sees of it",
        &claims,
        &[
            Status(200),
            Json("/headers/x-user", json!(alice)),
            Json("/authorization_reached_backend", Value::Bool(false)),
        ],
    )?;
    Ok(())
}

fn limits(guide: &mut Guide, edge: SocketAddr) -> Result<(), Error> {
    guide.chapter("rate-limit: how often");
    let bob = token(edge, &format!("sub={}&aud=edge&scope=compute", somebody("bob")))?;
    let compute = bearer(Request::post_json("/aggregate", &json!([1, 2, 6])), &bob);
    guide.step(
        "Within the limit",
        &compute,
        &[Status(200), Header("ratelimit", "compute")],
    )?;
    guide.until_refused(
        "Over the limit",
        &compute,
        20,
        &[
            Status(429),
            Header("retry-after", ""),
            Header("content-type", "application/problem+json"),
            NotForwarded,
        ],
    )?;
    let carol = token(edge, &format!("sub={}&aud=edge&scope=compute", somebody("carol")))?;
    let other = bearer(Request::post_json("/aggregate", &json!([1, 2, 6])), &carol);
    guide.step("Somebody else, at the same moment", &other, &[Status(200)])?;
    Ok(())
}

fn countries(guide: &mut Guide) -> Result<(), Error> {
    guide.chapter("geo-routing: from where, to where");
    let claims = |country: &str| Request::get("/geo").header("cf-ipcountry", country);
    let from = |country: &str| claims(country).header("x-cdn-secret", "demo-cdn");
    let germany = guide.step(
        "A visitor from Germany",
        &from("DE"),
        &[
            Status(200),
            Header("x-edge-upstream", "edge-eu"),
            Json("/headers/x-geo-country", json!("DE")),
            Json("/served_by/region", json!("eu")),
        ],
    )?;
    guide.remark(&served_by(&germany));
    let states = guide.step(
        "A visitor from the United States",
        &from("US"),
        &[
            Status(200),
            Header("x-edge-upstream", "edge-us"),
            Json("/headers/x-geo-country", json!("US")),
            Json("/served_by/region", json!("us")),
        ],
    )?;
    guide.remark(&served_by(&states));
    guide.step(
        "A visitor from where we may not serve",
        &from("KP"),
        &[Status(451), NotForwarded],
    )?;
    let spoofed = claims("CH")
        .header("x-geo-country", "CH")
        .header("x-edge-cluster", "idp");
    guide.step(
        "A visitor who makes a country up",
        &spoofed,
        &[
            Status(200),
            Header("x-edge-upstream", "edge-eu"),
            JsonIsNot("/headers/x-geo-country", json!("CH")),
        ],
    )?;
    Ok(())
}

fn caching(guide: &mut Guide) -> Result<(), Error> {
    guide.chapter("cache-headers: how long to keep it");
    let script = asset("js")?;
    guide.step(
        "An asset with its hash in its name",
        &Request::get(&script),
        &[
            Status(200),
            Header("cache-control", "immutable"),
            Header("cdn-cache-control", "max-age"),
            Header("etag", ""),
        ],
    )?;
    let page = guide.step(
        "A page",
        &Request::get("/"),
        &[Status(200), Header("cache-control", "no-cache")],
    )?;
    let etag = page.header("etag").unwrap_or_default();
    guide.step(
        "The same page, already at hand",
        &Request::get("/").header("if-none-match", etag),
        &[Status(304), Header("etag", "")],
    )?;
    guide.step(
        "An answer that must not be kept",
        &Request::get("/geo"),
        &[Status(200), Header("cache-control", "no-store")],
    )?;
    Ok(())
}

fn codings(guide: &mut Guide) -> Result<(), Error> {
    guide.chapter("compression-negotiation: in what form");
    let style = asset("css")?;
    let accept = |accepted: &str| Request::get(&style).header("accept-encoding", accepted);
    let varies = || Header("vary", "ccept-");
    guide.step(
        "A browser of today",
        &accept("gzip, deflate, br, zstd"),
        &[Status(200), Coding(Some("zstd")), varies()],
    )?;
    guide.step(
        "One that prefers Brotli",
        &accept("gzip;q=0.8, br;q=1.0, zstd;q=0.2"),
        &[Status(200), Coding(Some("br")), varies()],
    )?;
    guide.step(
        "One that only knows gzip, by its old name",
        &accept("X-GZip"),
        &[Status(200), Coding(Some("gzip")), varies()],
    )?;
    guide.step(
        "One that refuses every coding",
        &accept("identity, *;q=0"),
        &[Status(200), Coding(None), varies()],
    )?;
    let small = Request::get("/health").header("accept-encoding", "br");
    guide.step("Too small to be worth it", &small, &[Status(200), Coding(None)])?;
    Ok(())
}

fn runtimes(guide: &mut Guide, edge: SocketAddr) -> Result<(), Error> {
    guide.chapter("functions: one handler, on the runtime that the path names");
    let mut away = Vec::new();
    for name in Runtime::NAMES {
        let asked = |path: &str| Request::get(&format!("/run/{name}{path}"));
        if asked("/health").send(edge)?.status == 503 {
            away.push(name);
            continue;
        }
        let expected = [Status(200), Json("/served_by/runtime", json!(name))];
        guide.step(&format!("On {name}"), &asked("/geo"), &expected)?;
    }
    if let Some(name) = away.first() {
        let request = Request::get(&format!("/run/{name}/geo"));
        guide.step("On one that isn't running", &request, &[Status(503)])?;
        guide.remark(&format!(
            "not running here: {}; make functions RUNTIME=all builds them",
            away.join(", ")
        ));
    }
    Ok(())
}

/// Which runtime it was: without WasmEdge, wasmtime stands in for it.
fn served_by(response: &Response) -> String {
    let answer = response.json();
    let said = |name| {
        let value = answer.pointer(name).and_then(Value::as_str);
        value.unwrap_or("nobody knows which").to_owned()
    };
    format!(
        "region {}, on {}",
        said("/served_by/region"),
        said("/served_by/runtime")
    )
}

/// A name of this moment: a tour right after another one finds fresh quotas.
fn somebody(name: &str) -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{name}-{}", now.as_millis() % 1_000_000)
}

fn bearer(request: Request, token: &str) -> Request {
    request.header("authorization", format!("Bearer {token}"))
}

fn token(edge: SocketAddr, query: &str) -> Result<String, Error> {
    let response = Request::new("POST", &format!("/idp/token?{query}"))
        .header("content-length", "0")
        .send(edge)?;
    let token = response
        .json()
        .get("access_token")
        .and_then(Value::as_str)
        .map(str::to_owned);
    token.ok_or_else(|| {
        Error::Unexpected(format!(
            "the identity provider minted no token: {}",
            response.text()
        ))
    })
}

/// The asset with this extension: its name holds a hash, so it is looked up.
fn asset(extension: &str) -> Result<String, Error> {
    let folder = crate::tool::root().join("mesh/site/public/assets");
    let entries = std::fs::read_dir(&folder).map_err(Error::file(&folder))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let name = names
        .into_iter()
        .find(|name| name.ends_with(&format!(".{extension}")));
    name.map(|name| format!("/assets/{name}"))
        .ok_or_else(|| Error::Unexpected(format!("no {extension} file in {}", folder.display())))
}
