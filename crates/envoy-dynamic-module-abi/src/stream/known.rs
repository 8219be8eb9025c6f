//! What Envoy knows of a stream beside its headers and bodies.

use crate::{
    RouteConfiguration, Stream,
    sys::{self, Buffer},
};

/// An attribute of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamAttribute(
    /// Its number in the interface.
    pub u32,
);

/// Where metadata stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MetadataSource {
    /// In the stream: dynamic metadata.
    Dynamic = 0,
    /// In the route's configuration.
    Route = 1,
}

impl Stream<'_> {
    // Of every call below: see what is said of all calls of `Stream`.

    /// An attribute that is text.
    pub fn attribute(&self, attribute: StreamAttribute) -> Option<Vec<u8>> {
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_filter_get_attribute_string(
                self.envoy,
                attribute.0,
                value,
            )
        })
    }

    /// A text in metadata.
    pub fn metadata(&self, source: MetadataSource, name_space: &str, key: &str) -> Option<Vec<u8>> {
        let (name_space, key) = (Buffer::of(name_space.as_bytes()), Buffer::of(key.as_bytes()));
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_metadata_string(
                self.envoy,
                source as u32,
                name_space,
                key,
                value,
            )
        })
    }

    /// Sets a text in dynamic metadata.
    pub fn set_metadata(&self, name_space: &str, key: &str, value: &[u8]) {
        let (name_space, key) = (Buffer::of(name_space.as_bytes()), Buffer::of(key.as_bytes()));
        // SAFETY: see above.
        unsafe {
            sys::envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
                self.envoy,
                name_space,
                key,
                Buffer::of(value),
            );
        }
    }

    /// Sets a whole name space of dynamic metadata: a `google.protobuf.Struct`, serialised.
    pub fn set_metadata_struct(&self, name_space: &str, value: &[u8]) {
        let name_space = Buffer::of(name_space.as_bytes());
        // SAFETY: see above.
        unsafe {
            sys::envoy_dynamic_module_callback_http_set_dynamic_metadata_struct(
                self.envoy,
                name_space,
                Buffer::of(value),
            );
        }
    }

    /// Filter state, as text.
    pub fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        let key = Buffer::of(key.as_bytes());
        // SAFETY: see above.
        let text = read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_filter_state_bytes(self.envoy, key, value)
        });
        if text.is_some() {
            return text;
        }
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_filter_state_typed(self.envoy, key, value)
        })
    }

    /// Sets filter state, as text.
    pub fn set_filter_state(&self, key: &str, value: &[u8]) {
        let (key, value) = (Buffer::of(key.as_bytes()), Buffer::of(value));
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_set_filter_state_bytes(self.envoy, key, value) };
    }

    /// The module's configuration for the stream's route, the most specific one.
    pub fn route_configuration(&self) -> Option<RouteConfiguration> {
        // SAFETY: see above.
        let found = unsafe { sys::envoy_dynamic_module_callback_get_most_specific_route_config(self.envoy) };
        // SAFETY: it's null or came from the hook that makes them, as a pointer to this type, and Envoy keeps it as long as the route.
        unsafe { found.cast::<RouteConfiguration>().as_ref() }.cloned()
    }
}

/// Reads a text that a call of Envoy's fills in, which says whether there is one.
fn read(call: impl FnOnce(*mut Buffer) -> bool) -> Option<Vec<u8>> {
    let mut value = Buffer::NULL;
    if !call(&raw mut value) {
        return None;
    }
    // SAFETY: Envoy has just filled it, and is asked nothing before it is copied.
    Some(unsafe { value.bytes() }.to_vec())
}
