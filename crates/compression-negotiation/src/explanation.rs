//! Which coding is chosen and why, for a person who asks. Nothing of it is in the modules.

use crate::{AcceptEncoding, Coding, config::policy::Policy, request::plain::Plain};
use http_filter::{Host, explain};

/// Says what was chosen for a request, by the policy of this number.
pub(crate) fn say(
    policy: &Policy,
    accept: &AcceptEncoding,
    index: usize,
    chosen: Coding,
    plain: Option<Plain>,
    host: &dyn Host,
) {
    let names = |codings: &mut dyn Iterator<Item = &Coding>| {
        codings.map(|coding| coding.name()).collect::<Vec<_>>().join(", ")
    };
    let accepted = names(&mut policy.prefer.iter().filter(|coding| accept.accepts(**coding)));
    explain!(
        host,
        "policy",
        "policy {index} offers {}",
        names(&mut policy.prefer.iter())
    );
    let accepted = match (accept.is_present(), accepted.as_str()) {
        (false, _) => "no Accept-Encoding".to_owned(),
        (true, "") => "none of these is accepted".to_owned(),
        (true, accepted) => format!("accepted are {accepted}"),
    };
    let why = plain.map_or(String::new(), |plain| {
        format!(", since {}", plain.counter().name())
    });
    explain!(host, "coding", "{accepted}: {}{why}", chosen.name());
}
