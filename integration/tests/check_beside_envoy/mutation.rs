//! Mistakes, made by dice.

use serde_json::{Map, Value, json};

/// Dice that fall alike for the same seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Makes one mistake in or around the filters of a bootstrap, and says which; nothing where there was none to make.
pub(crate) fn mutate(document: &mut Value, dice: &mut Dice) -> Option<String> {
    let mut places = Vec::new();
    collect(document, String::new(), false, &mut places);
    let place = dice.one_of(&places).clone();
    let parent = document.pointer_mut(&place)?;
    match parent {
        Value::Object(members) => in_object(members, &place, dice),
        Value::Array(items) => in_list(items, &place, dice),
        _ => None,
    }
}

/// The lists and objects around the filters: all of the connection manager but for its access log and what another filter
/// matches, and clusters' names and transport but for files, which are another machine's.
fn collect(value: &Value, path: String, is_inside: bool, places: &mut Vec<String>) {
    if is_inside && (value.is_array() || value.is_object()) {
        places.push(path.clone());
        // The filters themselves are what it's about.
        if path.contains("/http_filters") {
            places.extend([path.clone(), path.clone()]);
        }
    }
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.replace('~', "~0").replace('/', "~1"), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => return,
    };
    for (name, child) in children {
        if matches!(
            name.as_str(),
            "access_log"
                | "admin"
                | "stats_config"
                | "overload_manager"
                | "load_assignment"
                | "path_mappings"
                | "custom_response_matcher"
                | "trusted_ca"
        ) {
            continue;
        }
        let is_inside = is_inside || matches!(name.as_str(), "typed_config" | "clusters");
        collect(child, format!("{path}/{name}"), is_inside, places);
    }
}

fn in_object(members: &mut Map<String, Value>, place: &str, dice: &mut Dice) -> Option<String> {
    let names: Vec<String> = members.keys().cloned().collect();
    if names.is_empty() {
        members.insert("nonsense".to_owned(), json!(1));
        return Some(format!("{place}: a member where there was none"));
    }
    let name = dice.one_of(&names).clone();
    match dice.below(8) {
        0 => {
            members.remove(&name);
            Some(format!("{place}/{name}: left out"))
        }
        1 => {
            let value = members.remove(&name)?;
            let wrong = misspelt(&name, dice);
            members.insert(wrong.clone(), value);
            Some(format!("{place}/{name}: spelt {wrong}"))
        }
        2 => {
            let value = members.remove(&name)?;
            let inner = members.values_mut().find_map(Value::as_object_mut)?;
            inner.insert(name.clone(), value);
            Some(format!("{place}/{name}: a level too deep"))
        }
        3 => {
            let inner = members.get_mut(&name)?.as_object_mut()?;
            let moved = inner.keys().next()?.clone();
            let value = inner.remove(&moved)?;
            members.insert(moved.clone(), value);
            Some(format!("{place}/{name}/{moved}: a level too high"))
        }
        4 => {
            let value = members.remove(&name)?;
            members.insert("wrapped".to_owned(), json!({name.clone(): value}));
            Some(format!("{place}/{name}: under another name"))
        }
        _ => {
            let value = members.get_mut(&name)?;
            *value = another(value, dice);
            Some(format!("{place}/{name}: now {value}"))
        }
    }
}

fn in_list(items: &mut Vec<Value>, place: &str, dice: &mut Dice) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let index = dice.below(items.len());
    match dice.below(5) {
        0 => {
            items.remove(index);
            Some(format!("{place}/{index}: left out"))
        }
        1 => {
            let item = items[index].clone();
            items.push(item);
            Some(format!("{place}/{index}: twice"))
        }
        2 if items.len() > 1 => {
            items.rotate_right(1);
            Some(format!("{place}: the last one first"))
        }
        3 => {
            let inner = items[index].clone();
            items[index] = json!([inner]);
            Some(format!("{place}/{index}: a list in the list"))
        }
        _ => {
            items[index] = another(&items[index], dice);
            Some(format!("{place}/{index}: now {}", items[index]))
        }
    }
}

/// Another value than `value`.
fn another(value: &Value, dice: &mut Dice) -> Value {
    if let (Some(text), true) = (value.as_str(), dice.below(3) > 0) {
        return json!(misspelt(text, dice));
    }
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(7),
        json!(99_999_999_999_u64),
        json!(1.5),
        json!(""),
        json!("nonsense"),
        json!([]),
        json!({}),
        json!([value]),
        json!({"value": value}),
    ];
    dice.one_of(&others).clone()
}

fn misspelt(text: &str, dice: &mut Dice) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if characters.len() < 2 {
        return format!("{text}x");
    }
    let place = dice.below(characters.len() - 1);
    match dice.below(4) {
        0 => {
            characters.swap(place, place + 1);
        }
        1 => {
            characters.remove(place);
        }
        2 => characters.push('s'),
        _ => characters[place] = 'q',
    }
    characters.into_iter().collect()
}
