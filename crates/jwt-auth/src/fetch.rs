use crate::{
    freshness,
    remote::{ATTEMPTS, Remote},
    remote_address::millis,
};
use http_filter::{Call, CallResponse, Headers, Host, HttpCall, release_lease, take_lease, update};
use std::time::Duration;

/// What ticks need of a [`Remote`], whatever it fetches.
pub(crate) trait Fetch {
    /// The call to make now, if it's this worker's turn, and when to look again.
    fn on_tick(&self, host: &dyn Host) -> (Option<Call>, Duration);
    /// The call's answer.
    fn on_response(&self, response: CallResponse, host: &dyn Host);
}

impl<T> Fetch for Remote<T> {
    fn on_tick(&self, host: &dyn Host) -> (Option<Call>, Duration) {
        self.synchronise(host);
        let (meta, now) = (self.state.borrow().meta, millis(host.now()));
        if !meta.is_due(now) {
            let until = Duration::from_millis(meta.due().saturating_sub(now).max(1));
            return (None, until.min(POLL));
        }
        if !take_lease(
            host,
            &self.key_of(LEASE),
            self.address.timeout + Duration::from_secs(1),
        ) {
            return (None, SOON);
        }
        let call = HttpCall {
            cluster: self.address.cluster.clone(),
            method: "GET".into(),
            authority: self.address.authority.clone(),
            path: self.address.path.clone(),
            headers: vec![(
                "accept".into(),
                b"application/jwk-set+json, application/json".to_vec(),
            )],
            body: Vec::new(),
            timeout: self.address.timeout,
            max_response: self.address.max_bytes,
        };
        (Some(Call::Http(call)), POLL)
    }

    fn on_response(&self, response: CallResponse, host: &dyn Host) {
        let accepted = match &response {
            CallResponse::Http { headers, body } if headers.status() == Some(200) => {
                self.accept(headers, body, host)
            }
            _ => false,
        };
        if !accepted {
            host.count(&[self.kind, "_fetch_failed"].concat(), 1);
            let (now, random) = (millis(host.now()), host.random());
            let meta = self.change(host, |meta| {
                meta.failures += 1;
                meta.checked = now;
                // Doubling from a quarter of a second to a minute, and up to a quarter more, so that proxies spread.
                let pause = (250u64 << (meta.failures - 1).min(8)).min(60_000);
                meta.retry = now + pause + random % (pause / 4);
            });
            self.state.borrow_mut().meta = meta;
            log::warn!(
                "jwt-auth: {} can't be had from cluster {}",
                self.address.path,
                self.address.cluster
            );
        }
        release_lease(host, &self.key_of(LEASE));
    }
}

impl<T> Remote<T> {
    fn stored(&self, body: &[u8], host: &dyn Host) -> Option<bool> {
        update(host, &self.key, ATTEMPTS, |stored| {
            let same = stored == Some(body);
            (!same, (!same).then(|| body.to_vec()))
        })
        .ok()
    }

    /// Takes in a new body; whether it's of use.
    fn accept(&self, headers: &Headers, body: &[u8], host: &dyn Host) -> bool {
        let Some(parsed) = (self.parse)(body) else {
            host.count(&[self.kind, "_rejected"].concat(), 1);
            log::warn!(
                "jwt-auth: what {} answered for {} is not usable",
                self.address.cluster,
                self.address.path
            );
            return false;
        };
        let Some(changed) = self.stored(body, host) else {
            return false;
        };
        host.count(
            &[self.kind, if changed { "_changed" } else { "_unchanged" }].concat(),
            1,
        );
        let now = host.now();
        let lifetime = freshness::lifetime(headers, now)
            .map_or(self.address.refresh, |said| said.clamp(LEAST_SAID, MOST_SAID));
        let meta = self.change(host, |meta| {
            meta.version += u64::from(changed || meta.version == 0);
            meta.fetched = millis(now);
            meta.fresh_until = millis(now.saturating_add(lifetime));
            meta.checked = millis(now);
            (meta.failures, meta.retry) = (0, 0);
        });
        self.state.borrow_mut().meta = meta;
        if changed && parsed.skipped > 0 {
            host.count(&[self.kind, "_keys_skipped"].concat(), parsed.skipped);
        }
        if meta.version != self.version() {
            self.install(meta.version, parsed.document);
        }
        true
    }
}

const LEASE: &str = "/lease";
/// How often shared data is looked at where nothing is due.
const POLL: Duration = Duration::from_secs(1);
/// How soon to look again while another worker fetches.
const SOON: Duration = Duration::from_millis(50);
/// What an answer may say of its own lifetime, at least and at most.
const LEAST_SAID: Duration = Duration::from_secs(30);
const MOST_SAID: Duration = Duration::from_secs(86_400);
