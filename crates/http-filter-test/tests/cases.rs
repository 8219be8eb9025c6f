//! The runner itself: it passes what it should, and fails what it should.
#![allow(clippy::unwrap_used, reason = "tests")]

use http_filter::*;
use http_filter_test::{Tier, load, run_case, run_cases};
use std::{rc::Rc, time::Duration};

document! {
    /// Which paths are closed.
    struct Document {
        /// These.
        closed ("closed", required "paths"): OneOrMany<PathPattern>,
        /// As everywhere.
        mode ("mode"): Mode,
        /// As everywhere.
        per_route ("per_route"): bool,
    }
}

struct Gate {
    closed: Vec<PathPattern>,
    settings: Settings,
}

impl FilterConfig for Gate {
    const NAME: &'static str = "gate";
    type Document = Document;
    type Filter = Keeper;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        let settings = Settings {
            mode: document.mode,
            per_route: document.per_route,
            publish: Publish::default(),
        };
        Ok(Self {
            closed: document.closed.0,
            settings,
        })
    }
    fn settings(&self) -> &Settings {
        &self.settings
    }
    fn new_filter(self: &Rc<Self>) -> Keeper {
        Keeper {
            gate: Rc::clone(self),
            woken: 0,
        }
    }
}

struct Keeper {
    gate: Rc<Gate>,
    woken: u32,
}

impl Filter for Keeper {
    fn on_request_headers(&mut self, request: &Headers, _: &dyn Host) -> Decision {
        match request.path() {
            b"/call" => Decision::Call(Call::Http(HttpCall {
                cluster: "guard".into(),
                method: "GET".into(),
                authority: "guard".into(),
                path: "/ask".into(),
                headers: Vec::new(),
                body: Vec::new(),
                timeout: Duration::from_millis(100),
                max_response: 8,
            })),
            b"/wait" => Decision::Wait,
            path if self.gate.closed.iter().any(|closed| closed.matches(path, false)) => {
                Problem::new(403, "path_closed", "Closed").into_reply().into()
            }
            _ => Changes::default()
                .distrust("x-gate")
                .headers(HeaderMutation::default().set("x-gate", "open"))
                .into(),
        }
    }

    fn on_call_response(&mut self, _: &Headers, response: CallResponse, _: &dyn Host) -> Decision {
        let answer = match response {
            CallResponse::Http { headers, .. } => headers.status().unwrap_or_default().to_string(),
            CallResponse::Grpc { status, .. } => status.to_string(),
            CallResponse::Failed(failure) => failure.to_string(),
        };
        Changes::default()
            .headers(HeaderMutation::default().set("x-guard", answer))
            .into()
    }

    fn on_wake(&mut self, _: &Headers, _: &dyn Host) -> Decision {
        self.woken += 1;
        if self.woken < 3 {
            return Decision::Wait;
        }
        Changes::default()
            .property("woken", self.woken.to_string())
            .reroute()
            .into()
    }

    fn on_response_headers(&mut self, _: &Headers, _: &dyn Host) -> ResponsePlan {
        ResponsePlan {
            headers: HeaderMutation::default().set("x-seen", "1"),
            body: BodyPlan::Rewrite,
        }
    }

    fn on_response_body(&mut self, chunk: &[u8], end: bool, _: &dyn Host) -> Option<Vec<u8>> {
        Some([chunk, if end { b"." } else { b"," }].concat())
    }
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");

#[test]
fn what_is_as_expected_passes() {
    run_cases::<Gate>(FOLDER);
}

#[test]
fn what_is_not_as_expected_fails() {
    let cases = load(std::path::Path::new(FOLDER));
    for mut case in cases.into_iter().filter(|case| case.runs_in(Tier::Native)) {
        // Turned round, each of these must be noticed.
        if let Some(refused) = &mut case.refused {
            refused.push('!');
        } else {
            for expect in case
                .exchanges
                .iter_mut()
                .map(|exchange| &mut exchange.expect)
                .chain(&mut case.expect)
            {
                expect.reached = Some(!expect.reached.unwrap_or(expect.upstream.is_some()));
                expect.upstream = None;
            }
        }
        assert!(
            !run_case::<Gate>(&case).is_empty(),
            "{}: its opposite passes too",
            case.name
        );
    }
}
