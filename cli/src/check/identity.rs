use super::{Finding, Placed, Rule};
use crate::FilterKind;
use crate::find::Assembled;
use serde_json::Value;

/// Keys and places by an address that clients can choose: Envoy believes any X-Forwarded-For unless told otherwise.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let Some(connection) = assembled
        .chain
        .connection
        .as_ref()
        .filter(|manager| !manager.knows_clients)
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        let (value, _) = slot.value();
        let what = match slot.kind {
            FilterKind::RateLimit => {
                keyed_by_address(&value).map(|path| (path, "counts clients by their address"))
            }
            FilterKind::GeoRouting => {
                placed_by_address(&value).map(|path| (path, "looks clients up by their address"))
            }
            _ => None,
        };
        if let Some((path, what)) = what {
            let message = format!(
                "{what}, and the connection manager takes that from X-Forwarded-For, which clients write themselves"
            );
            let help = format!(
                "set `use_remote_address: true` on the connection manager (line {}), and `xff_num_trusted_hops` where proxies stand in front",
                connection.at.line
            );
            let finding = Finding::new(Rule::ForgeableAddress, slot.locate(&path), message);
            found.push((file, finding.about(slot.kind.name(), path).help(help)));
        }
    }
    found
}

/// The path of the first key that is the client's address, as Envoy says it is.
fn keyed_by_address(value: &Value) -> Option<String> {
    if value.pointer("/client_ip/trusted_hops").is_some() {
        return None;
    }
    let policies = value.get("policies")?.as_object()?;
    policies.iter().find_map(|(name, policy)| {
        let key = policy.get("key")?;
        let part = |part: &Value| part == "client_ip" || part.get("client_ip").is_some();
        let is_address = part(key) || key.as_array().is_some_and(|parts| parts.iter().any(part));
        is_address.then(|| format!("policies.{name}.key"))
    })
}

/// The path of the first database that is asked about the address that Envoy says.
fn placed_by_address(value: &Value) -> Option<String> {
    let is_default = value
        .get("address")
        .is_none_or(|address| address.to_string().contains("source"));
    let client = value.get("client").filter(|_| is_default)?;
    let asks = |source: &Value| source.get("database").is_some() || source == "database";
    match client.as_array() {
        Some(sources) => sources
            .iter()
            .position(asks)
            .map(|index| format!("client[{index}]")),
        None => asks(client).then(|| "client".to_owned()),
    }
}
