//! Whatever steps an upstream takes, in whatever order: the resource that it comes to is one of the path's readings.
#![no_main]

use http_fields::{Readings, path::normal_form};
use http_filter_test::upstream::{Step, resource};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((count, rest)) = input.split_first() else {
        return;
    };
    let Some((steps, path)) = rest.split_at_checked(usize::from(count % 10)) else {
        return;
    };
    // What no path of a request holds is something else in it.
    let carried = |byte: &u8| match byte {
        0..=0x20 | 0x7f | b'?' | b'#' => b'a',
        byte => *byte,
    };
    let path: Vec<u8> = std::iter::once(b'/').chain(path.iter().map(carried)).collect();
    let steps: Vec<Step> = steps
        .iter()
        .map(|step| Step::ALL[usize::from(*step) % Step::ALL.len()])
        .collect();
    let resource = resource(&path, &steps);
    let resource = normal_form(&resource);
    match Readings::of(&path) {
        None => assert_eq!(*resource, *path, "{steps:?}"),
        Some(readings) => assert!(
            !readings.are_complete() || readings.paths().any(|path| *path == *resource),
            "{} is {} after {steps:?}",
            path.escape_ascii(),
            resource.escape_ascii()
        ),
    }
});
