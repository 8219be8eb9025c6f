//! Where the filters stand in the chain, as each control plane sorts them.

use super::manifest::{documents, plugins};
use integration::module::{FILTERS, workspace};
use std::collections::BTreeMap;

/// The filters of `envoy/chain.yaml` that are ours, in the order in which requests pass them.
fn of_the_chain() -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("envoy/chain.yaml")).unwrap();
    let chain = documents(&text).remove(0);
    let manager =
        &chain["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
    let filters = manager["http_filters"].as_array().unwrap().iter();
    filters
        .map(|filter| filter["name"].as_str().unwrap().to_owned())
        .filter(|name| FILTERS.contains(&name.as_str()))
        .collect()
}

#[test]
fn requests_pass_the_filters_as_in_the_chain() {
    let mut together: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (index, plugin) in plugins().into_iter().enumerate() {
        // Istio and Higress: by phase, then the highest priority first. Envoy Gateway: as listed.
        let place = match plugin.place {
            Some((phase, priority)) => (phase, -priority),
            None => (0, i64::try_from(index).unwrap()),
        };
        let folder = plugin.folder().to_owned();
        together.entry(folder).or_default().push((place, plugin.filter));
    }
    let mut alone = 0;
    for (folder, mut filters) in together {
        filters.sort();
        assert!(
            filters.windows(2).all(|pair| pair[0].0 != pair[1].0),
            "{folder}: two at one place, in any order: {filters:?}"
        );
        let names: Vec<_> = filters.into_iter().map(|(_, name)| name).collect();
        if names == ["edge-suite"] {
            alone += 1;
        } else if folder.ends_with("/first") {
            assert_eq!(names.len(), 1, "{folder}");
        } else {
            assert_eq!(names, of_the_chain(), "{folder}");
        }
    }
    assert_eq!(alone, 5, "the suite has a manifest for each way");
}
