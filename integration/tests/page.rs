//! The page that the demo mesh serves, in a real browser: what it shows is what the filters did.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use edge_demo::{mesh::Mesh, progress::Silent};
use integration::{Browser, module};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

#[test]
fn the_page_shows_what_the_filters_did() {
    let Some(mut browser) = Browser::start("the page") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mesh = Mesh::start(folder.path(), None, 0, &Silent).unwrap_or_else(|error| panic!("{error}"));
    browser.look(1440, 1000, "light");
    let page = format!("http://{}/", mesh.addresses().edge);
    browser.open(&page);
    until_shown(&mut browser, "#verdict", "200 OK from edge-eu");

    choices(&mut browser);
    every_coding(&mut browser);
    steady_requests(&mut browser);
    a_burst(&mut browser);
    for scheme in ["light", "dark"] {
        can_be_read(&mut browser, scheme);
    }
    choose(&mut browser, &BTreeMap::new());
    until_shown(&mut browser, "#verdict", "200 OK");
    everything_has_a_name(&mut browser);
    fits_every_width(&mut browser);
    // The page itself is counted, too: a quick machine comes back before there is room for it.
    browser.until(&format!("{LEFT} > 50"));
    browser.open(&page);
    pictures(&mut browser);
    keys_reach_everything(&mut browser);
    drop(mesh);
    press(&mut browser, "Enter");
    until_shown(&mut browser, "#verdict", "The edge doesn’t answer");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[derive(Deserialize)]
struct Row {
    name: String,
    choose: BTreeMap<String, String>,
    shows: BTreeMap<String, String>,
}

fn choices(browser: &mut Browser) {
    let rows: Vec<Row> = serde_yaml_ng::from_str(include_str!("page/choices.yaml")).unwrap();
    for row in rows {
        let before = browser.value(TALLY);
        choose(browser, &row.choose);
        browser.until(&format!("/* {} */ {TALLY} !== {before}", row.name));
        for (element, text) in &row.shows {
            until_shown(browser, element, text);
        }
    }
}

/// Chooses in the form what is given, and the rest as it was at first.
fn choose(browser: &mut Browser, choices: &BTreeMap<String, String>) {
    browser.value(&format!(
        "{{
           const form = document.querySelector('#choices');
           form.reset();
           for (const [name, value] of Object.entries({})) form.elements[name].value = value;
           form.dispatchEvent(new Event('change'));
         }}",
        json!(choices)
    ));
}

fn until_shown(browser: &mut Browser, element: &str, text: &str) {
    let (element, text) = (json!(element), json!(text));
    browser.until(&format!(
        "document.querySelector({element}).innerText.startsWith({text})"
    ));
}

fn every_coding(browser: &mut Browser) {
    browser.value("document.querySelector('#compare').click()");
    browser.until("document.querySelectorAll('#compared li').length === 4");
    let sizes = browser.value(
        "[...document.querySelectorAll('#compared .count')].map((size) => parseFloat(size.innerText))",
    );
    let sizes: Vec<f64> = serde_json::from_value(sizes).unwrap();
    let (plain, coded) = sizes.split_last().unwrap();
    assert!(coded.iter().all(|size| size < plain), "{sizes:?}");
}

fn steady_requests(browser: &mut Browser) {
    choose(browser, &BTreeMap::new());
    let sent = "parseInt(document.querySelector('#tally').innerText)";
    let before = browser.value(sent);
    browser.value("document.querySelector('#steadily').click()");
    browser.until(&format!("{sent} > {before} + 3"));
    browser.value("document.querySelector('#steadily').click()");
    assert_eq!(
        browser.value("document.querySelector('#steadily').ariaPressed"),
        "false"
    );
}

fn a_burst(browser: &mut Browser) {
    browser.value("document.querySelector('#burst').click()");
    until_shown(
        browser,
        "#verdict",
        "429 Too Many Requests: refused by rate-limit",
    );
    until_shown(browser, "#rate-limit .headline", "per_client is used up");
    until_shown(browser, "#geo-routing .outcome", "not reached");
    let problem = browser.value("JSON.parse(document.querySelector('#body').innerText)");
    assert_eq!(problem["violated-policies"], json!(["per_client"]));
    // Nobody asks again, and it refills.
    browser.until("document.querySelector('#burst').ariaBusy === 'false'");
    let before = browser.value(LEFT);
    browser.until(&format!("{LEFT} > {before}"));
}

