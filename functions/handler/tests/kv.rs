//! `/kv/{key}`: values for a time, each tenant's apart, and never more than may be.

#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity, reason = "tests")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use functions_handler::{
    Body, MAX_VALUES, MemoryStore, Place, Request, Store, StoreError, handle, handle_with,
};

static SECONDS: AtomicU64 = AtomicU64::new(1_000);

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::SeqCst))
}

fn ask(store: &dyn Store, user: &str, method: &str, target: &str, body: &[u8]) -> (u16, String) {
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: vec![("x-user".to_owned(), user.as_bytes().to_vec())],
        body: body.to_vec(),
    };
    let response = handle_with(&request, &Place::default(), Some(store));
    let Body::Whole(content) = response.body else {
        panic!("pieces")
    };
    let text = String::from_utf8(content).unwrap();
    (
        response.status,
        if response.status < 300 {
            text
        } else {
            String::new()
        },
    )
}

#[test]
fn values_live_as_long_as_they_shall() {
    let store = MemoryStore::new(now);
    let rows: &[(&str, &str, &str, &str, &str, u64, u16, &str)] = &[
        ("nothing yet", "ada", "GET", "/kv/a", "", 0, 404, ""),
        ("kept", "ada", "PUT", "/kv/a?ttl=10", "one", 0, 204, ""),
        ("read", "ada", "GET", "/kv/a", "", 9, 200, "one"),
        ("another tenant", "bob", "GET", "/kv/a", "", 0, 404, ""),
        (
            "a tenant whose name ends otherwise",
            "ada:1",
            "GET",
            "/kv/a",
            "",
            0,
            404,
            "",
        ),
        ("over", "ada", "GET", "/kv/a", "", 1, 404, ""),
        ("kept again", "ada", "PUT", "/kv/a", "two", 0, 204, ""),
        ("in its place", "ada", "PUT", "/kv/a", "three", 0, 204, ""),
        ("fields only", "ada", "HEAD", "/kv/a", "", 0, 200, ""),
        ("forgotten", "ada", "DELETE", "/kv/a", "", 0, 204, ""),
        ("forgotten twice", "ada", "DELETE", "/kv/a", "", 0, 404, ""),
        ("no name", "ada", "PUT", "/kv/", "", 0, 404, ""),
        ("no such name", "ada", "PUT", "/kv/a/b", "", 0, 404, ""),
        ("too long a time", "ada", "PUT", "/kv/a?ttl=86401", "", 0, 400, ""),
        ("no such method", "ada", "POST", "/kv/a", "", 0, 405, ""),
    ];
    for (name, user, method, target, body, later, status, content) in rows {
        SECONDS.fetch_add(*later, Ordering::SeqCst);
        let answer = ask(&store, user, method, target, body.as_bytes());
        assert_eq!(answer, (*status, (*content).to_owned()), "{name}");
    }
    assert_eq!(ask(&store, "ada", "PUT", "/kv/a", &[0; 4097]).0, 413);
}

#[test]
fn a_store_that_is_full_says_so_and_makes_room_for_what_is_over() {
    let store = MemoryStore::new(|| SystemTime::UNIX_EPOCH);
    for number in 0..MAX_VALUES {
        store
            .set(&number.to_string(), b"", Duration::from_secs(60))
            .unwrap();
    }
    assert_eq!(
        store.set("more", b"", Duration::from_secs(60)),
        Err(StoreError::Full)
    );
    assert_eq!(
        store.set("1", b"again", Duration::ZERO),
        Ok(()),
        "in the place of another"
    );
    assert_eq!(
        store.set("more", b"", Duration::from_secs(60)),
        Ok(()),
        "one is over"
    );
    assert_eq!(ask(&store, "ada", "PUT", "/kv/a", b"").0, 507);
}

#[test]
fn where_nothing_is_kept_it_is_said() {
    let request = Request {
        target: "/kv/a".to_owned(),
        method: "GET".to_owned(),
        ..Request::default()
    };
    assert_eq!(handle(&request, &Place::default()).status, 501);
}
