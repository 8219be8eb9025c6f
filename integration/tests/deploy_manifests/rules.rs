//! The rules that a resource's definition states in CEL (`x-kubernetes-validations`), which a validator of JSON Schema passes
//! over.

use super::schema::schema;
use cel::{Context, Env, Value as Cel, extractors::This};
use serde_json::{Value, json};
use std::sync::Arc;

/// The rules that a document breaks, each with the place and what the definition says of it.
pub(crate) fn broken(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(
        schema,
        &defaulted(schema, document),
        "",
        &mut |rule, value, path| {
            let text = rule["rule"].as_str().unwrap();
            // A rule for changes: there is no document before this one.
            if text.contains("oldSelf") {
                return;
            }
            match holds(text, value) {
                Ok(true) => {}
                Ok(false) => found.push(format!("{path}: {} ({text})", rule["message"])),
                Err(error) => found.push(format!("{path}: {text}: {error}")),
            }
        },
    );
    found
}

/// The document with the defaults of its definition, which are put in before the rules are asked.
fn defaulted(schema: &Value, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members = members.clone();
            for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(default) = inner.get("default") {
                    members.entry(name.clone()).or_insert_with(|| default.clone());
                }
            }
            let inner = |(name, member): (String, Value)| {
                let value = defaulted(of_member(schema, &name), &member);
                (name, value)
            };
            members.into_iter().map(inner).collect()
        }
        Value::Array(items) => items
            .iter()
            .map(|item| defaulted(&schema["items"], item))
            .collect(),
        other => other.clone(),
    }
}

/// The schema of a member.
fn of_member<'a>(schema: &'a Value, name: &str) -> &'a Value {
    schema["properties"]
        .get(name)
        .unwrap_or(&schema["additionalProperties"])
}

/// Every rule that applies somewhere in the document, with the value that it is about.
fn visit<'a>(schema: &'a Value, value: &Value, path: &str, each: &mut dyn FnMut(&'a Value, &Value, &str)) {
    for rule in schema["x-kubernetes-validations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        each(rule, value, path);
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let inner = of_member(schema, name);
                visit(inner, member, &format!("{path}/{name}"), each);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(&schema["items"], item, &format!("{path}/{index}"), each);
            }
        }
        _ => {}
    }
}

fn holds(rule: &str, value: &Value) -> Result<bool, String> {
    let environment = Arc::new(Env::stdlib());
    let program = environment.compile(rule).map_err(|error| error.to_string())?;
    let mut context = Context::with_env(environment);
    // What Kubernetes adds to the language, as far as the rules use it.
    context
        .add_function("isURL", |text: Arc<String>| scheme(&text).is_some())
        .and_then(|()| context.add_function("url", |text: Arc<String>| text))
        .and_then(|()| {
            context.add_function("getScheme", |This(text): This<Arc<String>>| {
                scheme(&text).unwrap_or_default().to_owned()
            })
        })
        .map_err(|error| error.to_string())?;
    context
        .add_variable("self", value)
        .map_err(|error| error.to_string())?;
    match program.execute(&context) {
        Ok(Cel::Bool(holds)) => Ok(holds),
        Ok(other) => Err(format!("{other:?}")),
        Err(error) => Err(error.to_string()),
    }
}

/// The scheme of an absolute URL.
fn scheme(text: &str) -> Option<&str> {
    text.split_once("://").map(|(scheme, _)| scheme)
}

const ISTIO: &str = "extensions.istio.io/v1alpha1";
const GATEWAY: &str = "gateway.envoyproxy.io/v1alpha1";

#[test]
fn rules_that_schemas_cannot_say() {
    let Some(folder) = http_filter_test::shared("crds/jsonschema-strict") else {
        return;
    };
    let url = "oci://registry.example.com/a:1";
    let gateway = json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"});
    let image = json!({"type": "Image", "image": {"url": url}});
    for (name, version, kind, spec, part) in [
        ("a good plugin", ISTIO, "WasmPlugin", json!({"url": url}), ""),
        (
            "an image without a scheme",
            ISTIO,
            "WasmPlugin",
            json!({"url": "registry.example.com/a:1"}),
            "",
        ),
        (
            "two ways to select",
            ISTIO,
            "WasmPlugin",
            json!({"url": url, "targetRefs": [gateway], "selector": {"matchLabels": {"a": "b"}}}),
            "targetRefs",
        ),
        (
            "a scheme that nobody fetches",
            ISTIO,
            "WasmPlugin",
            json!({"url": "ftp://example.com/a"}),
            "/spec/url",
        ),
        (
            "a variable of the host with a value",
            ISTIO,
            "WasmPlugin",
            json!({"url": url, "vmConfig": {"env": [{"name": "A", "valueFrom": "HOST", "value": "b"}]}}),
            "vmConfig/env/0",
        ),
        (
            "a variable with a value",
            ISTIO,
            "WasmPlugin",
            json!({"url": url, "vmConfig": {"env": [{"name": "A", "value": "b"}]}}),
            "",
        ),
        (
            "a target elsewhere",
            ISTIO,
            "WasmPlugin",
            json!({"url": url, "targetRefs": [{"kind": "Gateway", "name": "a", "namespace": "b"}]}),
            "targetRefs/0/namespace",
        ),
        (
            "a label with a wildcard",
            ISTIO,
            "WasmPlugin",
            json!({"url": url, "selector": {"matchLabels": {"a": "*"}}}),
            "wildcard",
        ),
        (
            "neither Wasm nor Lua",
            ISTIO,
            "TrafficExtension",
            json!({"phase": "AUTHN"}),
            "wasm",
        ),
        (
            "both",
            ISTIO,
            "TrafficExtension",
            json!({"wasm": {"url": url}, "lua": {"inlineCode": "a"}}),
            "wasm",
        ),
        (
            "a good policy",
            GATEWAY,
            "EnvoyExtensionPolicy",
            json!({"targetRefs": [gateway], "wasm": [{"code": image}]}),
            "",
        ),
        (
            "a policy of nothing",
            GATEWAY,
            "EnvoyExtensionPolicy",
            json!({"wasm": [{"code": image}]}),
            "targetRef",
        ),
        (
            "an image that is none",
            GATEWAY,
            "EnvoyExtensionPolicy",
            json!({"targetRefs": [gateway], "wasm": [{"code": {"type": "HTTP", "image": {"url": url}}}]}),
            "wasm/0/code",
        ),
        (
            "merging into a gateway",
            GATEWAY,
            "EnvoyExtensionPolicy",
            json!({"targetRefs": [gateway], "mergeType": "StrategicMerge", "wasm": [{"code": image}]}),
            "mergeType",
        ),
        (
            "two kinds of endpoint",
            GATEWAY,
            "Backend",
            json!({"endpoints": [{"fqdn": {"hostname": "a.example", "port": 1}, "ip": {"address": "192.0.2.1", "port": 1}}]}),
            "endpoints/0",
        ),
    ] {
        let document = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec});
        let found = broken(&schema(&folder, version, kind), &document);
        match part {
            "" => assert_eq!(found, Vec::<String>::new(), "{name}"),
            part => assert!(
                found.iter().any(|broken| broken.contains(part)),
                "{name}: {found:?}"
            ),
        }
    }
}
