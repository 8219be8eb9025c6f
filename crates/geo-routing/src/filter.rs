use crate::{
    asking::Asking,
    explanation,
    geo_routing::GeoRouting,
    guard::{self, Guard},
    locate::Location,
    outcome::Outcome,
    redirect::Stay,
    rule::{Action, Rule},
};
use http_fields::Closure;
use http_filter::{
    Changes, Concerns, Decision, EXPLAINS, FieldName, Filter, HeaderMutation, Headers, Host, LocalReply,
    Problem, Reading, ResponsePlan, close, explain,
};
use std::rc::Rc;

/// geo-routing at work on one stream.
pub struct GeoFilter {
    config: Rc<GeoRouting>,
    /// What the response gets.
    response: Response,
    /// What becomes of the request should the reply be withheld.
    withheld: Option<Changes>,
}

#[derive(Default)]
struct Response {
    guard: Guarding,
    debug: Option<(FieldName, String)>,
}

#[derive(Default)]
enum Guarding {
    #[default]
    None,
    Private,
    Vary(Rc<[FieldName]>),
}

impl GeoFilter {
    pub(crate) fn new(config: Rc<GeoRouting>) -> Self {
        Self {
            config,
            response: Response::default(),
            withheld: None,
        }
    }
}

impl Filter for GeoFilter {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        let config = Rc::clone(&self.config);
        let asking = Asking::new(request, host);
        let Ok(location) = config.locate(&asking) else {
            explain!(host, "place", "the database isn't there yet");
            return unavailable().into();
        };
        let mut verdict = config.decide(&location, request, host);
        if EXPLAINS {
            explanation::doubts(&config, &asking);
            config.explain_readings(&location, request, host);
            explanation::say(&verdict.outcome, host);
        }
        host.count(verdict.outcome.source.unwrap_or("country_unknown"), 1);
        if let Some(counter) = verdict.rule.and_then(|rule| rule.counter.as_ref()) {
            host.count(counter, 1);
        }
        let debug = config
            .debug
            .as_ref()
            .filter(|(_, trust)| trust.holds(&asking))
            .map(|(name, _)| (name.clone(), verdict.outcome.explanation()));
        self.response = Response {
            guard: config.guarding(
                &location,
                &verdict,
                debug.is_some() && config.debug_is_secret(),
                request,
            ),
            debug,
        };
        match verdict.reply.take() {
            Some(mut reply) => {
                if let Some((name, value)) = self.response.debug.take() {
                    reply = reply.header(name, value);
                }
                self.withheld = Some(config.changes(&verdict, &asking));
                Decision::Reply(reply)
            }
            None => Decision::Continue(config.changes(&verdict, &asking)),
        }
    }

    fn on_reply_withheld(&mut self, request: &Headers) -> Changes {
        let withheld = self.withheld.take();
        withheld.unwrap_or_else(|| self.config.distrusting(request))
    }

    fn on_response_headers(&mut self, response: &Headers, _: &dyn Host) -> ResponsePlan {
        let headers = match &self.response.guard {
            Guarding::None => HeaderMutation::default(),
            Guarding::Private => close(response, Closure::Private),
            Guarding::Vary(names) => guard::vary(response, names),
        };
        ResponsePlan::headers(match self.response.debug.take() {
            Some((name, value)) => headers.set(name, value),
            None => headers,
        })
    }
}

/// What was decided about a request.
pub(crate) struct Verdict<'a> {
    pub(crate) outcome: Outcome<'a>,
    pub(crate) rule: Option<&'a Rule>,
    reply: Option<LocalReply>,
    /// Whether another place could have led to another decision.
    by_place: bool,
    /// Whether another client from the same place could have got another one.
    by_client: bool,
}

/// What one reading of a request comes to.
#[derive(Default, PartialEq)]
struct Met {
    rule: Option<usize>,
    /// Whether another place could have led to another rule.
    by_place: bool,
}

impl GeoRouting {
    fn decide<'a>(&'a self, location: &Location, request: &Headers, host: &dyn Host) -> Verdict<'a> {
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

    fn explain_readings(&self, location: &Location, request: &Headers, host: &dyn Host) {
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
                verdict.reply = Some(block.reply(place.country));
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
                        host.count(
                            match stay {
                                Stay::OptedOut => "redirect_opted_out",
                                Stay::Loop | Stay::Reached => "redirect_loop",
                                Stay::NoTarget => "redirect_no_target",
                            },
                            1,
                        );
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
            None => host.count("no_region", 1),
        }
    }

    /// Whether explanations are for some people only, so that no cache may keep one for the others.
    fn debug_is_secret(&self) -> bool {
        self.debug.as_ref().is_some_and(|(_, trust)| !trust.is_anyone())
    }

    fn guarding(
        &self,
        location: &Location,
        verdict: &Verdict,
        explained: bool,
        request: &Headers,
    ) -> Guarding {
        if !matches!(request.method(), b"GET" | b"HEAD") {
            return Guarding::None;
        }
        // No guard that was configured knows testers.
        if verdict.by_client || explained {
            return Guarding::Private;
        }
        match &self.guard {
            _ if !verdict.by_place => Guarding::None,
            Guard::Off => Guarding::None,
            Guard::Private => Guarding::Private,
            Guard::Vary(names) => Guarding::Vary(Rc::clone(names)),
            Guard::Auto => {
                let names = location.by.and_then(|number| self.varying.get(number)?.clone());
                names.map_or(Guarding::Private, Guarding::Vary)
            }
        }
    }
}

fn unavailable() -> LocalReply {
    Problem::new(503, "geo_database_unavailable", "The service is starting")
        .into_reply()
        .header("retry-after", "1")
}
