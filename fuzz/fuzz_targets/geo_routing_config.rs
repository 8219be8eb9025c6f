//! Whatever a configuration says: compiled or refused.
#![no_main]

use geo_routing::GeoRouting;
use http_filter::Plugin;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(error) = Plugin::<GeoRouting>::new(Some(data)) {
        assert!(!error.to_string().is_empty());
    }
});
