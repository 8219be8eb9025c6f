//! The recorded assertions of the jshttp negotiator, and where this filter differs from it by right.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use compression_negotiation::{AcceptEncoding, Choice, Coding};
use serde_json::Value;

/// Codings of the vectors that this filter doesn't offer stand for two that it does: names don't matter to the rules.
fn renamed(text: &str) -> String {
    text.replace("deflate", "br").replace("compress", "zstd")
}

fn coding(name: &Value) -> Coding {
    let name = renamed(name.as_str().unwrap());
    Coding::from_name(name.as_bytes()).unwrap_or_else(|| panic!("{name}"))
}

/// What differs, by Accept-Encoding (`-` for an absent one) and what is offered, and why.
const DEVIATIONS: &[(&str, &str)] = &[
    (
        "- of gzip",
        "RFC 9110 §12.5.3: without the field any coding is acceptable; what is sent then is the server's choice",
    ),
    (
        "gzip, br of br gzip",
        "§12.5.3 gives no order to equal weights: the server's decides here, the client's there",
    ),
    (
        "*, gzip of zstd gzip",
        "equal weights again: a coding that is named is no better than one that `*` stands for",
    ),
    (
        "gzip of identity gzip",
        "identity is acceptable unless it's excluded; a server that puts it first has said what it prefers",
    ),
];

#[test]
fn choices_are_those_of_the_vectors() {
    let Some(folder) = http_filter_test::vectors("negotiator") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("negotiator-vectors.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (mut checked, mut wishes, mut deviating) = (0, 0, std::collections::BTreeSet::new());
    for case in &cases {
        let is_list = match case["method"].as_str().unwrap() {
            "encoding" => false,
            "encodings" => true,
            _ => continue,
        };
        let Some(available) = case["available"].as_array() else {
            wishes += 1;
            assert_wished(case);
            continue;
        };
        checked += 1;
        let preferred = case["opts"]["preferred"].as_array();
        let offered: Vec<Coding> = preferred.into_iter().flatten().chain(available).map(coding).fold(
            Vec::new(),
            |mut all, coding| {
                if !all.contains(&coding) {
                    all.push(coding);
                }
                all
            },
        );
        let header = case["headers"]["accept-encoding"].as_str();
        let renamed_header = header.map(renamed);
        let accept = AcceptEncoding::parse(renamed_header.iter().map(String::as_bytes));
        let expected: Vec<Coding> = match &case["expected"] {
            Value::Array(list) => list.iter().map(coding).collect(),
            Value::Null => Vec::new(),
            one if is_list => panic!("{one}"),
            one => vec![coding(one)],
        };
        // The vectors know no identity that isn't on the list; to RFC 9110 it always is.
        let chosen = match accept.choose(&offered) {
            Choice::Coding(coding) => Some(coding),
            Choice::Identity => Some(Coding::Identity).filter(|identity| offered.contains(identity)),
            Choice::NotAcceptable => None,
        };
        let mut same = chosen == expected.first().copied();
        if is_list {
            let accepted = offered.iter().filter(|coding| accept.accepts(**coding)).count();
            let distinct: std::collections::BTreeSet<_> = expected.iter().collect();
            same &= accepted == distinct.len();
        }
        let names: Vec<&str> = offered.iter().map(|coding| coding.name()).collect();
        let name = format!(
            "{} of {}",
            renamed_header.as_deref().unwrap_or("-"),
            names.join(" ")
        );
        if same {
            continue;
        }
        let explained = DEVIATIONS.iter().any(|(case, _)| *case == name);
        assert!(
            explained,
            "{}: {name}: chose {chosen:?}, expected {expected:?}",
            case["desc"]
        );
        deviating.insert(name);
    }
    assert_eq!((checked, wishes), (97, 28), "vectors");
    assert_eq!(
        deviating.len(),
        DEVIATIONS.len(),
        "explained, but no deviations: {deviating:?}"
    );
}

/// What a client wants, with nothing on offer: what it accepts, in the order of its weights. The vectors list `*` as if it
/// were a coding; here one that isn't named stands for it.
fn assert_wished(case: &Value) {
    const ALL: [Coding; 5] = [
        Coding::Gzip,
        Coding::Br,
        Coding::Zstd,
        Coding::Dcz,
        Coding::Identity,
    ];
    let Some(header) = case["headers"]["accept-encoding"].as_str().map(renamed) else {
        // RFC 9110 §12.5.3: without the field any coding is acceptable, not only the one that the vectors name.
        assert!(
            ALL.iter()
                .all(|coding| AcceptEncoding::parse([]).accepts(*coding))
        );
        return;
    };
    let accept = AcceptEncoding::parse([header.as_bytes()]);
    let wished = |name: &Value| match name.as_str().unwrap() {
        "*" => Coding::Dcz,
        _ => coding(name),
    };
    let expected: Vec<Coding> = match &case["expected"] {
        Value::Array(names) => names.iter().map(wished).collect(),
        Value::Null => Vec::new(),
        name => vec![wished(name)],
    };
    let accepted: Vec<Coding> = ALL.into_iter().filter(|coding| accept.accepts(*coding)).collect();
    assert!(
        expected.iter().all(|coding| accepted.contains(coding)),
        "{header}: {expected:?} of {accepted:?}"
    );
    assert_eq!(expected.is_empty(), accepted.is_empty(), "{header}");
    // An identity that has no weight comes last.
    let weights: Vec<_> = expected.iter().map(|coding| accept.weight(*coding)).collect();
    assert!(
        weights.is_sorted_by(|one, next| one >= next),
        "{header}: {weights:?}"
    );
    let best = accepted.iter().map(|coding| accept.weight(*coding)).max();
    assert_eq!(weights.first().copied(), best, "{header}");
    if case["method"] == "encodings" {
        let named = |coding: &Coding| expected.contains(coding) || expected.contains(&Coding::Dcz);
        assert!(
            accepted.iter().all(named),
            "{header}: {accepted:?} for {expected:?}"
        );
    }
}
