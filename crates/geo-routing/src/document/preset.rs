use crate::document::fact::Fact;
use http_filter::document::Text;

/// The headers in which a CDN says where the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preset(&'static [(&'static str, Fact)]);

impl Preset {
    /// Header names, lower case, and what stands in them.
    pub(crate) fn headers(self) -> &'static [(&'static str, Fact)] {
        self.0
    }
}

/// Whether the CDN that sends this header keeps responses apart by the header when Vary names it. Cloudflare does so only
/// where a cache rule says it ("Vary" in its documentation); CloudFront goes by its cache policy, App Engine's front end by the
/// address alone.
pub(crate) fn sender_heeds_vary(header: &str) -> bool {
    !["cf-", "cloudfront-", "x-appengine-"]
        .iter()
        .any(|prefix| header.starts_with(prefix))
}

/// The header in which the CDN of this preset names the country.
pub fn country_header(preset: &str) -> Option<&'static str> {
    let Preset(headers) = Preset::parse(preset)?;
    headers
        .iter()
        .find_map(|(name, fact)| (*fact == Fact::Country).then_some(*name))
}

impl Text for Preset {
    const EXPECTED: &'static str =
        "one of \"cloudflare\", \"cloudfront\", \"fastly\", \"vercel\", \"app_engine\", \"edge\"";
    const PATTERN: Option<&'static str> = Some("^(cloudflare|cloudfront|fastly|vercel|app_engine|edge)$");

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

const CLOUDFLARE: &[(&str, Fact)] = &[
    ("cf-ipcountry", Fact::Country),
    ("cf-ipcontinent", Fact::Continent),
    ("cf-region-code", Fact::Subdivision),
    ("cf-ipcity", Fact::City),
    ("cf-iplatitude", Fact::Latitude),
    ("cf-iplongitude", Fact::Longitude),
];
const CLOUDFRONT: &[(&str, Fact)] = &[
    ("cloudfront-viewer-country", Fact::Country),
    ("cloudfront-viewer-country-region", Fact::Subdivision),
    ("cloudfront-viewer-city", Fact::City),
    ("cloudfront-viewer-asn", Fact::Asn),
    ("cloudfront-viewer-latitude", Fact::Latitude),
    ("cloudfront-viewer-longitude", Fact::Longitude),
];
/// Fastly sets no header of its own; these are the names that its VCL examples give to `client.geo.*`.
const FASTLY: &[(&str, Fact)] = &[
    ("client-geo-country", Fact::Country),
    ("client-geo-continent", Fact::Continent),
    ("client-geo-region", Fact::Subdivision),
    ("client-geo-city", Fact::City),
    ("client-geo-latitude", Fact::Latitude),
    ("client-geo-longitude", Fact::Longitude),
];
const VERCEL: &[(&str, Fact)] = &[
    ("x-vercel-ip-country", Fact::Country),
    ("x-vercel-ip-continent", Fact::Continent),
    ("x-vercel-ip-country-region", Fact::Subdivision),
    ("x-vercel-ip-city", Fact::City),
    ("x-vercel-ip-latitude", Fact::Latitude),
    ("x-vercel-ip-longitude", Fact::Longitude),
];
const APP_ENGINE: &[(&str, Fact)] = &[
    ("x-appengine-country", Fact::Country),
    ("x-appengine-region", Fact::Subdivision),
    ("x-appengine-city", Fact::City),
];
/// A tier of our own in front of this one.
const EDGE: &[(&str, Fact)] = &[
    ("x-edge-country", Fact::Country),
    ("x-edge-continent", Fact::Continent),
    ("x-edge-asn", Fact::Asn),
    ("x-edge-region", Fact::Region),
];
