use crate::{
    Scope, Vary,
    asked::Asked,
    document::{Guard, SetCookie},
    rule::Rule,
    target::{Exposure, Origin, Target},
};
use http_filter::Host;

/// The guards that the exchange raises, whatever the rules say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guards {
    raised: Vec<Guard>,
}

impl Guard {
    /// Its name in counters and explanations.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::NoStore => "guard_no_store",
            Self::Private => "guard_private",
            Self::Authorization => "guard_authorization",
            Self::Personal => "guard_personal",
            Self::SetCookie => "guard_set_cookie",
            Self::Vary => "guard_vary",
            Self::Status => "guard_status",
            Self::Graphql => "guard_graphql",
            Self::Method => "guard_method",
            Self::EventStream => "guard_event_stream",
        }
    }

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
        asked: &Asked,
        origin: &Origin<'_>,
        media_type: &[u8],
        vary: &Vary<'_>,
        vary_max: usize,
    ) -> Self {
        let is_graphql = asked.is_graphql || media_type.starts_with(b"application/graphql");
        let all = [
            (Guard::Method, !asked.is_safe),
            (Guard::EventStream, is_endless(media_type)),
            (Guard::Graphql, is_graphql),
            (Guard::Status, !is_ordinary(origin.status)),
            (Guard::Authorization, asked.is_authorized),
            (Guard::Personal, asked.is_personal),
            (Guard::SetCookie, origin.response.contains("set-cookie")),
            (Guard::Vary, vary.is_any() || vary.len() > vary_max),
        ];
        Self {
            raised: all
                .into_iter()
                .filter(|(_, raised)| *raised)
                .map(|(guard, _)| guard)
                .collect(),
        }
    }

    /// Raises the guard for claims that jwt-auth verified, though it may have taken the token off the request. It costs
    /// a host call: made only where something would be opened to shared caches.
    pub(crate) fn ask_for_claims(&mut self, host: &dyn Host) -> bool {
        let claimed = !self.is_raised(Guard::Authorization)
            && http_filter::property::published(host, http_filter::property::CLAIMS).is_some();
        if claimed {
            self.raised.push(Guard::Authorization);
        }
        claimed
    }

    pub(crate) fn is_raised(&self, guard: Guard) -> bool {
        self.raised.contains(&guard)
    }

    /// One that is raised and keeps shared caches out, but for those that `waived` names.
    pub(crate) fn closing(&self, waived: impl Fn(Guard) -> bool) -> Option<Guard> {
        let mut raised = self.raised.iter().copied();
        raised.find(|guard| !guard.forbids_all() && !waived(*guard))
    }

    /// How far `rule` may open the response in the field of `target`, and the guard that keeps it from more.
    pub(crate) fn exposure(
        &self,
        rule: &Rule,
        target: &Target,
        origin: &Origin<'_>,
    ) -> (Exposure, Option<Guard>) {
        let said = target.governing(origin);
        let own = [
            (Guard::NoStore, said.no_store),
            (Guard::Private, said.private != Scope::Nothing),
        ];
        let raised = own
            .into_iter()
            .filter(|(_, raised)| *raised)
            .map(|(guard, _)| guard)
            .chain(self.raised.iter().copied());
        let mut worst = (Exposure::Shared, None);
        for guard in raised {
            let forced = match guard {
                Guard::Status => {
                    rule.names_status(origin.status)
                        || target.policy.names(origin.status)
                        || rule.force.contains(&guard)
                }
                Guard::SetCookie => rule.set_cookie == SetCookie::Remove || rule.force.contains(&guard),
                _ => rule.force.contains(&guard),
            };
            let exposure = match guard {
                _ if forced => continue,
                Guard::NoStore => Exposure::Untouchable,
                Guard::SetCookie if rule.set_cookie == SetCookie::NoStore => Exposure::NoStore,
                guard if guard.forbids_all() => Exposure::Nothing,
                _ => Exposure::Private,
            };
            if exposure > worst.0 {
                worst = (exposure, Some(guard));
            }
        }
        worst
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
