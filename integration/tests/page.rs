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
    covers_nothing(&mut browser);
    a_link_brings_the_request_back(&mut browser);
    decisions_lead_to_their_rules(&mut browser);
    until_there_is_room(&mut browser);
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
    assert!(contrast["looked"].as_u64() > Some(30), "{contrast}");
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
        "request", "token", "", "country", "coding", "send", "steadily", "burst", "share",
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

/// Whatever a finger goes for on a phone is what it touches, wherever the page is scrolled to.
fn covers_nothing(browser: &mut Browser) {
    browser.look(390, 844, "light");
    let covered = browser.value(
        "[...document.querySelectorAll('a, button, select, input, summary, .headline, #verdict')].flatMap((element) => {
           if (!element.checkVisibility() || element.matches('.skip')) return [];
           return ['nearest', 'start', 'end'].flatMap((block) => {
             element.scrollIntoView({ block, behavior: 'instant' });
             const { left, top, width, height } = element.getBoundingClientRect();
             const found = document.elementFromPoint(left + width / 2, top + height / 2);
             return element.contains(found) || found?.contains(element) ? [] : [`${element.outerHTML} is behind ${found?.outerHTML}`];
           });
         })",
    );
    assert_eq!(covered, json!([]));
    browser.value("scrollTo(0, 0)");
}

/// The address has the choices, so that whoever gets it sends the same request.
fn a_link_brings_the_request_back(browser: &mut Browser) {
    until_there_is_room(browser);
    let chosen = [
        ("request", "compute"),
        ("token", "expired"),
        ("subject", "b&b"),
        ("country", "US"),
    ];
    choose(
        browser,
        &chosen
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    );
    until_shown(browser, "#verdict", "401");
    browser.value("document.querySelector('#share').click()");
    browser.until("document.querySelector('#shared').innerText !== ''");
    let link = browser.value("location.href");
    browser.open("about:blank");
    browser.open(link.as_str().unwrap());
    until_shown(browser, "#verdict", "401");
    for (name, value) in chosen {
        assert_eq!(
            browser.value(&format!("document.forms.choices.elements.{name}.value")),
            value
        );
    }
    assert_eq!(browser.value("document.querySelector('form details').open"), true);
    choose(browser, &BTreeMap::new());
    until_shown(browser, "#verdict", "200 OK");
    assert_eq!(browser.value("location.search"), "", "what is as at first");
    until_there_is_room(browser);
    let damaged = browser.value("location.href + '?request=nosuch&n=1&country=FR'");
    browser.open(damaged.as_str().unwrap());
    until_shown(browser, "#verdict", "200 OK from edge-eu");
    until_shown(browser, "#geo-routing .headline", "France");
}

/// The page itself is counted, too: a quick machine comes back before there is room for it.
fn until_there_is_room(browser: &mut Browser) {
    browser.until(&format!("{LEFT} > 60"));
}

/// From each card to the entry of the configuration that decided, and to where such entries are described.
fn decisions_lead_to_their_rules(browser: &mut Browser) {
    let page = browser.value("location.origin + location.pathname");
    until_there_is_room(browser);
    let mut rules = Vec::new();
    for (card, says) in [
        ("jwt-auth", "optional: true"),
        ("rate-limit", "limit: [site, per_client]"),
        ("geo-routing", "when: {eu: true}"),
        ("compression-negotiation", "prefer: [zstd, br, gzip]"),
    ] {
        let links = browser.value(&format!(
            "[...document.querySelectorAll('#{card} .decided a')].map(({{ href }}) => href)"
        ));
        let links: Vec<String> = serde_json::from_value(links).unwrap();
        let [rule, .., reference] = links.as_slice() else {
            panic!("{card}: {links:?}")
        };
        assert!(
            reference.contains(&format!("/crates/{card}/README.md#")),
            "{reference}"
        );
        rules.push((rule.clone(), says));
    }
    for (rule, says) in rules {
        browser.open(&rule);
        let target = browser.value("document.querySelector(':target')?.innerText");
        assert!(
            target.as_str().is_some_and(|text| text.contains(says)),
            "{rule}: {target}"
        );
    }
    for width in [320, 390, 1440] {
        browser.look(width, 900, "light");
        let wide = browser.value("document.documentElement.scrollWidth");
        assert_eq!(wide, width, "the rules scroll sideways");
    }
    can_be_read(browser, "dark");
    can_be_read(browser, "light");
    pictures_of(browser, "rules");
    browser.open(page.as_str().unwrap());
    until_shown(browser, "#verdict", "200 OK");
}

/// For people to look at, when everything is shown.
fn pictures(browser: &mut Browser) {
    until_shown(browser, "#verdict", "200 OK");
    browser.value("document.querySelector('#compare').click()");
    browser.until("document.querySelectorAll('#compared li').length === 4");
    pictures_of(browser, "page");
}

/// `target/page/<name>-*.png`.
fn pictures_of(browser: &mut Browser, name: &str) {
    let folder = module::workspace().join("target/page");
    fs::create_dir_all(&folder).unwrap();
    for (width, form) in [(1440, "wide"), (390, "narrow")] {
        for scheme in ["light", "dark"] {
            browser.look(width, 800, scheme);
            let height = browser
                .value("document.documentElement.scrollHeight")
                .as_u64()
                .unwrap();
            browser.look(width, u32::try_from(height).unwrap(), scheme);
            browser.picture(&folder.join(format!("{name}-{scheme}-{form}.png")));
        }
    }
}

const TALLY: &str = "document.querySelector('#tally').innerText";
/// Of the narrowest quota, as its bar says.
const LEFT: &str = "Number(document.querySelector('#meters [role=meter]').ariaValueNow)";
