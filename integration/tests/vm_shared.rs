//! Several VMs of one process: what they share by compare-and-swap, with other workers coming in between every read and
//! its write.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_filter::{RENEW, TERM};
use integration::{
    module,
    vm::{Answer, Dispatch, Event, Options, Process, Program, Vm, message},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

fn vms(program: &Program, process: &Process, number: usize, configuration: &str) -> Vec<Vm> {
    let vms = (0..number).map(|_| {
        let mut vm = Vm::new(program, process, Options::default());
        assert!(vm.configure(Some(configuration)), "{:?}", process.log());
        vm
    });
    vms.collect()
}

/// Sends a request by a VM; whether it gets through.
fn admitted(vm: &mut Vm, client: usize) -> bool {
    let stream = vm.new_stream();
    vm.set_property(stream, "source.address", format!("192.0.2.{client}:1"));
    vm.request(stream, Event::message(message::get("/"), &[], None));
    let admitted = vm.upstream(stream).complete;
    assert!(admitted || vm.client(stream).headers.unwrap().status() == Some(429));
    vm.respond(stream, Event::message(message::status(200), &[], None));
    vm.finish(stream);
    admitted
}

/// While a VM decides, the others decide too, between its reading of shared data and its writing: at most one of them
/// can be right about what it read.
fn count_admitted(number: usize, clients: usize, rounds: usize, configuration: &str) -> Vec<usize> {
    let program = Program::load(&module::shipped("rate-limit"));
    let process = Process::default();
    let all = vms(&program, &process, number, configuration);
    let vms: Vec<_> = all.into_iter().map(|vm| Rc::new(RefCell::new(vm))).collect();
    let counted = Rc::new(RefCell::new(vec![0; clients]));
    for round in 0..rounds {
        let client = round % clients;
        let others: Vec<_> = (1..number)
            .map(|n| Rc::clone(&vms[(round + n) % number]))
            .collect();
        let counting = Rc::clone(&counted);
        // How many get in between differs from request to request, so that retries meet quiet and busy times.
        let mut left = round % 4;
        process.after_get(move |_| {
            if left > 0 {
                left -= 1;
                for other in &others {
                    let through = admitted(&mut other.borrow_mut(), client);
                    counting.borrow_mut()[client] += usize::from(through);
                }
            }
        });
        let through = admitted(&mut vms[round % number].borrow_mut(), client);
        counted.borrow_mut()[client] += usize::from(through);
    }
    let counted = counted.take();
    let attempts: u64 = vms
        .iter()
        .map(|vm| vm.borrow_mut().hostcalls()["proxy_set_shared_data"])
        .sum();
    let admitted: usize = counted.iter().sum();
    assert!(
        number == 1 || attempts as usize > admitted,
        "nobody ever came in between"
    );
    counted
}

#[test]
fn rate_limit_admits_exactly_what_the_policy_allows() {
    for (name, number, configuration, expected) in [
        (
            "one VM",
            1,
            r#"{"policies": {"p": {"requests": 7, "per": "1h"}}}"#,
            7,
        ),
        (
            "two VMs",
            2,
            r#"{"policies": {"p": {"requests": 7, "per": "1h"}}}"#,
            7,
        ),
        (
            "four VMs",
            4,
            r#"{"policies": {"p": {"requests": 50, "per": "1h"}}}"#,
            50,
        ),
        (
            "several policies: none is charged when one refuses",
            4,
            r#"{"policies": {"p": {"requests": 20, "per": "1h"}, "q": {"requests": 15, "per": "1h"}}, "rules": [{"limit": ["p", "q"]}]}"#,
            15,
        ),
    ] {
        let counted = count_admitted(number, 3, 240, configuration);
        assert_eq!(counted, vec![expected; 3], "{name}");
    }
}

#[test]
fn one_of_all_workers_takes_each_turn() {
    let program = Program::load(&module::probe());
    let process = Process::default();
    let mut vms = vms(&program, &process, 5, r#"{"tick": true}"#);
    let mut all: Vec<_> = vms.iter_mut().collect();
    Vm::run_all(&mut all, Duration::from_secs(1), |_| {});
    assert_eq!(process.counter("probe.ticked"), 50);
    assert_eq!(process.counter("probe.lease_taken"), 10);
}

#[test]
fn a_turn_is_taken_once_though_another_comes_in_between() {
    let program = Program::load(&module::probe());
    let process = Process::default();
    let mut vms = vms(&program, &process, 2, r#"{"tick": true}"#);
    let second = Rc::new(RefCell::new(vms.pop().unwrap()));
    process.advance(Duration::from_millis(100));
    let ticking = Rc::clone(&second);
    process.after_get(move |_| ticking.borrow_mut().tick());
    vms[0].tick();
    assert_eq!(process.counter("probe.lease_taken"), 1);
}

#[test]
fn key_sets_are_fetched_once_for_all_workers() {
    let program = Program::load(&module::shipped("jwt-auth"));
    let process = Process::default();
    let mut vms = vms(&program, &process, 4, CORP);
    let fetches = Rc::new(RefCell::new(0));
    for vm in &mut vms {
        let fetches = Rc::clone(&fetches);
        vm.on_dispatch(move |callout| {
            assert_eq!(callout.cluster, "idp");
            *fetches.borrow_mut() += 1;
            Dispatch::Sent
        });
    }
    let mut all: Vec<_> = vms.iter_mut().collect();
    Vm::run_all(&mut all, Duration::from_secs(60), |vm| {
        for callout in vm.take_callouts() {
            vm.answer(&callout, Answer::http(200, KEYS));
        }
    });
    assert_eq!(*fetches.borrow(), 1, "{:?}", process.log());
    // And every worker has them: an unsigned token is refused, not put off.
    for vm in &mut vms {
        let stream = vm.new_stream();
        let request = message::with(
            &message::get("/"),
            "authorization",
            "Bearer eyJhbGciOiJFUzI1NiJ9.e30.AA",
        );
        vm.request(stream, Event::message(request, &[], None));
        assert_eq!(vm.client(stream).headers.unwrap().status(), Some(401));
    }
}

#[test]
fn a_fetcher_that_dies_is_relieved() {
    let program = Program::load(&module::shipped("jwt-auth"));
    let process = Process::default();
    let mut vms = vms(&program, &process, 2, CORP);
    let mut asked = Vec::new();
    {
        let mut all: Vec<_> = vms.iter_mut().collect();
        // The first to be asked never answers.
        Vm::run_all(&mut all, Duration::from_secs(30), |vm| {
            asked.extend(vm.take_callouts())
        });
    }
    assert!(asked.len() > 1, "nobody else has tried");
    assert!(asked.len() < 20, "tried {} times", asked.len());
}

const CORP: &str = r#"{
    "providers": {"corp": {
        "issuer": "https://idp.example.com",
        "audiences": ["orders-api"],
        "jwks": {"uri": "https://idp.example.com/jwks.json", "cluster": "idp", "timeout": "2s", "refresh": "10m"}
    }},
    "rules": [{"require": "corp"}]
}"#;

/// The public key of RFC 7515, appendix A.3.
const KEYS: &str = r#"{"keys": [{
    "kty": "EC", "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
}]}"#;

