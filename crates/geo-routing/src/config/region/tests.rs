use crate::config::region::*;
use http_filter::document::read;
use serde_json::json;

fn regions(document: serde_json::Value, fallback: &[&str]) -> Regions {
    let fallback: Vec<String> = fallback.iter().map(|name| (*name).to_owned()).collect();
    Regions::compile(read(&document).unwrap(), &fallback, &Groups::default()).unwrap()
}

fn at(country: &str) -> Place {
    Place::of_country(Country::parse(country.as_bytes()))
}

#[test]
fn distances() {
    let point = |latitude, longitude| UnitVector::new(Coordinates::new(latitude, longitude).unwrap());
    for (name, a, b, kilometres) in [
        (
            "Frankfurt and Sydney",
            point(50.11, 8.68),
            point(-33.87, 151.21),
            16_480.0,
        ),
        ("a metre", point(50.0, 8.0), point(50.000009, 8.0), 0.001),
        ("over the date line", point(0.0, 179.5), point(0.0, -179.5), 111.2),
        ("the poles", point(90.0, 0.0), point(-90.0, 77.0), 20_015.1),
        ("itself", point(1.0, 2.0), point(1.0, 2.0), 0.0),
    ] {
        let found = a.distance(&b);
        assert!(
            (found - kilometres).abs() <= kilometres * 0.005 + 1e-6,
            "{name}: {found}"
        );
    }
}

#[test]
fn sines_and_cosines() {
    for degrees in -180..=180 {
        let (sin, cos) = sin_cos(f64::from(degrees));
        let radians = f64::from(degrees).to_radians();
        assert!(
            (sin - radians.sin()).abs() < 1e-9 && (cos - radians.cos()).abs() < 1e-9,
            "{degrees}"
        );
    }
}

#[test]
fn who_serves_whom() {
    let world = json!({
        "ap": {"cluster": "c", "at": [1.35, 103.8]},
        "eu": {"cluster": "c", "at": [50.1, 8.7], "pin": {"country": "ZA"}},
        "us": {"cluster": "c", "at": [39, -77.5]},
    });
    let mut drained = world.clone();
    drained["eu"]["drain"] = json!(true);
    let mut chained = drained.clone();
    chained["eu"]["fallback"] = json!(["eu", "ap"]);
    let mut weighted = world.clone();
    weighted["us"]["weight"] = json!(4);
    let mut twins = world.clone();
    twins["eu2"] = twins["eu"].clone();
    let mut nobody = world.clone();
    for name in ["ap", "eu", "us"] {
        nobody[name]["drain"] = json!(true);
    }
    for (name, document, place, expected) in [
        ("nearest", &world, at("DE"), Some("eu")),
        ("nearest", &world, at("BR"), Some("us")),
        ("nearest", &world, at("AU"), Some("ap")),
        ("pinned", &world, at("ZA"), Some("eu")),
        ("unknown", &world, at("??"), Some("us")),
        ("drained", &drained, at("DE"), Some("us")),
        ("drained, pinned", &drained, at("ZA"), Some("ap")),
        ("drained, with a fallback", &chained, at("ZA"), Some("ap")),
        ("weighted", &weighted, at("GB"), Some("eu")),
        ("weighted, far", &weighted, at("PT"), Some("us")),
        ("a tie goes to the first name", &twins, at("DE"), Some("eu")),
        ("nobody left", &nobody, at("DE"), None),
        (
            "coordinates before the country",
            &world,
            Place {
                coordinates: Coordinates::new(21.3, -157.8),
                ..at("JP")
            },
            Some("us"),
        ),
    ] {
        let regions = regions(document.clone(), &["us", "eu"]);
        let found = regions.nearest(&place).and_then(|number| regions.get(number));
        assert_eq!(
            found.map(|region| region.name.as_str()),
            expected,
            "{name}: {:?}",
            place.country
        );
    }
}

#[test]
fn mistakes_are_named() {
    for (document, fallback, expected) in [
        (json!({"eu": {}}), vec![], "regions.eu.cluster: found nothing"),
        (
            json!({"nearest": {"cluster": "c"}}),
            vec![],
            "regions.nearest: found the name \"nearest\"",
        ),
        (
            json!({"e u": {"cluster": "c"}}),
            vec![],
            "regions.e u: found the name",
        ),
        (
            json!({"eu": {"cluster": ""}}),
            vec![],
            "regions.eu.cluster: found nothing",
        ),
        (
            json!({"eu": {"cluster": "c", "at": [91, 0]}}),
            vec![],
            "regions.eu.at: found a point that is not on Earth",
        ),
        (
            json!({"eu": {"cluster": "c", "at": [1]}}),
            vec![],
            "regions.eu.at: found a list, expected [latitude, longitude]",
        ),
        (
            json!({"eu": {"cluster": "c", "weight": 0}}),
            vec![],
            "regions.eu.weight",
        ),
        (
            json!({"eu": {"cluster": "c", "fallback": "us"}}),
            vec![],
            "regions.eu.fallback[0]: found \"us\"",
        ),
        (
            json!({"eu": {"cluster": "c"}}),
            vec!["us".to_owned()],
            "fallback[0]: found \"us\"",
        ),
    ] {
        let error = read(&document)
            .map_err(|error| error.within("regions"))
            .and_then(|document| Regions::compile(document, &fallback, &Groups::default()))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}
