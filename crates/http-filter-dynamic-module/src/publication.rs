use crate::protobuf_struct::serialised;
use envoy_dynamic_module_abi::Stream;
use http_filter::{Bytes, property};
use serde_json::Value;
use std::{cell::RefCell, collections::VecDeque, rc::Rc};

/// Publishes what later filters, access logs and Envoy's own filters may read: as filter state of that name, and as dynamic
/// metadata. An object becomes the name space of its own name, with a member for each of its; any other text a member of
/// `edge_filters`.
pub(crate) fn publish(stream: &Stream<'_>, properties: &[(&'static str, Bytes)]) {
    for (name, value) in properties {
        stream.set_filter_state(name, value);
        match object(value) {
            Some(object) => stream.set_metadata_struct(name, &object),
            None => stream.set_metadata(NAME_SPACE, name.strip_prefix(PREFIX).unwrap_or(name), value),
        }
    }
}

/// Leaves what filters behind this one may read: as filter state only.
pub(crate) fn pass_on(stream: &Stream<'_>, properties: &[(&'static str, Bytes)]) {
    for (name, value) in properties {
        stream.set_filter_state(name, value);
    }
}

/// Publishes why the filter answered.
pub(crate) fn publish_details(stream: &Stream<'_>, details: &str) {
    stream.set_filter_state(property::DETAILS, details.as_bytes());
    stream.set_metadata(NAME_SPACE, "details", details.as_bytes());
}

/// A JSON object as a `google.protobuf.Struct`; `None` where the text is none.
fn object(text: &Bytes) -> Option<Rc<[u8]>> {
    if !text.starts_with(b"{") {
        return None;
    }
    SERIALISED.with_borrow_mut(|known| {
        if let Some((_, object)) = known.iter().find(|(known, _)| known.shares_with(text)) {
            return object.clone();
        }
        let object: Option<Rc<[u8]>> = match serde_json::from_slice(text) {
            Ok(Value::Object(members)) => Some(serialised(&members).into()),
            _ => None,
        };
        if known.len() >= MOST_SERIALISED {
            known.pop_front();
        }
        known.push_back((text.clone(), object.clone()));
        object
    })
}

/// Texts, and what they are as structs.
type Serialised = VecDeque<(Bytes, Option<Rc<[u8]>>)>;

thread_local! {
    /// What was published last, as it is: a token's claims come with each of its requests.
    static SERIALISED: RefCell<Serialised> = const { RefCell::new(VecDeque::new()) };
}

/// How many texts each thread remembers. Claims have at most 16 KiB or so, so that is half a megabyte.
const MOST_SERIALISED: usize = 32;
const NAME_SPACE: &str = "edge_filters";
const PREFIX: &str = "edge_filters.";
