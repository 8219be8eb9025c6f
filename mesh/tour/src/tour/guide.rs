//! Sends the requests of the tour and shows what became of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::answer::Answer;
use super::expect::Expect;
use super::screen::{Screen, Tone};
use crate::Error;
use crate::envoy::Admin;
use crate::http::{Request, Response};
use crate::progress::{Progress as _, Silent};

/// Keeps count of what was shown.
#[derive(Debug)]
pub(super) struct Guide {
    screen: Screen,
    edge: SocketAddr,
    admin: Admin,
    at_start: Counters,
    /// Name, what came back, and whether it was as expected.
    shown: Vec<(String, String, bool)>,
}

type Counters = BTreeMap<String, u64>;

impl Guide {
    pub(super) fn new(edge: SocketAddr, admin: SocketAddr, screen: Screen) -> Result<Self, Error> {
        let admin = Admin::new(admin);
        let at_start = admin.filter_counters()?;
        Ok(Self {
            screen,
            edge,
            admin,
            at_start,
            shown: Vec::new(),
        })
    }

    pub(super) fn chapter(&self, title: &str) {
        let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count() + 4));
        self.screen.line("");
        self.screen
            .line(&self.screen.tone(Tone::Heading, &format!("── {title} {rule}")));
    }

    /// One request and what it should show.
    pub(super) fn step(
        &mut self,
        title: &str,
        request: &Request,
        expected: &[Expect],
    ) -> Result<Response, Error> {
        let before = self.admin.filter_counters()?;
        let answer = self.send(request)?;
        self.show(title, request, "", &answer, &before, expected)
    }

    /// Something to add about the step before.
    pub(super) fn remark(&self, text: &str) {
        self.field("", text, Tone::Note);
    }

    /// The same request again and again until the status changes, at most `limit` times; the last answer is what is shown.
    pub(super) fn until_refused(
        &mut self,
        title: &str,
        request: &Request,
        limit: usize,
        expected: &[Expect],
    ) -> Result<Response, Error> {
        let before = self.admin.filter_counters()?;
        let mut passed = 0;
        let answer = loop {
            let answer = self.send(request)?;
            if answer.response.status >= 400 || passed >= limit {
                break answer;
            }
            passed += 1;
        };
        let note = format!("{passed} times answered, the next one shown");
        self.show(title, request, &note, &answer, &before, expected)
    }

    /// Both tables; `true` when everything was as it should be.
    pub(super) fn summary(self) -> Result<bool, Error> {
        let screen = self.screen;
        self.chapter("Summary");
        let rows: Vec<_> = self
            .shown
            .iter()
            .map(|(title, came_back, good)| {
                let (verdict, tone) = if *good {
                    ("✓", Tone::Good)
                } else {
                    ("✗ not as expected", Tone::Bad)
                };
                (vec![title.clone(), came_back.clone(), verdict.to_owned()], tone)
            })
            .collect();
        screen.table(&["request", "came back", ""], &rows);
        screen.line("");
        let rows: Vec<_> = moved(&self.at_start, &self.admin.filter_counters()?)
            .into_iter()
            .map(|(name, by)| {
                let (filter, event) = name.split_once('.').unwrap_or((&name, ""));
                (
                    vec![filter.replace('_', "-"), event.to_owned(), format!("+{by}")],
                    Tone::Note,
                )
            })
            .collect();
        screen.table(&["filter", "event", "moved by"], &rows);
        screen.line("");
        let failed = self.shown.iter().filter(|(_, _, good)| !good).count();
        let (text, tone) = match failed {
            0 => (
                format!("All {} requests showed what they should.", self.shown.len()),
                Tone::Good,
            ),
            _ => (
                format!(
                    "{failed} of {} requests did not show what they should.",
                    self.shown.len()
                ),
                Tone::Bad,
            ),
        };
        screen.line(&screen.tone(tone, &text));
        Ok(failed == 0)
    }

    fn send(&self, request: &Request) -> Result<Answer, Error> {
        if Silent.interrupted() {
            return Err(Error::Interrupted);
        }
        request.send(self.edge).map(Answer::new)
    }

    fn show(
        &mut self,
        title: &str,
        request: &Request,
        note: &str,
        answer: &Answer,
        before: &Counters,
        expected: &[Expect],
    ) -> Result<Response, Error> {
        let screen = self.screen;
        screen.line("");
        screen.line(&screen.tone(Tone::Heading, &format!("{}. {title}", self.shown.len() + 1)));
        self.field(
            "sent",
            &format!("{} {}", request.method, request.target),
            Tone::Note,
        );
        for (name, value) in &request.headers {
            self.field("", &format!("{name}: {}", shown_value(name, value)), Tone::Faint);
        }
        if !request.body.is_empty() {
            let body: String = String::from_utf8_lossy(&request.body).chars().take(80).collect();
            self.field("", &body, Tone::Faint);
        }
        if !note.is_empty() {
            self.field("", note, Tone::Faint);
        }
        // Filters may count once the response is complete, which is after the client has it.
        std::thread::sleep(SETTLE);
        let events = moved(before, &self.admin.filter_counters()?);
        for filter in FILTERS {
            let prefix = format!("{}.", filter.replace('-', "_"));
            let of_filter = events
                .iter()
                .filter_map(|(name, by)| Some((name.strip_prefix(&prefix)?, *by)));
            let did: Vec<_> = of_filter
                .map(|(event, by)| {
                    if by == 1 {
                        event.to_owned()
                    } else {
                        format!("{event} ×{by}")
                    }
                })
                .collect();
            match did.is_empty() {
                true => self.field(filter, "—", Tone::Faint),
                false => self.field(filter, &did.join(", "), Tone::Note),
            }
        }
        let response = &answer.response;
        let status_tone = if response.status < 400 {
            Tone::Good
        } else {
            Tone::Note
        };
        let milliseconds = response.elapsed.as_secs_f64() * 1000.0;
        let came_back = format!("{} · {} · {milliseconds:.1} ms", response.status, answer.size());
        self.field("came back", &came_back, status_tone);
        for (name, value) in worth_showing(response, expected) {
            self.field("", &format!("{name}: {value}"), Tone::Faint);
        }
        let mut good = true;
        for expect in expected {
            let holds = expect.holds(answer);
            good &= holds;
            let (mark, tone) = if holds {
                ("✓", Tone::Good)
            } else {
                ("✗", Tone::Bad)
            };
            self.field("", &format!("{mark} {expect}"), tone);
        }
        if !good {
            let content = String::from_utf8_lossy(answer.content.as_deref().unwrap_or_default()).into_owned();
            self.field(
                "content",
                &content.chars().take(500).collect::<String>(),
                Tone::Bad,
            );
        }
        self.shown.push((title.to_owned(), came_back, good));
        Ok(response.clone())
    }

    fn field(&self, name: &str, text: &str, tone: Tone) {
        let name = self.screen.tone(Tone::Faint, &format!("{name:<24}"));
        self.screen
            .line(&format!("   {name}{}", self.screen.tone(tone, text)));
    }
}