/// Bytes of keys and values that VMs share.
fn shared_bytes(process: &Process) -> usize {
    let data = process.shared_data();
    let keys = data.keys("");
    keys.iter()
        .map(|key| key.len() + data.get("", key).unwrap().0.len())
        .sum()
}

/// A policy that changes leaves its table to the next one: each update is a VM of its own, beside which the one before drains.
#[test]
fn fifty_updates_take_no_more_memory_than_two_policies() {
    let program = Program::load(&module::shipped("rate-limit"));
    let process = Process::default();
    let (mut before, mut first, mut most): (Option<Vm>, _, _) = (None, 0, 0);
    for update in 0..50 {
        let configuration = format!(
            r#"{{"policies": {{"p": {{"key": "client_ip", "requests": {}, "per": "1d", "slots": 256}}}}}}"#,
            2 + update
        );
        let mut next = vms(&program, &process, 1, &configuration).remove(0);
        for client in 1..100 {
            assert!(
                admitted(&mut next, client),
                "update {update}, client {client}: begins anew"
            );
        }
        if update == 0 {
            first = shared_bytes(&process);
        }
        match &mut before {
            Some(before) => Vm::run_all(&mut [before, &mut next], RENEW, |_| {}),
            None => next.run(RENEW),
        }
        next.run(TERM + RENEW);
        most = most.max(shared_bytes(&process));
        before = Some(next);
    }
    assert!(
        first > 0 && most <= 2 * first + 1_000,
        "{most} bytes, and {first} for one policy"
    );
}
