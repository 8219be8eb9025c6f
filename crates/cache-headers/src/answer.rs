use crate::{
    CacheHeaders, Condition, cache_status, cap, closing,
    document::{Evaluate, Guard, SetCookie},
    explanation::Explanation,
    guards::{Guards, is_endless, is_grpc},
    origin::Origin,
    policy_document::PolicyMode,
    request_facts::{Candidate, RequestFacts},
    rule::{Fit, Rule},
    tags,
    target::{Exposure, Outcome, Target},
    validation,
};
use http_fields::{Closure, Vary, media_type};
use http_filter::{BodyPlan, EXPLAINS, HeaderMutation, Headers, Host, ResponsePlan, close, explain};

pub(crate) use crate::validation::Pending;

/// The handling of one response.
pub(crate) struct Answer<'a> {
    pub(crate) config: &'a CacheHeaders,
    pub(crate) request: &'a RequestFacts,
    pub(crate) origin: Origin<'a>,
    pub(crate) media_type: Vec<u8>,
    pub(crate) host: &'a dyn Host,
    pub(crate) edits: HeaderMutation,
    pub(crate) explanation: Explanation,
}

impl<'a> Answer<'a> {
    pub(crate) fn new(
        config: &'a CacheHeaders,
        request: &'a RequestFacts,
        response: &'a Headers,
        host: &'a dyn Host,
    ) -> Self {
        Self {
            config,
            request,
            media_type: media_type(response.first("content-type").unwrap_or_default()).to_ascii_lowercase(),
            host,
            edits: HeaderMutation::default(),
            explanation: Explanation::new(request.explain || EXPLAINS),
            origin: Origin::new(response, host),
        }
    }

    /// What becomes of the response, and what is left to do when its body is there.
    pub(crate) fn plan(mut self, condition: Option<&Condition>) -> (ResponsePlan, Option<Pending>) {
        // A protocol that was switched to has no representations, and a call by gRPC is a POST.
        let is_call = is_grpc(&self.media_type);
        if self.origin.status < 200 || is_call && !self.request.is_safe {
            return (ResponsePlan::default(), None);
        }
        cache_status::count_nearest(self.origin.response, self.host);
        if self.is_deceptive() {
            self.refuse_deception();
            return (self.headers_only(), None);
        }
        let (rules, undecided) = if is_call {
            (Vec::new(), None)
        } else {
            self.choose()
        };
        if let Some(rule) = undecided {
            self.leave_to_the_stored_response(rule);
        }
        let mut guards = self.follow(&rules);
        if self.config.guard_origin {
            closing::guard_origin(&mut self, &mut guards, &rules);
        }
        let pending = validation::validators(&mut self, &rules);
        self.explain();
        validation::settle(self, &rules, condition, pending)
    }

    fn headers_only(mut self) -> ResponsePlan {
        self.explain();
        ResponsePlan {
            headers: self.edits,
            body: BodyPlan::Pass,
        }
    }

    pub(crate) fn edit(&mut self, edit: impl FnOnce(HeaderMutation) -> HeaderMutation) {
        self.edits = edit(std::mem::take(&mut self.edits));
    }

    fn explain(&mut self) {
        if EXPLAINS && let Some(line) = self.explanation.line() {
            explain!(self.host, "policy", "{line}");
        }
        let line = self
            .explanation
            .line()
            .filter(|_| !EXPLAINS || self.request.explain);
        if let (Some((field, _)), Some(line)) = (&self.config.debug, line) {
            self.edit(|edits| edits.set(field, line));
        }
    }

    /// Whether the response is not what the extension of its path promises, and somebody might keep it.
    fn is_deceptive(&self) -> bool {
        let Some(armor) = &self.config.armor else {
            return false;
        };
        self.request.is_safe
            && matches!(self.origin.status, 200 | 203 | 206)
            && !armor.allows(&self.request.extensions, &self.media_type)
    }

    fn refuse_deception(&mut self) {
        self.host.count("deception_refused", 1);
        self.explanation.add("deception", "refused");
        let edits = close(self.origin.response, Closure::NoStore);
        self.edit(|all| all.then(edits));
    }

    /// The rules that take part; and one that would, if a 304 said of which type it is.
    fn choose(&mut self) -> (Vec<(&'a Rule, &'a Candidate)>, Option<&'a Rule>) {
        let mut chosen = Vec::new();
        for candidate in &self.request.candidates {
            let Some(rule) = self.config.rules.get(candidate.rule) else {
                continue;
            };
            match rule.fits(self.origin.response, self.origin.status, &self.media_type) {
                Fit::Yes => {
                    self.explanation.rule(&rule.name);
                    chosen.push((rule, candidate));
                    if self.config.evaluate == Evaluate::First {
                        break;
                    }
                }
                Fit::Unknown if chosen.is_empty() => return (chosen, Some(rule)),
                Fit::Unknown | Fit::No => {}
            }
        }
        self.host
            .count(if chosen.is_empty() { "unmatched" } else { "matched" }, 1);
        (chosen, None)
    }

