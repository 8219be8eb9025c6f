//! What a request is counted for.

use crate::{
    config::{RateLimit, policy::Subject},
    counter::Counter,
    explanation,
    key::Facts,
    quota::ledger::Demand,
    reply,
};
use http_filter::{EXPLAINS, Headers, Host, LocalReply, explain};

impl RateLimit {
    /// What each policy demands of the request: of this process, and of the service.
    pub(crate) fn demands(
        &self,
        numbers: &[usize],
        request: &Headers,
        host: &dyn Host,
    ) -> Result<(Vec<Demand>, Vec<Demand>), LocalReply> {
        let facts = Facts::new(request, host, self.client);
        let (mut local, mut global) = (Vec::with_capacity(numbers.len()), Vec::new());
        if self.exempts(&facts) {
            explain!(host, "policy", "the client is exempt from all limits");
            Counter::Exempt.count(host);
            return Ok((local, global));
        }
        let seed = self.seed(host);
        for (number, policy) in numbers
            .iter()
            .filter_map(|number| Some((*number, self.policies.get(*number)?)))
        {
            let subject = policy.subject(&facts, seed);
            if EXPLAINS {
                explanation::subject(policy, &subject, &facts);
            }
            match subject {
                Subject::Key(key) => {
                    let demand = Demand {
                        policy: number,
                        key,
                        cost: policy.cost.of_request(request),
                    };
                    if policy.is_global {
                        global.push(demand)
                    } else {
                        local.push(demand)
                    }
                }
                Subject::Unlimited => host.count(&policy.counters.exempt, 1),
                Subject::Missing | Subject::Ambiguous if !policy.can_refuse() => {
                    host.count(&policy.counters.shadowed, 1)
                }
                Subject::Missing => {
                    return Err(reply::bad_key(
                        Counter::KeyMissing,
                        "Request lacks what it is counted by",
                    ));
                }
                Subject::Ambiguous => {
                    return Err(reply::bad_key(
                        Counter::KeyAmbiguous,
                        "Request says twice what it is counted by",
                    ));
                }
            }
        }
        Ok((local, global))
    }
}
