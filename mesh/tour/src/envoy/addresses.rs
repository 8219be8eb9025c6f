//! Moves a configuration written for containers onto this machine's loopback interface.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::Error;
use crate::process::free_address;

/// Gives every listener and the admin interface a free port on the loopback interface (the first listener `port`), and every
/// service its address. A listener that a cluster of the same configuration calls (a file server beside the filters, say)
/// keeps one port for both.
///
/// # Errors
/// [`Error::Configuration`] when the file has no listener.
pub(super) fn rewrite(
    configuration: &mut Value,
    services: &[(String, SocketAddr)],
    port: u16,
) -> Result<(), Error> {
    let upstreams = configuration
        .pointer("/static_resources/clusters")
        .map(Value::to_string)
        .unwrap_or_default();
    let listeners = configuration
        .pointer_mut("/static_resources/listeners")
        .and_then(Value::as_array_mut)
        .ok_or_else(|| Error::Configuration("static_resources.listeners: expected a list".to_owned()))?;
    let mut moved = Vec::new();
    for (index, listener) in listeners.iter_mut().enumerate() {
        let Some(address) = listener.pointer_mut("/address/socket_address") else {
            continue;
        };
        let old = address
            .get("port_value")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let called_by_a_cluster =
            index > 0 && old != 0 && upstreams.contains(&format!("\"port_value\":{old}"));
        let new = match (index, called_by_a_cluster) {
            (0, _) => port,
            (_, true) => free_address()?.port(),
            (_, false) => 0,
        };
        if called_by_a_cluster {
            moved.push((old, new));
        }
        // What else there is, such as the protocol, stays.
        if let Some(address) = address.as_object_mut() {
            address.insert("address".to_owned(), json!("127.0.0.1"));
            address.insert("port_value".to_owned(), json!(new));
        }
    }
    if let Some(clusters) = configuration.pointer_mut("/static_resources/clusters") {
        each_socket_address(clusters, &mut |address| redirect(address, services, &moved));
    }
    if let Some(object) = configuration.as_object_mut() {
        let admin = object.entry("admin").or_insert_with(|| json!({}));
        if let Some(admin) = admin.as_object_mut() {
            admin.insert(
                "address".to_owned(),
                json!({"socket_address": {"address": "127.0.0.1", "port_value": 0}}),
            );
        }
    }
    Ok(())
}

fn redirect(address: &mut Value, services: &[(String, SocketAddr)], moved: &[(u64, u16)]) {
    let host = address.get("address").and_then(Value::as_str).unwrap_or_default();
    let port = address
        .get("port_value")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    if let Some((_, to)) = services.iter().find(|(name, _)| name == host) {
        *address = json!({"address": to.ip().to_string(), "port_value": to.port()});
    } else if host.starts_with("run-") {
        // A runtime that isn't started: nobody listens at port 1, and no name server is asked for it.
        *address = json!({"address": "127.0.0.1", "port_value": 1});
    } else if let Some((_, to)) = moved.iter().find(|(old, _)| host == "127.0.0.1" && *old == port) {
        *address = json!({"address": "127.0.0.1", "port_value": to});
    }
}

/// Calls `visit` with every `socket_address` below `value`.
fn each_socket_address(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match key.as_str() {
                    "socket_address" => visit(value),
                    _ => each_socket_address(value, visit),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_socket_address(item, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &str, port: u16) -> Value {
        json!({"socket_address": {"address": host, "port_value": port}})
    }

    fn cluster(name: &str, host: &str, port: u16) -> Value {
        json!({"name": name, "load_assignment": {"endpoints": [{"lb_endpoints": [
            {"endpoint": {"address": address(host, port)}}]}]}})
    }

    #[test]
    fn everything_moves_to_the_loopback_interface() {
        let mut configuration = json!({
            "admin": {"access_log": [], "address": address("127.0.0.1", 9901)},
            "static_resources": {
                "listeners": [
                    {"name": "edge", "address": address("0.0.0.0", 10000)},
                    {"name": "files", "address": address("127.0.0.1", 10001)},
                    {"name": "other", "address": address("0.0.0.0", 10002)},
                ],
                "clusters": [
                    cluster("eu", "functions", 8080),
                    cluster("legacy", "legacy", 8080),
                    cluster("files", "127.0.0.1", 10001),
                    cluster("run-native", "run-native", 8080),
                ],
            },
        });
        let services = [("functions".to_owned(), "127.0.0.1:4000".parse().unwrap())];
        rewrite(&mut configuration, &services, 0).unwrap();

        let port = |pointer: &str| configuration.pointer(pointer).and_then(Value::as_u64).unwrap();
        let endpoint = |index: usize| {
            let at = "load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
            configuration
                .pointer(&format!("/static_resources/clusters/{index}/{at}"))
                .unwrap()
                .clone()
        };
        assert_eq!(
            port("/static_resources/listeners/0/address/socket_address/port_value"),
            0
        );
        let files = port("/static_resources/listeners/1/address/socket_address/port_value");
        assert_ne!(files, 0, "a cluster has to know the port");
        assert_ne!(files, 10001);
        assert_eq!(
            port("/static_resources/listeners/2/address/socket_address/port_value"),
            0
        );
        assert_eq!(port("/admin/address/socket_address/port_value"), 0);
        assert!(
            configuration.pointer("/admin/access_log").is_some(),
            "the rest of admin stays"
        );
        assert_eq!(endpoint(0), json!({"address": "127.0.0.1", "port_value": 4000}));
        assert_eq!(
            endpoint(1),
            json!({"address": "legacy", "port_value": 8080}),
            "not given, not touched"
        );
        assert_eq!(endpoint(2), json!({"address": "127.0.0.1", "port_value": files}));
        assert_eq!(
            endpoint(3),
            json!({"address": "127.0.0.1", "port_value": 1}),
            "not started"
        );
    }

    #[test]
    fn a_file_without_listeners_is_refused() {
        assert!(matches!(
            rewrite(&mut json!({"admin": {}}), &[], 0),
            Err(Error::Configuration(_))
        ));
    }
}
