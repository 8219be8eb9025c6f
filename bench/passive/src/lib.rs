//! A filter that does nothing, in our adapter: what every filter of ours pays before it does anything.

use http_filter::{ConfigError, Decision, Filter, FilterConfig, Headers, Host, Settings};
use std::rc::Rc;

http_filter_proxy_wasm::export!(Passive);

http_filter::document! {
    /// What all filters have to configure, and nothing else.
    pub struct Document {
        /// Whether routes may override this.
        per_route ("per_route"): bool,
    }
}

/// The configuration: the settings that all filters have.
pub struct Passive(Settings);

impl FilterConfig for Passive {
    const NAME: &'static str = "passive";
    type Document = Document;
    type Filter = Bystander;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Ok(Self(Settings {
            per_route: document.per_route,
            ..Settings::default()
        }))
    }

    fn settings(&self) -> &Settings {
        &self.0
    }

    fn new_filter(self: &Rc<Self>) -> Bystander {
        Bystander
    }
}

/// Lets requests and responses pass.
pub struct Bystander;

impl Filter for Bystander {
    fn on_request_headers(&mut self, _: &Headers, _: &dyn Host) -> Decision {
        Decision::default()
    }
}
