use super::parts::of_url;
use crate::{command::Error, find::Source};
use base64::{Engine, prelude::BASE64_STANDARD};
use http_filter::OneOrMany;
use http_filter_replay::{
    Text,
    case::{Request, Response},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The exchange of an entry of a HAR file (HTTP Archive 1.2), counted from 1.
///
/// # Errors
/// [`Error::Content`] when it is no such file, or has fewer entries.
pub fn from_har(source: &Source, number: usize) -> Result<(Request, Option<Response>), Error> {
    let name = &source.name;
    let archive: Value = serde_json::from_str(&source.text)
        .map_err(|error| Error::Content(format!("{name}: no HAR file: {error}")))?;
    let entries = archive
        .pointer("/log/entries")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let Some(entry) = entries.get(number.wrapping_sub(1)) else {
        let expected = format!("1 to {}", entries.len());
        return Err(Error::argument("--har-entry", number.to_string(), expected));
    };
    let asked = &entry["request"];
    let mut request = of_url(asked["url"].as_str().unwrap_or("/"));
    asked["method"]
        .as_str()
        .unwrap_or("GET")
        .clone_into(&mut request.method);
    request.headers = headers(&asked["headers"]);
    request.headers.remove("host");
    request.body = asked
        .pointer("/postData/text")
        .and_then(Value::as_str)
        .map(|text| Text(text.as_bytes().to_vec()));
    let answered = &entry["response"];
    // A browser notes 0 where there was no answer.
    let status = answered["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let response = status.filter(|status| *status >= 100).map(|status| Response {
        status,
        headers: headers(&answered["headers"]),
        body: OneOrMany(body(&answered["content"]).into_iter().collect()),
    });
    Ok((request, response))
}

fn headers(list: &Value) -> BTreeMap<String, OneOrMany<Text>> {
    let mut headers: BTreeMap<String, OneOrMany<Text>> = BTreeMap::new();
    for field in list.as_array().map(Vec::as_slice).unwrap_or_default() {
        let name = field["name"].as_str().unwrap_or_default().to_ascii_lowercase();
        // Pseudo-headers stand among the others in some browsers' archives.
        if !name.is_empty() && !name.starts_with(':') {
            let value = field["value"].as_str().unwrap_or_default().as_bytes().to_vec();
            headers.entry(name).or_default().0.push(Text(value));
        }
    }
    headers
}

fn body(content: &Value) -> Option<Text> {
    let text = content["text"].as_str().filter(|text| !text.is_empty())?;
    match content["encoding"].as_str() {
        Some("base64") => BASE64_STANDARD.decode(text).ok().map(Text),
        _ => Some(Text(text.as_bytes().to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_exchanges() {
        let text = r#"{"log": {"entries": [{"request": {"method": "GET", "url": "https://h/a?b", "headers": [{"name": "Accept", "value": "*/*"}, {"name": ":path", "value": "/a"}]},
            "response": {"status": 200, "headers": [{"name": "ETag", "value": "x"}], "content": {"text": "aGk=", "encoding": "base64"}}}]}}"#;
        let source = Source {
            name: "h.har".to_owned(),
            text: text.to_owned(),
        };
        let (request, response) = from_har(&source, 1).expect("an entry");
        assert_eq!(
            (
                request.authority.as_str(),
                request.path.as_str(),
                request.headers.len()
            ),
            ("h", "/a?b", 1)
        );
        let response = response.expect("a response");
        assert_eq!(response.body.first(), Some(&Text(b"hi".to_vec())));
        assert!(from_har(&source, 2).is_err());
    }
}
