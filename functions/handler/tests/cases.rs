//! The cases that every runtime must pass, natively.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use functions_cases::{Answer, cases, files};
use functions_handler::{Body, Place, Request, handle};

#[test]
fn the_handler_answers_as_the_cases_say() {
    let mut played = 0;
    for file in files().unwrap() {
        for case in cases(&file).unwrap_or_else(|error| panic!("{error}")) {
            let headers = case.request.lines().into_iter();
            let request = Request {
                method: case.request.method.clone(),
                target: case.request.path.clone(),
                headers: headers.map(|(name, value)| (name, value.into_bytes())).collect(),
                body: case.request.body().unwrap(),
            };
            let response = handle(&request, &Place::default());
            let answer = Answer {
                status: response.status,
                headers: response
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                body: match response.body {
                    Body::Whole(bytes) => bytes,
                    Body::Paced { chunks, .. } => chunks.concat().into_bytes(),
                },
            };
            let mistakes = case.response.mistakes(&answer);
            assert!(mistakes.is_empty(), "{file}: {}: {mistakes:?}", case.name);
            played += 1;
        }
    }
    assert!(played > 20, "{played} cases");
}
