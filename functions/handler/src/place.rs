//! Where a function runs.

/// What tells one copy of the functions from another: its region and its runtime.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The region, e.g. `eu`; `None` where nobody said.
    pub region: Option<String>,
    /// What runs it, e.g. `wasmtime`.
    pub runtime: String,
}

impl Place {
    /// By the variables `REGION` and `RUNTIME`, which `variable` looks up; without the latter the runtime is `runtime`.
    #[must_use]
    pub fn named_by(variable: impl Fn(&str) -> Option<String>, runtime: &str) -> Self {
        let said = |name| variable(name).filter(|value| !value.is_empty());
        Self {
            region: said("REGION"),
            runtime: said("RUNTIME").unwrap_or_else(|| runtime.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::type_complexity, reason = "a table")]
    fn places_by_their_variables() {
        let rows: &[(&str, &[(&str, &str)], Option<&str>, &str)] = &[
            ("nothing said", &[], None, "wasi:http"),
            ("a region", &[("REGION", "eu")], Some("eu"), "wasi:http"),
            (
                "both",
                &[("REGION", "us"), ("RUNTIME", "wasmtime")],
                Some("us"),
                "wasmtime",
            ),
            (
                "set to nothing",
                &[("REGION", ""), ("RUNTIME", "")],
                None,
                "wasi:http",
            ),
        ];
        for (name, variables, region, runtime) in rows {
            let variable = |wanted: &str| {
                let (_, value) = variables.iter().find(|(name, _)| *name == wanted)?;
                Some((*value).to_owned())
            };
            let place = Place::named_by(variable, "wasi:http");
            assert_eq!(
                (place.region.as_deref(), place.runtime.as_str()),
                (*region, *runtime),
                "{name}"
            );
        }
    }
}
