use crate::{Exchange, member::Member, member_host::MemberHost, section::Section};
use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use geo_routing::GeoRouting;
use http_filter::{Call, CallResponse, ConfigError, FilterConfig, Host, Settings, Tick, document};
use jwt_auth::JwtAuth;
use rate_limit::RateLimit;
use std::{rc::Rc, time::Duration};

document! {
    /// The configuration of the suite: each filter's own, in a section of its name.
    pub struct Sections {
        /// The configuration of jwt-auth.
        jwt_auth ("jwt_auth"): Section<JwtAuth>,
        /// The configuration of rate-limit.
        rate_limit ("rate_limit"): Section<RateLimit>,
        /// The configuration of geo-routing.
        geo_routing ("geo_routing"): Section<GeoRouting>,
        /// The configuration of compression-negotiation.
        compression_negotiation ("compression_negotiation"): Section<CompressionNegotiation>,
        /// The configuration of cache-headers.
        cache_headers ("cache_headers"): Section<CacheHeaders>,
    }
}

/// All five filters as one. Those that have no section aren't there.
pub struct EdgeSuite {
    members: Vec<Member>,
    settings: Settings,
}

impl EdgeSuite {
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// How long until the first filter is due.
    fn next_tick(&self, host: &dyn Host) -> Option<Duration> {
        let first = self.members.iter().filter_map(Member::due).min()?;
        Some(first.saturating_sub(host.now()))
    }
}

impl FilterConfig for EdgeSuite {
    const NAME: &'static str = "edge-suite";
    const COUNTS_REPLIES: bool = false;

    type Document = Sections;
    type Filter = Exchange;

    fn compile(document: Sections) -> Result<Self, ConfigError> {
        // In the order in which requests pass them.
        let members = [
            document.jwt_auth.member(),
            document.rate_limit.member(),
            document.geo_routing.member(),
            document.compression_negotiation.member(),
            document.cache_headers.member(),
        ];
        let members: Vec<Member> = members.into_iter().flatten().collect();
        if members.is_empty() {
            return Err(ConfigError::new("", "no section", "that of at least one filter"));
        }
        Ok(Self {
            members,
            settings: Settings::default(),
        })
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Exchange {
        Exchange::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        self.members
            .iter()
            .filter_map(|member| member.plugin.first_tick())
            .min()
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        let mut calls = Vec::new();
        // All that tick at all, since a filter may be asked more often than it wants, and a waiting request counts on it.
        for (place, member) in self
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.due().is_some())
        {
            let tick = member.plugin.on_tick(&MemberHost::new(host, member, [&[], &[]]));
            member.tick_after(tick.next, host);
            calls.extend(
                tick.calls
                    .into_iter()
                    .map(|(token, call)| own_call(place, token, call)),
            );
        }
        Tick {
            calls,
            next: self.next_tick(host),
        }
    }

    fn progress(&self, host: &dyn Host) -> u64 {
        self.members.iter().fold(0, |all, member| {
            let own = member.plugin.progress(&MemberHost::new(host, member, [&[], &[]]));
            // Two that change at once must not cancel each other out.
            all.wrapping_mul(PRIME).wrapping_add(own)
        })
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        let place = (token % MOST_MEMBERS) as usize;
        let member = self.members.get(place)?;
        let token = token / MOST_MEMBERS;
        let host_of_member = MemberHost::new(host, member, [&[], &[]]);
        let after = member.plugin.on_call_response(token, response, &host_of_member)?;
        member.tick_after(Some(after), host);
        self.next_tick(host)
    }
}

/// A filter's call under a token that names the filter, too.
fn own_call(place: usize, token: u32, call: Call) -> (u32, Call) {
    (token.wrapping_mul(MOST_MEMBERS).wrapping_add(place as u32), call)
}

/// No suite has more filters: the tokens of their calls and the tenants of their crowds are told apart by it.
pub(crate) const MOST_MEMBERS: u32 = 5;
const PRIME: u64 = 0x0100_0000_01b3;
