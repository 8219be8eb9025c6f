use crate::{
    field::Input,
    read::{Text, read_text},
};

/// The headers in which a CDN says where the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preset(&'static [(&'static str, Input)]);

impl Preset {
    /// Header names, lower case, and what stands in them.
    pub(crate) fn headers(self) -> &'static [(&'static str, Input)] {
        self.0
    }
}

impl Text for Preset {
    const EXPECTED: &'static str =
        "one of \"cloudflare\", \"cloudfront\", \"fastly\", \"vercel\", \"app_engine\", \"edge\"";

    fn parse(text: &str) -> Option<Self> {
        Some(Preset(match text {
            "cloudflare" => CLOUDFLARE,
            "cloudfront" => CLOUDFRONT,
            "fastly" => FASTLY,
            "vercel" => VERCEL,
            "app_engine" => APP_ENGINE,
            "edge" => EDGE,
            _ => return None,
        }))
    }
}

read_text!(Preset);

const CLOUDFLARE: &[(&str, Input)] = &[
    ("cf-ipcountry", Input::Country),
    ("cf-ipcontinent", Input::Continent),
    ("cf-region-code", Input::Subdivision),
    ("cf-ipcity", Input::City),
    ("cf-iplatitude", Input::Latitude),
    ("cf-iplongitude", Input::Longitude),
];
const CLOUDFRONT: &[(&str, Input)] = &[
    ("cloudfront-viewer-country", Input::Country),
    ("cloudfront-viewer-country-region", Input::Subdivision),
    ("cloudfront-viewer-city", Input::City),
    ("cloudfront-viewer-asn", Input::Asn),
    ("cloudfront-viewer-latitude", Input::Latitude),
    ("cloudfront-viewer-longitude", Input::Longitude),
];
/// Fastly sets no header of its own; these are the names that its VCL examples give to `client.geo.*`.
const FASTLY: &[(&str, Input)] = &[
    ("client-geo-country", Input::Country),
    ("client-geo-continent", Input::Continent),
    ("client-geo-region", Input::Subdivision),
    ("client-geo-city", Input::City),
    ("client-geo-latitude", Input::Latitude),
    ("client-geo-longitude", Input::Longitude),
];
const VERCEL: &[(&str, Input)] = &[
    ("x-vercel-ip-country", Input::Country),
    ("x-vercel-ip-continent", Input::Continent),
    ("x-vercel-ip-country-region", Input::Subdivision),
    ("x-vercel-ip-city", Input::City),
    ("x-vercel-ip-latitude", Input::Latitude),
    ("x-vercel-ip-longitude", Input::Longitude),
];
const APP_ENGINE: &[(&str, Input)] = &[
    ("x-appengine-country", Input::Country),
    ("x-appengine-region", Input::Subdivision),
    ("x-appengine-city", Input::City),
];
/// A tier of our own in front of this one.
const EDGE: &[(&str, Input)] = &[
    ("x-edge-country", Input::Country),
    ("x-edge-continent", Input::Continent),
    ("x-edge-asn", Input::Asn),
    ("x-edge-region", Input::Region),
];
