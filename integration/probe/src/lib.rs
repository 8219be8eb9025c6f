//! A filter whose requests say what it shall do. The path chooses what happens to the request:
//!
//! | path | the filter |
//! |---|---|
//! | `/call`, `/call-missing` | asks cluster `upstream` (or one that does not exist) for `/answer`; `x-answer` tells the outcome |
//! | `/wait/N` | waits for N wake-ups, then goes on with `x-woken: N` |
//! | `/reply` | answers with 418 and the slug `teapot` |
//! | `/reroute` | sets `x-cluster: second` and has the route chosen anew |
//! | `/inject` | sets `x-injected` to what holds CR and LF |
//! | `/verify` | `x-verify` tells what the host says to a signature that is none |
//! | `/verify/pss-SIZE`, `/verify/ed25519` | as the next, by RSASSA-PSS or Ed25519 |
//! | `/verify/SIZE` | the body of the reply tells what the host says to `x-key`, `x-signature`, `x-message` (base64) by SHA-SIZE |
//! | `/shared` | adds one to a shared number by compare-and-swap; `x-shared` tells it |
//! | `/property` | publishes `probe.property` and reads it back into `x-property` |
//! | `/fail` | panics, at once; `/fail-later` at the response, `/fail-woken` when it's woken |
//! | anything else | goes on with `x-probe: seen` |
//!
//! and the request's `x-response` what happens to the response: `rewrite` (upper case, an exclamation mark at the end),
//! `hold` (`x-length` tells the length of a body up to 1,024 bytes, or `unknown`), `discard` (304 without a body).
//! With `tick: true` one worker at a time counts `lease_taken`, every 100 ms.

use base64::{Engine, engine::general_purpose::STANDARD};
use http_filter::{
    BodyPlan, Call, CallResponse, Changes, ConfigError, Decision, Filter, FilterConfig, Hash, HeaderMutation,
    Headers, Held, Host, HttpCall, LocalReply, Problem, ResponsePlan, Scheme, Settings, Tick, take_lease,
    update,
};
use std::{cell::Cell, rc::Rc, time::Duration};

#[cfg(target_family = "wasm")]
http_filter_proxy_wasm::export!(Probe);
#[cfg(not(target_family = "wasm"))]
http_filter_dynamic_module::export!(http_filter_dynamic_module::Entry::of::<Probe>());

http_filter::document! {
    /// The probe's configuration, as written.
    pub struct Document {
        /// Whether it ticks.
        tick ("tick"): bool,
        /// Whether routes may override this.
        per_route ("per_route"): bool,
        /// A number.
        number ("number"): u32,
    }
}

/// The probe's configuration.
pub struct Probe {
    tick: bool,
    number: u32,
    settings: Settings,
    /// How often waiting requests were looked after.
    asked: Cell<u64>,
}

impl FilterConfig for Probe {
    const NAME: &'static str = "probe";
    const COUNTERS: &'static [&'static str] = &["ticked", "lease_taken", "requests", "responses", "teapot"];
    type Document = Document;
    type Filter = Prober;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        let settings = Settings {
            per_route: document.per_route,
            ..Settings::default()
        };
        Ok(Self {
            tick: document.tick,
            number: document.number,
            settings,
            asked: Cell::new(0),
        })
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Prober {
        Prober {
            number: self.number,
            to_wake: 0,
            woken: 0,
            response: None,
        }
    }

    fn first_tick(&self) -> Option<Duration> {
        self.tick.then_some(PERIOD)
    }

    fn progress(&self, _: &dyn Host) -> u64 {
        self.asked.set(self.asked.get() + 1);
        self.asked.get()
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        host.count("ticked", 1);
        if take_lease(host, "probe/lease", PERIOD) {
            host.count("lease_taken", 1);
        }
        Tick {
            calls: Vec::new(),
            next: Some(PERIOD),
        }
    }
}

const PERIOD: Duration = Duration::from_millis(100);

/// One stream.
pub struct Prober {
    number: u32,
    to_wake: u32,
    woken: u32,
    response: Option<Vec<u8>>,
}

