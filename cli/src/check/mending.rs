//! Documents put right, or rid of what is wrong with them, by paths such as `rules[0].limit`.

use serde_json::Value;

/// Takes out the member at `path`, or where there is none what it should stand in; the path of what was taken.
pub(super) fn take_out(value: &mut Value, path: &str) -> Option<String> {
    let mut path = path;
    while !path.is_empty() {
        if mend(value, path, None, false) {
            return Some(path.to_owned());
        }
        path = parent(path);
    }
    None
}

/// The path of what a member stands in.
pub(super) fn parent(path: &str) -> &str {
    let end = path.rfind(['.', '[']).unwrap_or_default();
    path.get(..end).unwrap_or_default()
}

/// Whether `path` is `outer`, or leads into it.
pub(super) fn is_below(path: &str, outer: &str) -> bool {
    let rest = path.strip_prefix(outer);
    outer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What comes before the last name of a path, and that name.
pub(super) fn split_name(path: &str) -> (&str, &str) {
    let name = path.rsplit(['.', ']']).next().unwrap_or_default();
    (path.strip_suffix(name).unwrap_or_default(), name)
}

/// Takes the member at `path` out of a document, or puts it right: `better` is its name where `renames`, else its value.
pub(super) fn mend(value: &mut Value, path: &str, better: Option<&str>, renames: bool) -> bool {
    let inner = |rest: &str| rest.strip_prefix('.').unwrap_or(rest).to_owned();
    match value {
        Value::Object(members) => {
            if let Some(member) = members.get_mut(path) {
                match better.filter(|_| !renames && member.is_string()) {
                    Some(better) => *member = Value::from(better),
                    None => {
                        let member = members.remove(path).unwrap_or_default();
                        if let Some(name) = better.filter(|_| renames) {
                            members.entry(name).or_insert(member);
                        }
                    }
                }
                return true;
            }
            members.iter_mut().any(|(own, member)| {
                let rest = path.strip_prefix(own.as_str());
                let rest = rest.filter(|rest| rest.starts_with(['.', '[']));
                rest.is_some_and(|rest| mend(member, &inner(rest), better, renames))
            })
        }
        Value::Array(items) => {
            let Some((index, rest)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) else {
                return false;
            };
            let Some(item) = index.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else {
                return false;
            };
            match (rest, better) {
                ("", Some(better)) if item.is_string() => *item = Value::from(better),
                // Without it, later items would have other numbers, and mistakes other places.
                ("", _) => return false,
                (rest, _) => return mend(item, &inner(rest), better, renames),
            }
            true
        }
        _ => false,
    }
}
