#![doc = include_str!("../README.md")]

mod exchange;
mod member;
mod member_host;
mod progress;
mod reply;
mod response;
mod section;
mod suite;

pub use exchange::Exchange;
pub use section::Section;
pub use suite::{EdgeSuite, Sections};

use http_filter::{Call, CallResponse, ConfigError, FilterConfig, Host, Settings, Tick};
use member::Member;
use member_host::MemberHost;
use std::{rc::Rc, time::Duration};
use suite::MOST_MEMBERS;

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

    fn name_counters(&self, name: &mut dyn FnMut(&'static str, &str)) {
        for member in &self.members {
            member.plugin.name_counters(name);
        }
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

const PRIME: u64 = 0x0100_0000_01b3;
