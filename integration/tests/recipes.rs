//! Envoy reads every recipe. What their policies do is shown by their cases (`cli/tests/recipes.rs`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use edge_demo::envoy::validate;
use edge_filters::recipes::ALL;
use http_filter_test::skip;
use std::path::Path;

#[test]
fn every_recipe_is_accepted() {
    for recipe in ALL {
        if recipe.policy.contains(AUTHORITIES) && !Path::new(AUTHORITIES).is_file() {
            skip(&format!(
                "envoy: the recipe {}: there is no {AUTHORITIES}",
                recipe.name
            ));
            continue;
        }
        validate(recipe.policy).unwrap_or_else(|error| panic!("{}: {error}", recipe.name));
    }
}

/// Of Debian's package ca-certificates.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
