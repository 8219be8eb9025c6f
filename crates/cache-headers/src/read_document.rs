use crate::{
    document::{
        DebugDocument, Digest, Document, ETag, Evaluate, Guard, MatchDocument, RuleDocument, SetCookie,
    },
    media::{self, MediaRange},
    no_vary_search::NoVarySearch,
    policy_document::{PolicyDocument, PolicyMode},
    preset::Preset,
    reader::{FIELD_NAME, Object, Problems, field_name},
    request_rule::RequestRuleDocument,
    status::{self, StatusPattern},
    template::{self, Template},
};
use http_filter::{ConfigError, Match, Mode};
use serde_json::Value;
use std::ops::RangeInclusive;

impl Document {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with the path of the offending field.
    pub fn read(value: &Value) -> Result<Self, ConfigError> {
        let problems = Problems::default();
        let document = document(Object::new(String::new(), value, &problems));
        problems.result().map(|()| document)
    }
}

fn document(mut object: Object<'_>) -> Document {
    let mut document = Document {
        mode: object
            .choice("mode", &[("enforce", Mode::Enforce), ("shadow", Mode::Shadow)])
            .unwrap_or_default(),
        per_route: object.is_set("per_route"),
        evaluate: object
            .choice("evaluate", &[("first", Evaluate::First), ("all", Evaluate::All)])
            .unwrap_or_default(),
        guard_origin: object.is_set("guard_origin"),
        rules: object.objects("rules").into_iter().map(rule_document).collect(),
        requests: object
            .objects("requests")
            .into_iter()
            .map(RequestRuleDocument::read)
            .collect(),
        debug: object.object("debug").and_then(debug_document),
        ..Document::default()
    };
    if let Some(mut personal) = object.object("personal") {
        document.personal.cookies = personal.texts("cookies");
        document.personal.headers = personal.field_names("headers");
        personal.end();
    }
    if let Some(armor) = object.flag("deception_armor") {
        document.deception_armor = armor;
    }
    for (extension, path, value) in object.entries("media_types") {
        let types = object.items(path, value, media::EXPECTED, MediaRange::read);
        document.media_types.push((extension.to_owned(), types));
    }
    if object.get("tag_fields").is_some() {
        document.tag_fields = object.field_names("tag_fields");
    }
    if let Some(max) = object.parsed("vary_max", "a number", Value::as_u64) {
        document.vary_max = usize::try_from(max).unwrap_or(usize::MAX);
    }
    object.end();
    document
}

fn rule_document(mut object: Object<'_>) -> RuleDocument {
    let mut rule = RuleDocument {
        name: object.parsed("name", "a text", |value| value.as_str().map(str::to_owned)),
        r#match: object.object("match").map(match_document).unwrap_or_default(),
        preset: object.choice("preset", &Preset::ALL),
        mode: object.choice("mode", &PolicyMode::ALL),
        force: object.choices("force", &Guard::FORCIBLE),
        browser: object.object("browser").map(PolicyDocument::read),
        cdn: object.object("cdn").map(PolicyDocument::read),
        surrogate: object.object("surrogate").map(PolicyDocument::read),
        fields: Vec::new(),
        expires: object.flag("expires"),
        set_cookie: object.choice("set_cookie", &SET_COOKIE).unwrap_or_default(),
        reset_age: object.is_set("reset_age"),
        no_vary_search: object.object("no_vary_search").map(NoVarySearch::read),
        vary: object.field_names("vary"),
        vary_remove: object.field_names("vary_remove"),
        etag: object.choice("etag", &[("weak", ETag::Weak), ("strong", ETag::Strong)]),
        digest: object.choices("digest", &DIGEST),
        body_limit: object.size("body_limit"),
        conditional: object.flag("conditional"),
        tags: object.list("tags", template::EXPECTED, Template::read),
    };
    for (name, path, value) in object.entries("fields") {
        match field_name(name) {
            Some(field) => rule
                .fields
                .push((field, PolicyDocument::read(object.inner(path, value)))),
            None => object.report("fields", "a name that is none", FIELD_NAME),
        }
    }
    object.end();
    rule
}

fn match_document(mut object: Object<'_>) -> MatchDocument {
    let document = MatchDocument {
        request: object.request_match(&REQUEST),
        status: object.list("status", status::EXPECTED, StatusPattern::read),
        content_type: object.list("content_type", media::EXPECTED, MediaRange::read),
        content_length: object.object("content_length").map(length_range),
        response: object.request_match(&[("response_headers", "headers")]),
    };
    object.end();
    document
}

fn length_range(mut object: Object<'_>) -> RangeInclusive<u64> {
    let (min, max) = (object.size("min"), object.size("max"));
    let range = min.unwrap_or(0)..=max.unwrap_or(u64::MAX);
    if min.or(max).is_none() || range.is_empty() {
        object.report("", "no range", "min, max, or both, min the smaller one");
    }
    object.end();
    range
}

/// A match as every filter has it.
pub(crate) fn whole_match(object: Option<Object<'_>>) -> Match {
    let Some(mut object) = object else {
        return Match::default();
    };
    let whole = object.request_match(&REQUEST);
    object.end();
    whole
}

fn debug_document(mut object: Object<'_>) -> Option<DebugDocument> {
    let header = object.parsed("header", FIELD_NAME, |value| value.as_str().and_then(field_name));
    let when = whole_match(object.object("when"));
    if header.is_none() {
        object.report("header", "nothing", FIELD_NAME);
    }
    object.end();
    header.map(|header| DebugDocument { header, when })
}

const REQUEST: [(&str, &str); 6] = [
    ("host", "host"),
    ("path", "path"),
    ("methods", "methods"),
    ("headers", "headers"),
    ("cookies", "cookies"),
    ("query", "query"),
];

const DIGEST: [(&str, Digest); 3] = [
    ("repr", Digest::Repr),
    ("content", Digest::Content),
    ("unencoded", Digest::Unencoded),
];

const SET_COOKIE: [(&str, SetCookie); 3] = [
    ("private", SetCookie::Private),
    ("no_store", SetCookie::NoStore),
    ("remove", SetCookie::Remove),
];
