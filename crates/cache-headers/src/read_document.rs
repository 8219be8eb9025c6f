use crate::{
    document::{
        DebugDocument, Digest, Document, ETag, Evaluate, Guard, MatchDocument, PersonalDocument,
        RuleDocument, SetCookie,
    },
    media::{self, MediaRange},
    policy_document::{PolicyDocument, PolicyMode},
    preset::Preset,
    reader::{Object, field_name, items},
    request_rule::RequestRuleDocument,
    status::{self, StatusPattern},
    template::{self, Template},
};
use http_filter::{ConfigError, Match, Mode};
use serde_json::Value;

impl Document {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with the path of the offending field.
    pub fn read(value: &Value) -> Result<Self, ConfigError> {
        let mut object = Object::new(String::new(), value)?;
        let mut document = Self {
            mode: object
                .choice("mode", &[("enforce", Mode::Enforce), ("shadow", Mode::Shadow)])?
                .unwrap_or_default(),
            per_route: object.flag("per_route")?.unwrap_or_default(),
            evaluate: object
                .choice("evaluate", &[("first", Evaluate::First), ("all", Evaluate::All)])?
                .unwrap_or_default(),
            guard_origin: object.flag("guard_origin")?.unwrap_or_default(),
            ..Self::default()
        };
        for rule in object.objects("rules")? {
            document.rules.push(rule_document(rule)?);
        }
        for request in object.objects("requests")? {
            document.requests.push(RequestRuleDocument::read(request)?);
        }
        if let Some(mut personal) = object.object("personal")? {
            document.personal = PersonalDocument {
                cookies: personal.texts("cookies")?,
                headers: personal.field_names("headers")?,
            };
            personal.end()?;
        }
        if let Some(armor) = object.flag("deception_armor")? {
            document.deception_armor = armor;
        }
        for (extension, path, value) in object.entries("media_types")? {
            let types = items(path, value, media::EXPECTED, MediaRange::read)?;
            document.media_types.push((extension.to_owned(), types));
        }
        if object.get("tag_fields").is_some() {
            document.tag_fields = object.field_names("tag_fields")?;
        }
        if let Some(max) = object.parsed("vary_max", "a number", Value::as_u64)? {
            document.vary_max = usize::try_from(max).unwrap_or(usize::MAX);
        }
        if let Some(debug) = object.object("debug")? {
            document.debug = Some(debug_document(debug)?);
        }
        object.end()?;
        Ok(document)
    }
}

fn rule_document(mut object: Object<'_>) -> Result<RuleDocument, ConfigError> {
    let mut rule = RuleDocument {
        name: object.parsed("name", "a text", |value| value.as_str().map(str::to_owned))?,
        preset: object.choice("preset", &Preset::ALL)?,
        mode: object.choice("mode", &PolicyMode::ALL)?,
        force: object.choices("force", &Guard::FORCIBLE)?,
        expires: object.flag("expires")?,
        set_cookie: object.choice("set_cookie", &SET_COOKIE)?.unwrap_or_default(),
        vary: object.field_names("vary")?,
        vary_remove: object.field_names("vary_remove")?,
        etag: object.choice("etag", &[("weak", ETag::Weak), ("strong", ETag::Strong)])?,
        digest: object.choices("digest", &[("repr", Digest::Repr), ("content", Digest::Content)])?,
        body_limit: object.size("body_limit")?,
        conditional: object.flag("conditional")?,
        tags: object.list("tags", template::EXPECTED, Template::read)?,
        ..RuleDocument::default()
    };
    if let Some(conditions) = object.object("match")? {
        rule.r#match = match_document(conditions)?;
    }
    rule.browser = object.object("browser")?.map(PolicyDocument::read).transpose()?;
    rule.cdn = object.object("cdn")?.map(PolicyDocument::read).transpose()?;
    rule.surrogate = object
        .object("surrogate")?
        .map(PolicyDocument::read)
        .transpose()?;
    for (name, path, value) in object.entries("fields")? {
        let Some(field) = field_name(name) else {
            return Err(ConfigError::new(path, "this name", "a header field's name"));
        };
        rule.fields
            .push((field, PolicyDocument::read(Object::new(path, value)?)?));
    }
    object.end()?;
    Ok(rule)
}

fn match_document(mut object: Object<'_>) -> Result<MatchDocument, ConfigError> {
    let document = MatchDocument {
        request: object.request_match(&REQUEST)?,
        status: object.list("status", status::EXPECTED, StatusPattern::read)?,
        content_type: object.list("content_type", media::EXPECTED, MediaRange::read)?,
        response: object.request_match(&[("response_headers", "headers")])?,
    };
    object.end()?;
    Ok(document)
}

/// A match as every filter has it.
pub(crate) fn whole_match(object: Option<Object<'_>>) -> Result<Match, ConfigError> {
    let Some(mut object) = object else {
        return Ok(Match::default());
    };
    let whole = object.request_match(&REQUEST)?;
    object.end()?;
    Ok(whole)
}

fn debug_document(mut object: Object<'_>) -> Result<DebugDocument, ConfigError> {
    let header = object.parsed("header", "a header field's name", |value| {
        value.as_str().and_then(field_name)
    })?;
    let document = DebugDocument {
        header: header
            .ok_or_else(|| ConfigError::new(object.path("header"), "nothing", "a header field's name"))?,
        when: whole_match(object.object("when")?)?,
    };
    object.end()?;
    Ok(document)
}

const REQUEST: [(&str, &str); 6] = [
    ("host", "host"),
    ("path", "path"),
    ("methods", "methods"),
    ("headers", "headers"),
    ("cookies", "cookies"),
    ("query", "query"),
];

const SET_COOKIE: [(&str, SetCookie); 3] = [
    ("private", SetCookie::Private),
    ("no_store", SetCookie::NoStore),
    ("remove", SetCookie::Remove),
];
