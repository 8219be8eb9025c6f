use crate::{Attribute, ConfigError, FilterConfig, Host, Problem, config, document};
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};

/// A configured filter: the plugin's configuration and the overrides that routes have brought so far.
pub struct Plugin<C> {
    config: Rc<C>,
    /// The document, for routes that override it.
    document: Value,
    /// By the text of the route's metadata, sorted.
    overrides: RefCell<Vec<(Vec<u8>, Override<C>)>>,
}

type Override<C> = Result<Rc<C>, ConfigError>;

impl<C: FilterConfig> Plugin<C> {
    /// Parses and compiles a configuration: JSON as Envoy hands it over, or nothing at all (`None`, an empty text),
    /// which is the same as `{}`.
    ///
    /// # Errors
    /// [`ConfigError`] with the field's path, what was found and what was expected.
    pub fn new(configuration: Option<&[u8]>) -> Result<Self, ConfigError> {
        Self::of(config::parse_value(configuration.unwrap_or_default())?)
    }

    /// Compiles a parsed configuration.
    ///
    /// # Errors
    /// [`ConfigError`] with the field's path, what was found and what was expected.
    pub fn of(document: Value) -> Result<Self, ConfigError> {
        let config = Rc::new(C::compile(document::read(&document)?)?);
        Ok(Self {
            config,
            document,
            overrides: RefCell::default(),
        })
    }

    /// The plugin's own configuration.
    pub fn config(&self) -> &Rc<C> {
        &self.config
    }

    /// The configuration for the stream's route: a JSON text that is merged into the plugin's document (RFC 7396) before
    /// it's compiled, from Envoy's [own configuration by route](Host::route_config), else, with `per_route: true`, from
    /// `filter_metadata["<filter>"]["config"]`; without one, the plugin's own.
    ///
    /// # Errors
    /// The reply for a route whose override can't be compiled, where the filter fails closed.
    pub(crate) fn config_for_route(&self, host: &dyn Host) -> Result<Rc<C>, Box<Problem>> {
        let metadata = || {
            let text = Attribute::RouteMetadata {
                filter: C::NAME,
                key: "config",
            };
            host.attribute(text)
        };
        let own = host.route_config(C::NAME);
        let Some(text) = own.or_else(|| self.config.settings().per_route.then(metadata)?) else {
            return Ok(Rc::clone(&self.config));
        };
        match self.overridden(text, host) {
            Ok(config) => Ok(config),
            Err(_) if !C::FAIL_CLOSED => Ok(Rc::clone(&self.config)),
            Err(_) => Err(Box::new(Problem::new(
                500,
                INVALID_OVERRIDE,
                "This route's configuration of a filter is invalid",
            ))),
        }
    }

    fn overridden(&self, text: Vec<u8>, host: &dyn Host) -> Override<C> {
        let place = self
            .overrides
            .borrow()
            .binary_search_by(|(known, _)| known.cmp(&text));
        if let Ok(place) = place
            && let Some((_, known)) = self.overrides.borrow().get(place)
        {
            if known.is_err() {
                host.count(INVALID_OVERRIDE, 1);
            }
            return known.clone();
        }
        let compiled = self.compile_override(&text).inspect_err(|error| {
            host.count(INVALID_OVERRIDE, 1);
            log::error!("{}: the route metadata's override is refused: {error}", C::NAME);
        });
        let mut overrides = self.overrides.borrow_mut();
        if overrides.len() >= MAX_OVERRIDES {
            overrides.clear();
        }
        let place = overrides.partition_point(|(known, _)| *known < text);
        overrides.insert(place, (text, compiled.clone()));
        compiled
    }

    fn compile_override(&self, text: &[u8]) -> Override<C> {
        let mut document = self.document.clone();
        config::merge(&mut document, config::parse_value(text)?);
        self.config.overridden(document::read(&document)?).map(Rc::new)
    }
}

/// Routes are configuration, so their overrides are few; the bound is for updates that replace them all, again and again.
const MAX_OVERRIDES: usize = 1024;
const INVALID_OVERRIDE: &str = "route_override_invalid";
