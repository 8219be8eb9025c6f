//! What is asked of dependencies that fail, and what may come of it.

use super::{
    State,
    phase::Phase,
    setting::{Kind, Place, Setting},
};
use crate::crowd;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Asks for what Envoy itself answers after [`SAMPLE`], again and again: how late the machine is at any time.
pub(super) fn sample(setting: &Setting, is_over: &AtomicBool) {
    let Some(place) = setting.places.first() else {
        return;
    };
    while !is_over.load(Ordering::Relaxed) {
        let request = get("/sample", "5.0.0.1\r\nx-sample: 1", None);
        crowd::send_to(
            vec![(setting.address(&place.listener(Kind::Keys)), request); 4],
            PATIENCE,
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// A round's requests in one state: those that need something, and others that don't.
pub(super) fn asked(setting: &Setting, place: &Place, clients: &mut usize) -> Vec<(SocketAddr, String)> {
    let mut requests = Vec::new();
    let mut ask = |kind: Kind, target: String, token: Option<&str>| {
        *clients += 1;
        let request = get(&target, &client(*clients), token);
        requests.push((setting.address(&place.listener(kind)), request));
    };
    for number in 0..EACH {
        let token = setting
            .tokens
            .get(number % setting.tokens.len())
            .map(String::as_str);
        for kind in Kind::ALL {
            let token = token.filter(|_| matches!(kind, Kind::Keys | Kind::DenyList));
            ask(kind, format!("/{}?{}", kind.name(), place.name), token);
        }
        ask(Kind::Keys, format!("/free?{}", place.name), None);
    }
    let denied = Some(setting.denied.as_str());
    ask(
        Kind::DenyList,
        format!("/{}?{}&denied", Kind::DenyList.name(), place.name),
        denied,
    );
    requests
}

pub(super) fn get(target: &str, client: &str, token: Option<&str>) -> String {
    let token = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    format!(
        "GET {target} HTTP/1.1\r\nhost: edge\r\nx-forwarded-for: {client}\r\naccept-encoding: gzip\r\n{token}\r\n"
    )
}

/// An address in the network that the database places.
pub(super) fn client(number: usize) -> String {
    format!("5.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

/// Whether a request may be answered so.
pub(super) fn may_be(kind: Kind, state: State, phase: Phase, denied: bool, status: u16) -> bool {
    let well = well(kind, denied);
    match (kind, phase) {
        (Kind::Upstream, _) => status >= 200,
        (Kind::Limits, _) | (_, Phase::InService) => status == well,
        (_, Phase::AtStart) if state.may_serve() => [well, 503].contains(&status),
        (_, Phase::AtStart) => status == 503,
    }
}

/// What it's answered when all is well.
pub(super) fn well(kind: Kind, denied: bool) -> u16 {
    match kind {
        Kind::Database => 451,
        Kind::DenyList if denied => 401,
        _ => 200,
    }
}

/// Requests of each kind in a round and state.
const EACH: usize = 2;
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
