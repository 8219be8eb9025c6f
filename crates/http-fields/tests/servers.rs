//! What real servers make of paths (`scripts/servers.py` asked them) is among the readings.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use http_fields::{Readings, path::normal_form};
use serde_json::Value;

#[test]
fn what_servers_resolve_is_a_reading() {
    let record: Value = serde_json::from_str(include_str!("servers.json")).unwrap();
    let mut seen = 0;
    let mut missing = Vec::new();
    for (server, said) in record.as_object().unwrap() {
        for (path, resource) in said["resources"].as_object().unwrap() {
            let Some(resource) = resource.as_str() else {
                continue;
            };
            seen += 1;
            // Recorded in Latin-1: a character is a byte.
            let bytes: Vec<u8> = resource
                .chars()
                .map(|letter| u8::try_from(u32::from(letter)).unwrap())
                .collect();
            // A resource may be named decoded: then its own escapes are data.
            let names = [
                normal_form(&bytes).into_owned(),
                normal_form(&escaped(&bytes)).into_owned(),
            ];
            let is_read = match Readings::of(path.as_bytes()) {
                None => names.contains(&path.as_bytes().to_vec()),
                Some(readings) => readings.paths().any(|path| names.iter().any(|name| name == path)),
            };
            if !is_read {
                missing.push(format!("{server}: {path} is {resource}"));
            }
        }
    }
    assert!(seen > 400, "{seen}");
    assert_eq!(missing, Vec::<String>::new());
}

fn escaped(bytes: &[u8]) -> Vec<u8> {
    http_fields::percent::encode(bytes, |byte| byte != b'%').collect()
}
