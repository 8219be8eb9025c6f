use super::{Finding, Placed, Rule, members::members};
use crate::{
    FilterKind,
    find::{Assembled, Slot},
};
use serde_json::Value;

/// Issuers, audiences and addresses that were copied with their placeholders: they are compared as they stand, and no
/// token is of such an issuer.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    for (file, slot) in assembled.slots() {
        found.extend(variables(slot).map(|finding| (file, finding)));
    }
    for (file, slot) in assembled
        .slots()
        .filter(|(_, slot)| slot.kind == FilterKind::JwtAuth)
    {
        let (value, _) = slot.value();
        let providers = value.get("providers").and_then(Value::as_object);
        for (name, provider) in providers.into_iter().flatten() {
            for field in ["issuer", "audiences", "jwks.uri"] {
                let pointer = format!("/{}", field.replace('.', "/"));
                let Some(written) = provider.pointer(&pointer) else {
                    continue;
                };
                let list = written
                    .as_array()
                    .map_or(std::slice::from_ref(written), Vec::as_slice);
                for (index, text) in list.iter().enumerate() {
                    let Some(text) = text.as_str() else { continue };
                    let Some(placeholder) = placeholder(text) else {
                        continue;
                    };
                    let item = if written.is_array() {
                        format!("[{index}]")
                    } else {
                        String::new()
                    };
                    let path = format!("providers.{name}.{field}{item}");
                    let message = format!(
                        "{text:?} holds the placeholder {placeholder:?}: it's taken as it stands, and nothing is ever equal to it"
                    );
                    let help = match field {
                        "issuer" => {
                            "write the `iss` of your tokens, letter for letter (`edge-filters jwt inspect` shows it); of several issuers, a list"
                        }
                        "audiences" => "write the `aud` of your tokens (`edge-filters jwt inspect` shows it)",
                        _ => {
                            "write the address that the issuer's /.well-known/openid-configuration says (`jwks_uri`)"
                        }
                    };
                    let finding = Finding::new(Rule::Placeholder, slot.locate_value(&path), message);
                    found.push((file, finding.about(slot.kind.name(), path).help(help)));
                }
            }
        }
    }
    found
}

/// Variables of a shell or of Compose that nobody filled in, wherever they stand. Those of jwt-auth's issuers, audiences and addresses are
/// told with more words.
fn variables(slot: &Slot) -> impl Iterator<Item = Finding> {
    let (value, _) = slot.value();
    let texts = members(&value)
        .into_iter()
        .filter_map(|(path, value)| Some((path, value.as_str()?.to_owned())));
    let is_told = |path: &str| {
        let told = [".issuer", ".audiences", ".uri"];
        slot.kind == FilterKind::JwtAuth
            && told.iter().any(|field| {
                path.trim_end_matches(|letter: char| "[]0123456789".contains(letter))
                    .ends_with(field)
            })
    };
    let mut found = Vec::new();
    for (path, text) in texts {
        let name = text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
        let Some((name, _)) = name.filter(|_| !is_told(&path)) else {
            continue;
        };
        let message = format!("found the variable ${{{name}}}, expected its value: nobody fills it in");
        let help = "fill variables in before (`envsubst < policy.yaml | edge-filters check -`)";
        found.push(
            Finding::new(Rule::Placeholder, slot.locate_value(&path), message)
                .about(slot.kind.name(), path)
                .help(help),
        );
    }
    found.into_iter()
}

/// The part of a text that stands for something else.
fn placeholder(text: &str) -> Option<&str> {
    for (open, close) in [("${", "}"), ("$(", ")"), ("{", "}"), ("<", ">"), ("[", "]")] {
        let Some((before, rest)) = text.split_once(open) else {
            continue;
        };
        let Some((inside, _)) = rest.split_once(close) else {
            continue;
        };
        // `[::1]` stands for itself.
        let is_name = inside.chars().any(char::is_alphabetic)
            && inside
                .chars()
                .all(|character| character.is_alphanumeric() || "_-. ".contains(character));
        if is_name {
            return text.get(before.len()..before.len() + open.len() + inside.len() + close.len());
        }
    }
    if text.contains('*') {
        return Some("*");
    }
    let words = text.split(|character: char| !(character.is_alphanumeric() || "_-".contains(character)));
    let mut words = words.filter(|word| !word.is_empty());
    words.find(|word| {
        let lower = word.to_ascii_lowercase().replace('_', "-");
        STANDING_FOR_OTHERS.contains(&lower.as_str())
            || ["your-", "my-own-", "replace-", "change-me"].iter().any(|beginning| lower.starts_with(beginning))
            // Names of variables: TENANT_ID.
            || (word.contains('_') && word.chars().all(|character| character.is_ascii_uppercase() || character == '_'))
    })
}

const STANDING_FOR_OTHERS: [&str; 15] = [
    "yourdomain",
    "yourtenant",
    "yourcompany",
    "yourorg",
    "yourrealm",
    "tenantid",
    "tenant-id",
    "changeme",
    "todo",
    "fixme",
    "xxx",
    "xxxx",
    "xxxxx",
    "placeholder",
    "client-id",
];

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn what_stands_for_something_else() {
        for (text, expected) in [
            (
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                Some("{tenantid}"),
            ),
            ("https://${AUTH0_DOMAIN}/", Some("${AUTH0_DOMAIN}")),
            ("https://<your-tenant>.eu.auth0.com/", Some("<your-tenant>")),
            ("https://idp/realms/$(REALM)", Some("$(REALM)")),
            ("https://YOUR_DOMAIN/", Some("YOUR_DOMAIN")),
            ("https://your-domain.okta.com", Some("your-domain")),
            (
                "https://cognito-idp.REGION.amazonaws.com/USER_POOL_ID",
                Some("USER_POOL_ID"),
            ),
            ("https://*.example.com", Some("*")),
            ("https://login.microsoftonline.com/common/v2.0", None),
            ("https://idp.example.com/realms/a%20b%20c", None),
            ("https://[::1]/", None),
            (
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf",
                None,
            ),
            ("orders-api", None),
            ("api://6f1d0b6e-0000-4000-8000-000000000000", None),
        ] {
            assert_eq!(placeholder(text), expected, "{text}");
        }
    }
}