fn can_be_read(browser: &mut Browser, scheme: &str) {
    browser.look(1440, 1000, scheme);
    browser.value("for (const details of document.querySelectorAll('details')) details.open = true");
    let contrast = browser.value(include_str!("page/contrast.js"));
    assert!(contrast["looked"].as_u64() > Some(50), "{contrast}");
    assert_eq!(contrast["faint"], json!([]), "{scheme}");
}

/// Names as assistive technology hears them, and the parts that it jumps to.
fn everything_has_a_name(browser: &mut Browser) {
    let tree = browser.call("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let role = |node: &Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let shown = |node: &&Value| node["ignored"] != true;
    let named = [
        "button", "combobox", "textbox", "meter", "form", "region", "heading", "link", "image",
    ];
    let nameless: Vec<_> = nodes
        .iter()
        .filter(shown)
        .filter(|node| {
            named.contains(&role(node).as_str())
                && node["name"]["value"].as_str().unwrap_or_default().is_empty()
        })
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
    for (wanted, least) in [
        ("banner", 1),
        ("main", 1),
        ("contentinfo", 1),
        ("form", 1),
        ("status", 1),
        ("meter", 2),
        ("combobox", 5),
    ] {
        let found = nodes
            .iter()
            .filter(shown)
            .filter(|node| role(node) == wanted)
            .count();
        assert!(found >= least, "{wanted}: {found}");
    }
}

/// By the tabulator, in the order in which one reads; it stops at the button that sends.
fn keys_reach_everything(browser: &mut Browser) {
    browser.look(1440, 1000, "light");
    browser.value("document.querySelector('#request').focus()");
    let mut reached = Vec::new();
    while reached.last() != Some(&json!("compare")) {
        reached.push(browser.value("document.activeElement.id"));
        assert!(reached.len() < 40, "{reached:?}");
        press(browser, "Tab");
    }
    let controls = [
        "request", "token", "", "country", "coding", "send", "steadily", "burst",
    ];
    assert_eq!(reached[..controls.len()], controls);
    let outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.value(outline), "solid", "the focus is seen");
    browser.value("document.querySelector('#send').focus()");
}

fn press(browser: &mut Browser, key: &str) {
    let (code, text) = match key {
        "Tab" => (9, ""),
        _ => (13, "\r"),
    };
    let event =
        json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
    browser.call("Input.dispatchKeyEvent", &event);
    browser.call(
        "Input.dispatchKeyEvent",
        &json!({"type": "keyUp", "key": key, "code": key}),
    );
}

fn fits_every_width(browser: &mut Browser) {
    for width in [320, 360, 600, 768, 960, 1024, 1280, 1600] {
        browser.look(width, 800, "light");
        let wide = browser.value("document.documentElement.scrollWidth");
        assert_eq!(wide, width, "scrolls sideways");
    }
}

/// For people to look at: `target/page/*.png`.
fn pictures(browser: &mut Browser) {
    let folder = module::workspace().join("target/page");
    fs::create_dir_all(&folder).unwrap();
    until_shown(browser, "#verdict", "200 OK");
    browser.value("document.querySelector('#compare').click()");
    browser.until("document.querySelectorAll('#compared li').length === 4");
    for (width, name) in [(1440, "wide"), (360, "narrow")] {
        for scheme in ["light", "dark"] {
            browser.look(width, 800, scheme);
            let height = browser
                .value("document.documentElement.scrollHeight")
                .as_u64()
                .unwrap();
            browser.look(width, u32::try_from(height).unwrap(), scheme);
            browser.picture(&folder.join(format!("{scheme}-{name}.png")));
        }
    }
}

const TALLY: &str = "document.querySelector('#tally').innerText";
/// Of the narrowest quota, as its bar says.
const LEFT: &str = "Number(document.querySelector('#meters [role=meter]').ariaValueNow)";
