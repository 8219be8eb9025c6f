//! The kinds of findings.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The filter, or Envoy, refuses it.
    Error,
    /// It is accepted and does something else than it seems to say.
    Warning,
    /// It may be as it should be: something to know.
    Note,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $name:literal, $severity:ident;)+) => {
        /// The kinds of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// Its name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$rule => Severity::$severity,)+
                }
            }

            /// What it is.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$rule => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

rules! {
    /// The text is neither YAML nor JSON.
    Malformed = "malformed", Error;
    /// No file holds the configuration of a filter.
    NothingFound = "nothing-found", Error;
    /// Several filters could be meant.
    WhoseIsIt = "whose-is-it", Error;
    /// The filter refuses this configuration.
    Refused = "refused", Error;
    /// The configuration comes in a message that no filter can read.
    WrongMessage = "wrong-message", Error;
    /// A name stands in a map for the second time.
    RepeatedName = "repeated-name", Error;
    /// A merge key, which Envoy takes for a name.
    MergeKey = "merge-key", Error;
    /// A field that the message around the filter doesn't have.
    UnknownField = "unknown-field", Error;
    /// A value that the message around the filter doesn't take.
    WrongValue = "wrong-value", Error;
    /// Something that the message around the filter must have.
    MissingField = "missing-field", Error;
    /// A module that isn't there.
    NoModule = "no-module", Error;
    /// The module is another filter's than the configuration.
    WrongModule = "wrong-module", Error;
    /// The plugin is named as a filter that its module isn't.
    MisleadingName = "misleading-name", Warning;
    /// The chain doesn't end with the router.
    Router = "router", Error;
    /// A word that was meant as a text is read as a boolean.
    BooleanWord = "boolean-word", Warning;
    /// A number that reaches the filter as a text.
    NumberBecomesText = "number-becomes-text", Warning;
    /// A number that no double can hold exactly.
    NumberLosesDigits = "number-loses-digits", Warning;
    /// Filters stand in an order in which one defeats another.
    Order = "order", Warning;
    /// Istio puts a plugin without a priority last.
    NoPriority = "no-priority", Warning;
    /// Clients are told apart by an address that they can choose.
    ForgeableAddress = "forgeable-address", Warning;
    /// Requests pass without authentication when the filter can't run.
    FailsOpen = "fails-open", Warning;
    /// A rule that no request can reach.
    UnreachableRule = "unreachable-rule", Warning;
    /// Two plugins count in the same buckets.
    SharedNameSpace = "shared-name-space", Warning;
    /// A cluster that Envoy doesn't know.
    UnknownCluster = "unknown-cluster", Error;
    /// An https address by way of a cluster that speaks plain text, or doesn't say whose certificate it wants.
    PlainCluster = "plain-cluster", Warning;
    /// Clients choose by a header, a cookie or a parameter how they are judged.
    ForgeableKey = "forgeable-key", Warning;
    /// A rule goes by the path, and Envoy's routes by its other spellings.
    PathsAsTheyCome = "paths-as-they-come", Warning;
    /// A path that reads like a regular expression or another router's template, and is taken as it stands.
    PathOfElsewhere = "path-of-elsewhere", Warning;
    /// A condition that no request meets.
    DeadCondition = "dead-condition", Warning;
    /// Requests cost nothing until they are answered.
    FreeUntilAnswered = "free-until-answered", Warning;
    /// Clients from nobody knows where are routed, and not to the fallback.
    PastFallback = "past-fallback", Warning;
    /// A text that was copied with its placeholders.
    Placeholder = "placeholder", Warning;
    /// A route's override of a filter that takes none.
    IgnoredOverride = "ignored-override", Warning;
    /// Envoy itself refuses the file.
    EnvoyRefuses = "envoy-refuses", Error;
    /// Whatever no rule names is open.
    OpenRest = "open-rest", Note;
    /// The Union is meant, or perhaps the Economic Area.
    UnionOrArea = "union-or-area", Note;
    /// A module for which there is no folder here: perhaps there is where Envoy runs.
    ModuleElsewhere = "module-elsewhere", Note;
    /// A plugin that wasn't looked at: it isn't known whose it is.
    NotRecognised = "not-recognised", Note;
    /// A file in which there is nothing to look at.
    NotLookedAt = "not-looked-at", Note;
}
