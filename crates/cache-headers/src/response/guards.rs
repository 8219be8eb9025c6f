use crate::{
    config::{deception, field_policy::FieldPolicy, rule::Rule},
    counter::Counter,
    document::{guard::Guard, policy::PolicyMode, rule::SetCookie},
    request::facts::{Personal, RequestFacts},
    response::{exposure::Exposure, origin::Origin},
};
use http_fields::{Directives, Scope, Vary};
use http_filter::Host;
use std::iter;

/// The guards that the exchange raises, whatever the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guards {
    /// A bit for each, by its place in [`ORDER`].
    raised: u16,
    /// Claims have been asked for.
    has_asked: bool,
}

impl Guard {
    /// Whether nothing may be kept for any time under it; otherwise by the user's own cache.
    fn forbids_all(self) -> bool {
        matches!(
            self,
            Self::NoStore | Self::Status | Self::Graphql | Self::Method | Self::EventStream
        )
    }
}

impl Guards {
    /// The guards of an exchange whose response will vary as `vary` says, by at most `vary_max` fields.
    pub(crate) fn of(
        request: &RequestFacts,
        origin: &Origin<'_>,
        media_type: &[u8],
        vary: &Vary<'_>,
        vary_max: usize,
    ) -> Self {
        let is_graphql = request.is_graphql || media_type.starts_with(b"application/graphql");
        let is_personal = match request.personal {
            Personal::No => false,
            Personal::BySession => {
                !(request.ends_alike && deception::is_decoration(&request.extensions, media_type))
            }
            Personal::Configured => true,
        };
        let in_order = [
            !request.is_safe,
            is_endless(media_type),
            is_graphql,
            request.is_ambiguous,
            !is_ordinary(origin.status),
            request.is_authorized,
            is_personal,
            origin.response.contains("set-cookie"),
            vary.is_any() || vary.len() > vary_max,
        ];
        let bits = in_order.into_iter().enumerate();
        Self {
            raised: bits.fold(0, |raised, (place, is_raised)| {
                raised | u16::from(is_raised) << place
            }),
            has_asked: false,
        }
    }

    /// Raises the guard for claims that jwt-auth verified, though it may have taken the token off the request. It costs
    /// a host call: made only where something would be opened to shared caches, and once. Whether it raised the guard.
    pub(crate) fn ask_for_claims(&mut self, host: &dyn Host) -> bool {
        if std::mem::replace(&mut self.has_asked, true) {
            return false;
        }
        let claimed = !self.raised().any(|guard| guard == Guard::Authorization)
            && http_filter::property::published(host, http_filter::property::CLAIMS).is_some();
        self.raised |= u16::from(claimed) << BY_CLAIMS;
        claimed
    }

    fn raised(&self) -> impl Iterator<Item = Guard> {
        let mut rest = self.raised;
        iter::from_fn(move || {
            let guard = ORDER.get(rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(*guard)
        })
    }

    /// One that is raised and keeps shared caches out, but for those that `waived` names.
    pub(crate) fn closing(&self, waived: impl Fn(Guard) -> bool) -> Option<Guard> {
        self.raised()
            .find(|guard| !guard.forbids_all() && !waived(*guard))
    }

    /// How far `rule` may open the response in the field of `field`, and the guard that keeps it from more.
    pub(crate) fn exposure(
        &self,
        rule: &Rule,
        field: &FieldPolicy,
        origin: &Origin<'_>,
    ) -> (Exposure, Option<Guard>) {
        let said = origin.governing(&field.name);
        let names_status = field.policy.names(origin.status);
        let (exposure, guard) = self.judge(rule, &said, names_status, origin.status);
        let asks = exposure == Exposure::Shared
            && field.policy.mode != PolicyMode::Override
            && !rule.force.contains(&Guard::NoCache)
            && origin.must_be_asked_for(&said);
        if asks {
            return (Exposure::Revalidated, Some(Guard::NoCache));
        }
        (exposure, guard)
    }

    /// Whether `rule` may take cookies off the response: nothing else keeps it from shared caches.
    pub(crate) fn may_remove_cookies(&self, rule: &Rule, origin: &Origin<'_>) -> bool {
        self.judge(rule, &origin.said, false, origin.status).0 == Exposure::Shared
    }

    fn judge(
        &self,
        rule: &Rule,
        said: &Directives,
        names_status: bool,
        status: u16,
    ) -> (Exposure, Option<Guard>) {
        let own = [
            (Guard::NoStore, said.no_store),
            (Guard::Private, said.private != Scope::Nothing),
        ];
        let raised = own
            .into_iter()
            .filter(|(_, raised)| *raised)
            .map(|(guard, _)| guard)
            .chain(self.raised());
        let mut worst = (Exposure::Shared, None);
        for guard in raised {
            let waived = rule.force.contains(&guard)
                || match guard {
                    Guard::Status => names_status || rule.names_status(status),
                    Guard::SetCookie => rule.set_cookie == SetCookie::Remove,
                    _ => false,
                };
            let exposure = match guard {
                _ if waived => continue,
                Guard::NoStore => Exposure::Untouchable,
                Guard::SetCookie if rule.set_cookie == SetCookie::NoStore => Exposure::NoStore,
                guard if guard == Guard::Path || guard.forbids_all() => Exposure::Nothing,
                _ => Exposure::Private,
            };
            if exposure > worst.0 {
                worst = (exposure, Some(guard));
            }
        }
        worst
    }
}

/// The guards that an exchange raises, in the order in which they count. The last one is raised by claims.
const ORDER: [Guard; 10] = [
    Guard::Method,
    Guard::EventStream,
    Guard::Graphql,
    Guard::Path,
    Guard::Status,
    Guard::Authorization,
    Guard::Personal,
    Guard::SetCookie,
    Guard::Vary,
    Guard::Authorization,
];
const BY_CLAIMS: usize = ORDER.len() - 1;

impl From<Guard> for Counter {
    fn from(guard: Guard) -> Self {
        match guard {
            Guard::NoStore => Self::GuardNoStore,
            Guard::Private => Self::GuardPrivate,
            Guard::NoCache => Self::GuardNoCache,
            Guard::Authorization => Self::GuardAuthorization,
            Guard::Personal => Self::GuardPersonal,
            Guard::SetCookie => Self::GuardSetCookie,
            Guard::Vary => Self::GuardVary,
            Guard::Status => Self::GuardStatus,
            Guard::Graphql => Self::GuardGraphql,
            Guard::Path => Self::GuardPath,
            Guard::Method => Self::GuardMethod,
            Guard::EventStream => Self::GuardEventStream,
        }
    }
}

/// Status codes that a rule without status condition is for. A 304 renews a 200.
fn is_ordinary(status: u16) -> bool {
    matches!(status, 200 | 203 | 204 | 206 | 300 | 301 | 304 | 308)
}

/// Media types of responses that never end.
pub(crate) fn is_endless(media_type: &[u8]) -> bool {
    media_type == b"text/event-stream" || media_type == b"multipart/x-mixed-replace"
}

/// Whether a response is gRPC's, in one of its forms. That is told by the response: a GET may claim any type.
pub(crate) fn is_grpc(media_type: &[u8]) -> bool {
    let form = media_type.strip_prefix(b"application/grpc").map(|rest| {
        let rest = rest.strip_prefix(b"-web").unwrap_or(rest);
        rest.strip_prefix(b"-text").unwrap_or(rest)
    });
    form.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
}
