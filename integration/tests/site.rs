//! The documentation site as `make docs` leaves it, in a real browser, from a folder and without a network: its playground answers, no page
//! scrolls sideways on a phone. Pictures for people to look at: `target/site-pictures/*.png`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use http_filter_test::skip;
use integration::{Browser, module};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

fn site() -> Option<PathBuf> {
    let folder = module::workspace().join("dist/site");
    if folder.join("playground/edge-filters.wasm.js").is_file() {
        return Some(folder);
    }
    skip("envoy: the site: there is no dist/site (make docs)");
    None
}

#[test]
fn the_site_can_be_read_and_played_with() {
    let Some(folder) = site() else { return };
    let Some(mut browser) = Browser::start("the site") else {
        return;
    };
    let address = |page: &str| format!("file://{}/{page}", folder.display());
    browser.look(1440, 1000, "light");
    browser.open(&address("playground.html"));
    plays(&mut browser);
    a_link_brings_it_back(&mut browser, &address);
    assert_eq!(browser.complaints(), [""; 0]);
    let pictures = module::workspace().join("target/site-pictures");
    fs::create_dir_all(&pictures).unwrap();
    for page in PAGES {
        for (width, name) in [(1440, "wide"), (390, "narrow")] {
            for scheme in ["light", "dark"] {
                browser.look(width, 900, scheme);
                browser.open(&address(&format!("{page}.html")));
                let wide = browser.value("document.documentElement.scrollWidth");
                assert_eq!(wide, width, "{page} scrolls sideways");
                let file = format!("{}-{scheme}-{name}.png", page.replace('/', "-"));
                browser.picture(&pictures.join(file));
            }
        }
    }
}

/// Of each kind one.
const PAGES: [&str; 10] = [
    "index",
    "concepts",
    "playground",
    "recipes/index",
    "recipes/keycloak",
    "jwt-auth/reference",
    "jwt-auth/comparison",
    "rate-limit/operations",
    "troubleshooting",
    "migration",
];

fn plays(browser: &mut Browser) {
    until_answered(browser, "rate-limit sends it on");
    // Mistakes are named where they stand.
    write(
        browser,
        "policy",
        "policies:\n  per_client: {key: client_ip, reqests: 5, per: 1m}\n",
    );
    until_answered(browser, "reqests");
    press(browser, "check");
    until_answered(browser, "did you mean `requests`?");
    press(browser, "explain");
    choose(browser, "keycloak");
    until_answered(browser, "jwt-auth sends it on");
    until_answered(browser, "+ x-user: alice");
    write(browser, "claims", "");
    write(browser, "headers", "");
    until_answered(browser, "401 token_missing");
    press(browser, "test");
    until_answered(browser, "cases as expected");
    choose(browser, "gdpr-residency");
    press(browser, "explain");
    write(browser, "country", "DE");
    until_answered(browser, "x-edge-cluster: app-eu");
}

/// What was written is in the address, and nothing of it is sent: there is no network.
fn a_link_brings_it_back(browser: &mut Browser, address: &dyn Fn(&str) -> String) {
    press(browser, "share");
    browser.until("location.hash.startsWith('#s=')");
    let hash = browser.value("location.hash");
    browser.open("about:blank");
    browser.open(&address(&format!("playground.html{}", hash.as_str().unwrap())));
    until_answered(browser, "x-edge-cluster: app-eu");
    assert_eq!(browser.value("document.querySelector('#pg-country').value"), "DE");
    for damaged in ["#s=AAAA", "#recipe=nosuch"] {
        browser.open("about:blank");
        browser.open(&address(&format!("playground.html{damaged}")));
        until_answered(browser, "rate-limit sends it on");
    }
    browser.open("about:blank");
    browser.open(&address("playground.html#recipe=api-keys"));
    until_answered(browser, "jwt-auth sends it on");
}

fn until_answered(browser: &mut Browser, text: &str) {
    let text = json!(text);
    browser.until(&format!(
        "document.querySelector('#pg-output')?.textContent.includes({text}) === true"
    ));
}

fn write(browser: &mut Browser, field: &str, text: &str) {
    on_field(browser, &format!("pg-{field}"), "input", &json!(text));
}

fn choose(browser: &mut Browser, recipe: &str) {
    on_field(browser, "pg-recipe", "change", &json!(recipe));
}

fn on_field(browser: &mut Browser, id: &str, event: &str, value: &Value) {
    browser.value(&format!(
        "{{ const field = document.getElementById('{id}'); field.value = {value}; field.dispatchEvent(new Event('{event}')); 0 }}"
    ));
}

fn press(browser: &mut Browser, button: &str) {
    browser.value(&format!("document.getElementById('pg-{button}').click()"));
}