    /// A 304 renews what is stored with the fields that it carries (RFC 9111 §3.2). Where a rule by media type has written
    /// these, and the 304 has none, the origin's own would undo it; without them, those stored stay.
    fn leave_to_the_stored_response(&mut self, rule: &Rule) {
        self.host.count("undecided_304", 1);
        let guards = Guards::of(
            self.request,
            &self.origin,
            &self.media_type,
            &Vary::default(),
            usize::MAX,
        );
        for target in &rule.targets {
            let (exposure, _) = guards.exposure(rule, target, &self.origin);
            if !exposure.is_guarded() && target.replaces() {
                self.edit(|edits| edits.remove(&target.field));
                if target.is_cache_control() {
                    self.edit(|edits| edits.remove("expires"));
                }
            }
        }
    }

    /// Does what the rules say, as far as guards let it.
    fn follow(&mut self, rules: &[(&'a Rule, &'a Candidate)]) -> Guards {
        let vary = self.merge_vary(rules);
        let mut guards = Guards::of(
            self.request,
            &self.origin,
            &self.media_type,
            &vary,
            self.config.vary_max,
        );
        let mut targets = distinct_targets(rules, |rule, target| guards.exposure(rule, target, &self.origin));
        let removes_cookies = self.origin.response.contains("set-cookie")
            && rules.iter().any(|(rule, _)| rule.set_cookie == SetCookie::Remove);
        let opens = targets.iter().any(|(.., found)| !found.0.is_guarded());
        if (opens || removes_cookies) && guards.ask_for_claims(self.host) {
            for (rule, target, found) in &mut targets {
                *found = guards.exposure(rule, target, &self.origin);
            }
        }
        let capped = targets
            .iter()
            .find(|(_, target, _)| target.is_cache_control() && target.policy.mode == PolicyMode::Cap)
            .map(|(_, target, _)| target.policy.ttl_range.1);
        if let Some(longest) = capped {
            let is_own = |field: &str| targets.iter().any(|(_, target, _)| *target.field == *field);
            let edits = cap::cap_outranking(longest, &self.origin, is_own);
            self.edit(|all| all.then(edits));
        }
        for (rule, target, found) in targets {
            self.say(rule, target, found);
        }
        if removes_cookies
            && rules.iter().any(|(rule, _)| {
                rule.set_cookie == SetCookie::Remove && guards.may_remove_cookies(rule, &self.origin)
            })
        {
            self.host.count("cookies_removed", 1);
            self.edit(|edits| edits.remove("set-cookie"));
        }
        if self.request.is_safe && !is_endless(&self.media_type) {
            tags::add(self, rules);
            self.tell_what_search_changes(rules);
        }
        guards
    }

    /// Adds the rules' names to Vary, and takes others off.
    fn merge_vary(&mut self, rules: &[(&'a Rule, &'a Candidate)]) -> Vary<'a> {
        let mut vary = Vary::parse(self.origin.response.all("vary"));
        let mut changed = false;
        for (rule, _) in rules {
            for name in &rule.vary {
                changed |= vary.add(name.as_bytes());
            }
            for name in &rule.vary_remove {
                changed |= vary.remove(name.as_bytes());
            }
        }
        if changed && vary.is_empty() {
            self.edit(|edits| edits.remove("vary"));
        } else if changed {
            self.edit(|edits| edits.set("vary", vary.to_bytes()));
        }
        vary
    }

    fn tell_what_search_changes(&mut self, rules: &[(&'a Rule, &'a Candidate)]) {
        let mut fields = rules.iter().filter_map(|(rule, _)| rule.no_vary_search.as_ref());
        if let Some(field) = fields.next()
            && !self.origin.response.contains("no-vary-search")
        {
            self.edit(|edits| edits.set("no-vary-search", field.line.clone()));
        }
    }

    fn say(&mut self, rule: &Rule, target: &Target, (exposure, guard): (Exposure, Option<Guard>)) {
        let outcome = target.apply(&self.origin, exposure);
        self.explanation.outcome(&target.field, &outcome);
        if let Some(guard) = guard.filter(|_| exposure.is_guarded() || outcome == Outcome::Withheld) {
            self.host.count(guard.slug(), 1);
            self.explanation.guard(guard.slug());
        }
        let field = &target.field;
        match outcome {
            Outcome::Kept | Outcome::Withheld => return,
            Outcome::Removed => self.edit(|edits| edits.remove(field)),
            Outcome::Set { line, max_age } => {
                self.edit(|edits| edits.set(field, line));
                if target.is_cache_control() {
                    self.follow_with_expires(rule, max_age);
                }
            }
        }
        if target.is_cache_control() && self.origin.response.contains("pragma") {
            self.edit(|edits| edits.remove("pragma"));
        }
    }
}

/// Each field with the first rule that speaks of it, and what `judge` says of the two.
fn distinct_targets<'a, T>(
    rules: &[(&'a Rule, &'a Candidate)],
    judge: impl Fn(&Rule, &Target) -> T,
) -> Vec<(&'a Rule, &'a Target, T)> {
    let mut targets: Vec<(&Rule, &Target, T)> = Vec::new();
    for (rule, _) in rules {
        for target in &rule.targets {
            if !targets.iter().any(|(_, known, _)| known.field == target.field) {
                targets.push((rule, target, judge(rule, target)));
            }
        }
    }
    targets
}
