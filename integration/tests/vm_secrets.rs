//! What a client keeps to itself: no token, key or cookie of a request may get into the log, the name of a counter, a
//! reply or the key of shared data, under any configuration that a filter's cases have.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_filter::Headers;
use integration::{
    module,
    vm::{Dispatch, Event, Options, Process, Program, Vm, configurations, message},
};
use std::time::Duration;

const SECRET: &str = "c2VjcmV0";

#[test]
fn secrets_stay_where_they_are() {
    for filter in module::FILTERS {
        let program = Program::load(&module::shipped(filter));
        for case in configurations(filter) {
            let process = Process::default();
            let mut vm = Vm::new(&program, &process, Options::default());
            vm.on_dispatch(|_| Dispatch::UnknownCluster);
            let config = case.config.as_ref().map(ToString::to_string);
            assert!(vm.configure(config.as_deref()), "{filter}: {}", case.name);
            for request in requests() {
                let name = format!("{filter}, under the configuration of {}", case.name);
                let body = send(&mut vm, request);
                assert!(!contains(&body, SECRET), "{name}: told in a reply");
                let log = process.log();
                assert!(
                    !log.iter().any(|line| line.text.contains(SECRET)),
                    "{name}: logged"
                );
                assert!(
                    !process.counters().keys().any(|counter| counter.contains(SECRET)),
                    "{name}: counted"
                );
                let keys = process.shared_data().keys("");
                assert!(
                    !keys.iter().any(|key| key.contains(SECRET)),
                    "{name}: a key of shared data"
                );
                // In Istio all plugins have one name space.
                assert!(
                    keys.iter().all(|key| key.starts_with(filter)),
                    "{name}: a key without prefix: {keys:?}"
                );
            }
        }
    }
}

/// Requests with a secret wherever clients have some.
fn requests() -> Vec<Headers> {
    let token = format!("eyJhbGciOiJFUzI1NiIsImtpZCI6Ing_In0.{SECRET}.{SECRET}");
    let all = [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("DPoP {token}"),
        format!("Basic {SECRET}"),
        format!("{SECRET} {SECRET}"),
        format!("Bearer {SECRET}\u{ff}"),
    ];
    let mut requests: Vec<_> = all
        .iter()
        .map(|value| {
            let request = message::with(&message::get("/"), "authorization", value.as_bytes());
            let request = message::with(&request, "cookie", format!("session={token}; token={SECRET}"));
            message::with(&request, "x-api-key", SECRET)
        })
        .collect();
    let twice = message::with(&requests[0], "authorization", SECRET);
    requests.push(message::with(&twice, "dpop", token.as_str()));
    requests
}

/// Sends a request, lets a while pass, and gives what the client gets of it.
fn send(vm: &mut Vm, request: Headers) -> Vec<u8> {
    let stream = vm.new_stream();
    vm.set_property(stream, "source.address", "192.0.2.1:1");
    vm.request(stream, Event::message(request, &[], None));
    vm.run(Duration::from_secs(10));
    vm.respond(stream, Event::message(message::status(200), &[], None));
    vm.run(Duration::from_secs(1));
    let client = vm.client(stream);
    vm.finish(stream);
    let headers = client.headers.unwrap();
    let fields = headers
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), value].concat());
    fields.chain(client.body).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
