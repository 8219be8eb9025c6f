//! What `check` knows of Envoy's messages is what this Envoy knows. `EDGE_BLESS=1` writes the table anew.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::tool;
use http_filter_test::skip;
use integration::{descriptors::Descriptors, module};
use std::{env, fs, process::Command};

/// What a file that carries our filters begins with, and the extensions that stand around them.
const ROOTS: [&str; 37] = [
    "envoy.config.bootstrap.v3.Bootstrap",
    "envoy.config.core.v3.TypedExtensionConfig",
    "envoy.extensions.filters.common.matcher.action.v3.SkipFilter",
    "envoy.extensions.common.matching.v3.ExtensionWithMatcher",
    "envoy.extensions.filters.http.composite.v3.Composite",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "envoy.extensions.filters.http.wasm.v3.Wasm",
    "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter",
    "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute",
    "envoy.extensions.filters.http.router.v3.Router",
    "envoy.extensions.filters.http.compressor.v3.Compressor",
    "envoy.extensions.filters.http.compressor.v3.CompressorPerRoute",
    "envoy.extensions.filters.http.decompressor.v3.Decompressor",
    "envoy.extensions.filters.http.file_server.v3.FileServerConfig",
    "envoy.extensions.filters.http.geoip.v3.Geoip",
    "envoy.extensions.filters.http.health_check.v3.HealthCheck",
    "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
    "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    "envoy.extensions.filters.http.ratelimit.v3.RateLimit",
    "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
    "envoy.extensions.filters.http.cors.v3.Cors",
    "envoy.extensions.filters.http.fault.v3.HTTPFault",
    "envoy.extensions.filters.http.buffer.v3.Buffer",
    "envoy.extensions.compression.gzip.compressor.v3.Gzip",
    "envoy.extensions.compression.brotli.compressor.v3.Brotli",
    "envoy.extensions.compression.zstd.compressor.v3.Zstd",
    "envoy.extensions.access_loggers.file.v3.FileAccessLog",
    "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig",
    "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig",
    "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
    "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
    "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
];

#[test]
fn the_table_is_this_envoys() {
    let envoy = tool::from_script("envoy").unwrap();
    let version = Command::new(&envoy).arg("--version").output().unwrap();
    if !String::from_utf8_lossy(&version.stdout).contains("/1.40.") {
        skip("envoy: the table of messages is that of Envoy 1.40");
        return;
    }
    let program = fs::read(envoy).unwrap();
    let table = Descriptors::of_program(&program).table(&ROOTS);
    let file = module::workspace().join("cli/src/messages/envoy.json");
    if env::var_os("EDGE_BLESS").is_some() {
        fs::write(&file, &table).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap();
    let differs = table.lines().zip(kept.lines()).find(|(ours, kept)| ours != kept);
    assert!(table == kept, "not as this Envoy has it: {differs:?}");
}
