//! What becomes of a request.

use crate::{
    config::{
        GeoRouting,
        redirect::Stay,
        rule::{Action, Rule},
    },
    counter::Counter,
    reply,
    request::{location::Location, outcome::Outcome},
};
use http_filter::{Concerns, Headers, Host, LocalReply, Reading};

/// What was decided about a request.
pub(crate) struct Verdict<'a> {
    pub(crate) outcome: Outcome<'a>,
    pub(crate) rule: Option<&'a Rule>,
    pub(crate) reply: Option<LocalReply>,
    /// Whether another place could have led to another decision.
    pub(crate) by_place: bool,
    /// Whether another client from the same place could have got another one.
    pub(crate) by_client: bool,
}

/// What one reading of a request comes to.
#[derive(Default, PartialEq)]
struct Met {
    rule: Option<usize>,
    /// Whether another place could have led to another rule.
    by_place: bool,
}

impl GeoRouting {
    pub(crate) fn decide<'a>(
        &'a self,
        location: &Location,
        request: &Headers,
        host: &dyn Host,
    ) -> Verdict<'a> {
        let mut verdict = Verdict {
            outcome: Outcome {
                place: location.place.clone(),
                source: location.source,
                region: None,
                decision: "pass",
                rule: None,
            },
            rule: None,
            reply: None,
            by_place: false,
            by_client: location.wished,
        };
        let readings = request.readings(self.concerns);
        let met = readings.choices(&mut |reading| self.meet(reading, location, request));
        verdict.by_place = met.iter().any(|met| met.by_place);
        let blocks = |number: &usize| {
            let rule = self.rules.get(*number);
            rule.is_some_and(|rule| matches!(rule.action, Action::Block(_)))
        };
        let number = met
            .iter()
            .filter_map(|met| met.rule)
            .find(blocks)
            .or_else(|| match met.complete {
                true => None,
                false => self.any_that_may_be_met(location, request).find(blocks),
            })
            .or(met.first.rule);
        if let Some((number, rule)) = number.and_then(|number| Some((number, self.rules.get(number)?))) {
            verdict.rule = Some(rule);
            verdict.outcome.rule = Some(number);
            self.act(&rule.action, location, request, host, &mut verdict);
        }
        verdict
    }

    /// The first rule for one reading of a request.
    fn meet(&self, reading: Reading<'_>, location: &Location, request: &Headers) -> Met {
        let mut met = Met::default();
        for (number, rule) in self.rules.iter().enumerate() {
            let excepted = || {
                let except = rule.except.as_ref();
                except.is_some_and(|except| except.matches_as(reading, request))
            };
            if !rule.matching.matches_as(reading, request) || excepted() {
                continue;
            }
            met.by_place |= !rule.when.is_empty();
            if rule.when.holds(&location.place) {
                met.rule = Some(number);
                break;
            }
        }
        met
    }

    pub(crate) fn explain_readings(&self, location: &Location, request: &Headers, host: &dyn Host) {
        let rule_of = |reading: Reading<'_>| self.meet(reading, location, request).rule;
        request.readings(self.concerns).explain(host, rule_of);
    }

    /// The rules for some reading of a request whose readings can't all be told.
    fn any_that_may_be_met<'a>(
        &'a self,
        location: &'a Location,
        request: &'a Headers,
    ) -> impl Iterator<Item = usize> + 'a {
        let readings = request.readings(Concerns {
            target: false,
            ..self.concerns
        });
        let may_be_met = move |rule: &Rule| {
            let mut aside = |reading: Reading<'_>| rule.matching.matches_aside_from_target(reading, request);
            rule.when.holds(&location.place) && readings.choices(&mut aside).iter().any(|met| *met)
        };
        let rules = self.rules.iter().enumerate();
        rules
            .filter(move |(_, rule)| may_be_met(rule))
            .map(|(number, _)| number)
    }

    fn act<'a>(
        &'a self,
        action: &Action,
        location: &Location,
        request: &Headers,
        host: &dyn Host,
        verdict: &mut Verdict<'a>,
    ) {
        let place = &location.place;
        // Who asks for a region by its name gets it wherever a region is chosen.
        let named = location
            .region
            .as_ref()
            .and_then(|name| self.regions.number(name));
        match action {
            Action::Region(number) => self.route(
                self.regions.serving(named.unwrap_or(*number), place),
                host,
                verdict,
            ),
            Action::Nearest => {
                verdict.by_place = true;
                let number = match named {
                    Some(named) => self.regions.serving(named, place),
                    None => self.regions.nearest(place),
                };
                self.route(number, host, verdict);
            }
            Action::Block(block) => {
                verdict.outcome.decision = "block";
                verdict.reply = Some(reply::blocked(block, place.country));
            }
            Action::Redirect(redirect) => {
                verdict.by_place = true;
                let number = named.or_else(|| self.regions.nearest(place));
                verdict.outcome.region = number.and_then(|number| self.regions.get(number));
                match redirect.reply(request, &verdict.outcome) {
                    Ok(reply) => {
                        verdict.outcome.decision = "redirect";
                        verdict.reply = Some(reply);
                    }
                    Err(stay) => {
                        verdict.outcome.region = None;
                        verdict.by_client |= matches!(stay, Stay::OptedOut | Stay::Loop);
                        let counter = match stay {
                            Stay::OptedOut => Counter::RedirectOptedOut,
                            Stay::Loop | Stay::Reached => Counter::RedirectLoop,
                            Stay::NoTarget => Counter::RedirectNoTarget,
                        };
                        counter.count(host);
                    }
                }
            }
            Action::Pass => {}
        }
    }

    fn route<'a>(&'a self, number: Option<usize>, host: &dyn Host, verdict: &mut Verdict<'a>) {
        match number.and_then(|number| self.regions.get(number)) {
            Some(region) => {
                host.count(&region.counter, 1);
                verdict.outcome.decision = "route";
                verdict.outcome.region = Some(region);
            }
            None => Counter::NoRegion.count(host),
        }
    }
}
