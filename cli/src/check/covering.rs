//! Whether all requests of one `match` are requests of another.

use http_filter::PathPattern;
use serde_json::Value;
use std::slice;

/// Whether every exchange that `narrow` is for is one that `wide` is for. `false` where that can't be told.
pub(super) fn covers(wide: &Value, narrow: &Value) -> bool {
    let Some(conditions) = wide.as_object() else {
        return wide.is_null();
    };
    let folds = |conditions: &Value| conditions["ignore_case"] == true;
    let (wide_folds, narrow_folds) = (folds(wide), folds(narrow));
    conditions.iter().all(|(name, wide)| {
        let narrow = &narrow[name.as_str()];
        match name.as_str() {
            "ignore_case" => true,
            _ if narrow.is_null() => false,
            "path" => {
                wide_folds >= narrow_folds
                    && each(narrow, wide, |wide, narrow| path_covers(wide, narrow, wide_folds))
            }
            "host" => each(narrow, wide, host_covers),
            "methods" | "status" | "content_type" => each(narrow, wide, |wide, narrow| wide == narrow),
            // Fields, cookies, parameters: all that the wide one asks for must be asked for by the narrow one.
            _ => match (wide.as_object(), narrow.as_object()) {
                (Some(wide), Some(narrow)) => {
                    wide.iter().all(|(name, value)| narrow.get(name) == Some(value))
                }
                _ => wide == narrow,
            },
        }
    })
}

/// Whether each of the narrow ones is covered by one of the wide ones.
fn each(narrow: &Value, wide: &Value, covers: impl Fn(&str, &str) -> bool) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list(narrow)
        .iter()
        .all(|narrow| list(wide).iter().any(|wide| covers(&text(wide), &text(narrow))))
}

fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or_else(|| slice::from_ref(value), Vec::as_slice)
}

fn host_covers(wide: &str, narrow: &str) -> bool {
    wide == narrow
        || wide.strip_prefix('*').is_some_and(|suffix| {
            let below = narrow.strip_prefix('*').unwrap_or(narrow);
            below.ends_with(suffix)
        })
}

fn path_covers(wide: &str, narrow: &str, ignore_case: bool) -> bool {
    if ignore_case {
        return path_covers(&wide.to_ascii_lowercase(), &narrow.to_ascii_lowercase(), false);
    }
    if wide == narrow {
        return true;
    }
    if !narrow.contains(['*', '{']) {
        let pattern = wide.parse::<PathPattern>();
        return pattern.is_ok_and(|pattern| pattern.matches(narrow.as_bytes(), false));
    }
    let Some((head, tail)) = wide.split_once('*').filter(|_| !wide.contains('{')) else {
        return false;
    };
    let fixed_head = narrow.split(['*', '{']).next().unwrap_or_default();
    let fixed_tail = narrow.rsplit(['*', '}']).next().unwrap_or_default();
    fixed_head.starts_with(head) && fixed_tail.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::covers;
    use serde_json::json;

    #[test]
    fn what_covers_what() {
        for (name, wide, narrow, expected) in [
            ("everything", json!(null), json!({"path": "/a"}), true),
            ("everything, written", json!({}), json!({"path": "/a"}), true),
            ("not the reverse", json!({"path": "/a"}), json!({}), false),
            ("below", json!({"path": "/a/*"}), json!({"path": "/a/b/*"}), true),
            ("beside", json!({"path": "/a/*"}), json!({"path": "/ab/*"}), false),
            (
                "itself below",
                json!({"path": "/a/*"}),
                json!({"path": "/a"}),
                false,
            ),
            (
                "template",
                json!({"path": "/a/{id}"}),
                json!({"path": "/a/7"}),
                true,
            ),
            (
                "template below",
                json!({"path": "/a/*"}),
                json!({"path": "/a/{id}/b"}),
                true,
            ),
            (
                "suffix",
                json!({"path": "*.css"}),
                json!({"path": "/a/*.css"}),
                true,
            ),
            (
                "other suffix",
                json!({"path": "*.css"}),
                json!({"path": "/a/*"}),
                false,
            ),
            (
                "one of several",
                json!({"path": ["/a", "/b"]}),
                json!({"path": "/b"}),
                true,
            ),
            (
                "several, not all",
                json!({"path": "/b"}),
                json!({"path": ["/a", "/b"]}),
                false,
            ),
            (
                "any case",
                json!({"path": "/A/*", "ignore_case": true}),
                json!({"path": "/a/{id}/b"}),
                true,
            ),
            (
                "not any case",
                json!({"path": "/a/*"}),
                json!({"path": "/a/b", "ignore_case": true}),
                false,
            ),
            (
                "methods",
                json!({"methods": ["GET", "HEAD"]}),
                json!({"methods": "GET", "path": "/"}),
                true,
            ),
            (
                "other methods",
                json!({"methods": "GET"}),
                json!({"methods": "POST"}),
                false,
            ),
            (
                "host",
                json!({"host": "*.example.com"}),
                json!({"host": "a.example.com"}),
                true,
            ),
            (
                "fields",
                json!({"headers": {"x": true}}),
                json!({"headers": {"x": true, "y": "1"}}),
                true,
            ),
            (
                "other fields",
                json!({"headers": {"x": "1"}}),
                json!({"headers": {"x": "2"}}),
                false,
            ),
            (
                "status",
                json!({"status": [200, 404]}),
                json!({"status": 404}),
                true,
            ),
        ] {
            assert_eq!(covers(&wide, &narrow), expected, "{name}");
        }
    }
}
