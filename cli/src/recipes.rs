//! The recipes of `recipes/`: complete configurations, each for a goal, with the cases that show that it's met.

/// A recipe.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Its name, and its files' without their endings.
    pub name: &'static str,
    /// A whole `envoy.yaml`.
    pub policy: &'static str,
    /// Cases for `edge-filters test`, which name the policy's file.
    pub cases: &'static str,
}

impl Recipe {
    /// The recipe of this name.
    pub fn of_name(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|recipe| recipe.name == name)
    }

    /// What it's for, from its first line.
    pub fn goal(&self) -> &'static str {
        let first = self.policy.lines().next().unwrap_or_default();
        first.trim_start_matches("# Goal:").trim()
    }

    /// The names of its two files, each with what stands in it.
    pub fn files(&self) -> [(String, &'static str); 2] {
        [
            (format!("{}.yaml", self.name), self.policy),
            (format!("{}.cases.yaml", self.name), self.cases),
        ]
    }
}

macro_rules! recipes {
    ($($name:literal)*) => {
        &[$(Recipe {
            name: $name,
            policy: include_str!(concat!("../../recipes/", $name, ".yaml")),
            cases: include_str!(concat!("../../recipes/", $name, ".cases.yaml")),
        }),*]
    };
}

/// All of them, those of a kind beside each other.
pub const ALL: &[Recipe] = recipes![
    "keycloak"
    "auth0"
    "entra"
    "cognito"
    "google"
    "okta"
    "github-actions"
    "identity-provider-by-tls"
    "api-keys"
    "login-protection"
    "language-model-api"
    "gdpr-residency"
    "static-site"
    "json-compression"
    "behind-cloudflare"
    "behind-cloudfront"
    "behind-aws-load-balancer"
];