impl Filter for Prober {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        host.count("requests", 1);
        self.response = request.first("x-response").map(<[u8]>::to_vec);
        match request.path() {
            b"/call" => Decision::Call(call("upstream")),
            b"/call-missing" => Decision::Call(call("missing")),
            b"/reply" => Problem::new(418, "teapot", "I'm a teapot").into_reply().into(),
            b"/reroute" => Changes::default()
                .headers(set("x-cluster", "second"))
                .reroute()
                .into(),
            b"/inject" => go_on("x-injected", "a\r\nx-second: b"),
            b"/verify" => {
                let verdict = host.verify_signature(Hash::Sha256, b"key", b"signature", b"message");
                go_on(
                    "x-verify",
                    verdict.map_or("none", |good| if good { "good" } else { "bad" }),
                )
            }
            path if path.starts_with(b"/verify/") => match verified(request, host) {
                Some(good) => verdict(if good { "good" } else { "bad" }),
                None => verdict("none"),
            },
            b"/shared" => {
                let number = update(host, "probe/shared", 100, |stored| {
                    let next = stored
                        .and_then(|bytes| bytes.try_into().ok())
                        .map_or(1, |bytes| u32::from_le_bytes(bytes) + 1);
                    (next, Some(next.to_le_bytes().to_vec()))
                });
                go_on(
                    "x-shared",
                    number.map_or_else(|conflict| conflict.to_string(), |number| number.to_string()),
                )
            }
            b"/fail" => fail(),
            b"/fail-later" => {
                self.response = Some(b"fail".to_vec());
                Decision::default()
            }
            b"/fail-woken" => {
                self.to_wake = u32::MAX;
                Decision::Wait
            }
            b"/property" => Changes::default().property("probe.property", "published").into(),
            path => match path
                .strip_prefix(b"/wait/")
                .and_then(|n| std::str::from_utf8(n).ok()?.parse().ok())
            {
                Some(times) => {
                    self.to_wake = times;
                    Decision::Wait
                }
                None => Changes::default()
                    .distrust("x-probe")
                    .headers(set("x-probe", "seen").set("x-number", self.number.to_string()))
                    .into(),
            },
        }
    }

    fn on_call_response(&mut self, _: &Headers, response: CallResponse, _: &dyn Host) -> Decision {
        let answer = match response {
            CallResponse::Http { headers, body } => {
                format!("{} {}", headers.status().unwrap_or_default(), body.len())
            }
            CallResponse::Grpc { status, .. } => status.to_string(),
            CallResponse::Failed(failure) => failure.to_string(),
        };
        go_on("x-answer", answer)
    }

    fn on_wake(&mut self, _: &Headers, _: &dyn Host) -> Decision {
        if self.to_wake == u32::MAX {
            return fail();
        }
        self.woken += 1;
        if self.woken < self.to_wake {
            Decision::Wait
        } else {
            go_on("x-woken", self.woken.to_string())
        }
    }

    fn on_response_headers(&mut self, _: &Headers, host: &dyn Host) -> ResponsePlan {
        host.count("responses", 1);
        let published = http_filter::property::published(host, "probe.property").unwrap_or_default();
        let seen = set("x-probe-response", "seen").set("x-property", published);
        match self.response.as_deref() {
            Some(b"fail") => {
                let _ = fail();
                ResponsePlan::default()
            }
            Some(b"rewrite") => ResponsePlan {
                headers: seen.remove("content-length"),
                body: BodyPlan::Rewrite,
            },
            Some(b"hold") => ResponsePlan {
                headers: seen,
                body: BodyPlan::Hold { limit: 1024 },
            },
            Some(b"discard") => {
                let headers = seen
                    .set(":status", "304")
                    .remove("content-length")
                    .remove("content-type");
                ResponsePlan {
                    headers,
                    body: BodyPlan::Discard,
                }
            }
            _ => ResponsePlan::headers(seen),
        }
    }

    fn on_response_body(&mut self, chunk: &[u8], end: bool, _: &dyn Host) -> Option<Vec<u8>> {
        let mut upper = chunk.to_ascii_uppercase();
        if end {
            upper.push(b'!');
        }
        Some(upper)
    }

    fn on_response_held(&mut self, held: Held<'_>, _: &dyn Host) -> ResponsePlan {
        let length = held
            .body()
            .map_or("unknown".to_owned(), |body| body.len().to_string());
        ResponsePlan::headers(set("x-length", length))
    }
}

#[allow(clippy::panic, reason = "what becomes of it is what's to be seen")]
fn fail() -> Decision {
    panic!("the probe fails, as it was asked to");
}

fn set(name: &'static str, value: impl Into<http_filter::Bytes>) -> HeaderMutation {
    HeaderMutation::default().set(name, value)
}

fn go_on(name: &'static str, value: impl Into<http_filter::Bytes>) -> Decision {
    Changes::default().headers(set(name, value)).into()
}

fn verified(request: &Headers, host: &dyn Host) -> Option<bool> {
    let hash = match request.path() {
        path if path.ends_with(b"256") => Hash::Sha256,
        path if path.ends_with(b"384") => Hash::Sha384,
        _ => Hash::Sha512,
    };
    let scheme = match request.path() {
        path if path.starts_with(b"/verify/pss-") => Some(Scheme::RsaPss(hash)),
        b"/verify/ed25519" => Some(Scheme::Ed25519),
        _ => None,
    };
    let [key, signature, message] =
        ["x-key", "x-signature", "x-message"].map(|name| STANDARD.decode(request.first(name)?).ok());
    match scheme {
        Some(scheme) => host.verify_by(scheme, &key?, &signature?, &message?),
        None => host.verify_signature(hash, &key?, &signature?, &message?),
    }
}

fn verdict(text: &str) -> Decision {
    let mut reply = LocalReply::new(200, "verdict");
    reply.body = text.into();
    reply.into()
}

fn call(cluster: &str) -> Call {
    Call::Http(HttpCall {
        cluster: cluster.into(),
        method: "GET".into(),
        authority: "upstream".into(),
        path: "/answer".into(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: Duration::from_millis(500),
        max_response: 1024,
    })
}
