use crate::{
    config::{field_policy::FieldPolicy, policy::Policy, syntax::Syntax},
    document::{
        guard::Guard,
        no_vary_search::NoVarySearch,
        policy::PolicyDocument,
        rule::{Digest, ETag, MatchDocument, RuleDocument, SetCookie},
        template::Template,
    },
};
use http_fields::{MediaRange, StatusPattern};
use http_filter::{ByteSize, ConfigError, FieldName, Headers, Match, ValuePattern, document::Pairs};
use std::ops::RangeInclusive;

/// A rule, ready to be followed.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) request: Match,
    status: Vec<StatusPattern>,
    content_types: Vec<MediaRange>,
    content_length: Option<RangeInclusive<u64>>,
    /// The conditions on the response's fields.
    response: Pairs<FieldName, ValuePattern>,
    pub(crate) force: Vec<Guard>,
    pub(crate) fields: Vec<FieldPolicy>,
    pub(crate) expires: Option<bool>,
    pub(crate) set_cookie: SetCookie,
    pub(crate) reset_age: bool,
    pub(crate) no_vary_search: Option<NoVarySearch>,
    pub(crate) vary: Vec<FieldName>,
    pub(crate) vary_remove: Vec<FieldName>,
    pub(crate) etag: Option<ETag>,
    pub(crate) digests: Vec<Digest>,
    pub(crate) body_limit: usize,
    pub(crate) conditional: Option<bool>,
    pub(crate) tags: Vec<Template>,
}

/// Whether a rule is for a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Yes,
    No,
    /// A 304 does not say of which type, or how long, the representation is.
    Unknown,
}

impl Rule {
    pub(crate) fn compile(mut document: RuleDocument, index: usize) -> Result<Self, ConfigError> {
        if let Some(preset) = document.preset {
            let (browser, cdn) = preset.policies();
            document.browser.get_or_insert(browser);
            if let Some(cdn) = cdn {
                document.cdn.get_or_insert(cdn);
            }
        }
        let name = document
            .name
            .take()
            .unwrap_or_else(|| ["rule ", &index.to_string()].concat());
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'))
        {
            return Err(ConfigError::new(
                "name",
                "characters that don't fit a header",
                "ASCII without quotes",
            ));
        }
        let fields = fields(&document)?;
        let acts = !fields.is_empty()
            || document.etag.is_some()
            || document.conditional.is_some()
            || document.no_vary_search.is_some()
            || !(document.vary.is_empty() && document.vary_remove.is_empty())
            || !(document.tags.is_empty() && document.digest.is_empty());
        if !acts {
            return Err(ConfigError::new(
                "",
                "a rule that does nothing",
                "browser, cdn, preset, etag, vary, tags, …",
            ));
        }
        let body_limit = document.body_limit.map_or(DEFAULT_BODY, ByteSize::bytes);
        if !(1..=MAX_BODY).contains(&body_limit) {
            return Err(ConfigError::new(
                "body_limit",
                format_args!("{body_limit} bytes"),
                "1 byte to 16 MiB",
            ));
        }
        let MatchDocument {
            status,
            content_type,
            content_length,
            response_headers,
            request,
        } = document.matching;
        Ok(Self {
            name,
            request,
            status,
            content_types: content_type,
            content_length: content_length.map(|lengths| lengths.0),
            response: response_headers,
            force: document.force.into_iter().map(|guard| guard.0).collect(),
            fields,
            expires: document.expires,
            set_cookie: document.set_cookie,
            reset_age: document.reset_age,
            no_vary_search: document.no_vary_search,
            vary: document.vary,
            vary_remove: document.vary_remove,
            etag: document.etag,
            digests: document.digest,
            body_limit: usize::try_from(body_limit).unwrap_or(usize::MAX),
            conditional: document.conditional,
            tags: document.tags,
        })
    }

    /// Whether the rule's conditions are all on the request.
    pub(crate) fn is_for_any_response(&self) -> bool {
        self.status.is_empty()
            && self.content_types.is_empty()
            && self.content_length.is_none()
            && self.response.is_empty()
    }

    /// Whether the rule's conditions are all on the response.
    pub(crate) fn is_for_any_request(&self) -> bool {
        let Match {
            host,
            path,
            ignore_case: _,
            methods,
            headers,
            cookies,
            query,
        } = &self.request;
        host.is_empty()
            && path.is_empty()
            && methods.is_empty()
            && headers.is_empty()
            && cookies.is_empty()
            && query.is_empty()
    }

    /// Whether the rule is for this response. A 304 stands for the 200 that it renews.
    pub(crate) fn fits(&self, response: &Headers, status: u16, media_type: &[u8]) -> Fit {
        let renewed = if status == 304 { 200 } else { status };
        let fits_status = self.status.is_empty()
            || self
                .status
                .iter()
                .any(|pattern| pattern.matches(renewed) || pattern.matches(status));
        let fits_headers = || {
            let mut conditions = self.response.iter();
            conditions.all(|(name, pattern)| pattern.matches(response.all(name)))
        };
        if !fits_status || !fits_headers() {
            return Fit::No;
        }
        // A 304 has neither type nor length, or those of what it renews.
        let judge = |said: bool, fits: bool| match (fits, said || status != 304) {
            (true, _) => Fit::Yes,
            (false, true) => Fit::No,
            (false, false) => Fit::Unknown,
        };
        let of_type =
            self.content_types.is_empty() || self.content_types.iter().any(|range| range.matches(media_type));
        let of_length = self.content_length.as_ref().map_or(Fit::Yes, |range| {
            let length = response.content_length();
            judge(
                length.is_some(),
                length.is_some_and(|length| range.contains(&length)),
            )
        });
        match (judge(!media_type.is_empty(), of_type), of_length) {
            (Fit::No, _) | (_, Fit::No) => Fit::No,
            (Fit::Yes, Fit::Yes) => Fit::Yes,
            _ => Fit::Unknown,
        }
    }

    /// Whether the rule names this status: then it's meant for it, whatever the status is.
    pub(crate) fn names_status(&self, status: u16) -> bool {
        self.status.iter().any(|pattern| pattern.matches(status))
    }
}

/// The fields of a rule, in the order in which they are set.
fn fields(document: &RuleDocument) -> Result<Vec<FieldPolicy>, ConfigError> {
    let mut fields = Vec::new();
    let named = [
        ("browser", "cache-control", &document.browser),
        ("cdn", "cdn-cache-control", &document.cdn),
        ("surrogate", "surrogate-control", &document.surrogate),
    ];
    let mut add = |path: &str, field: FieldName, policy: &PolicyDocument| {
        Policy::compile(policy, document.mode, Syntax::of(&field))
            .map(|policy| fields.push(FieldPolicy { name: field, policy }))
            .map_err(|error| error.within(path))
    };
    for (path, field, policy) in named {
        if let Some(policy) = policy {
            add(path, field.into(), policy)?;
        }
    }
    for (name, policy) in document.fields.iter() {
        let path = ["fields.", name].concat();
        if !name.ends_with("-cache-control") || **name == *"cdn-cache-control" {
            let expected = "a targeted field such as \"Cloudflare-CDN-Cache-Control\"; browser, cdn and surrogate have names of their own";
            return Err(ConfigError::new(path, "this field", expected));
        }
        add(&path, name.clone(), policy)?;
    }
    Ok(fields)
}

const DEFAULT_BODY: u64 = 64 << 10;
const MAX_BODY: u64 = 16 << 20;