fn moved(before: &Counters, after: &Counters) -> Vec<(String, u64)> {
    let by = |name: &String, now: u64| now.saturating_sub(before.get(name).copied().unwrap_or_default());
    after
        .iter()
        .map(|(name, now)| (name.clone(), by(name, *now)))
        .filter(|(_, by)| *by > 0)
        .collect()
}

/// Tokens are shown by their ends: enough to tell two apart, useless to anybody who looks over a shoulder.
fn shown_value(name: &str, value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value).into_owned();
    match value.char_indices().nth(40) {
        Some(_) if name == "authorization" => {
            let start: String = value.chars().take(14).collect();
            format!("{start}… ({} characters)", value.len())
        }
        _ => value,
    }
}

fn worth_showing(response: &Response, expected: &[Expect]) -> Vec<(String, String)> {
    let wanted =
        |name: &str| ALWAYS.contains(&name) || expected.iter().any(|expect| expect.header() == Some(name));
    let lines = response.headers.iter().filter(|(name, _)| wanted(name));
    lines
        .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()))
        .collect()
}

const FILTERS: &[&str] = &[
    "jwt-auth",
    "rate-limit",
    "geo-routing",
    "compression-negotiation",
    "cache-headers",
];
const ALWAYS: &[&str] = &[
    "cache-control",
    "cdn-cache-control",
    "content-encoding",
    "content-type",
    "etag",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "vary",
    "www-authenticate",
    "x-edge-cache",
    "x-edge-coding",
    "x-edge-geo",
    "x-edge-upstream",
];
const SETTLE: Duration = Duration::from_millis(25);
const WIDTH: usize = 100;
