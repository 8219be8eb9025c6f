"""Envoy's configuration around the filters that are compared: the same for every variant."""

import json

FILTERS = "type.googleapis.com/envoy.extensions.filters"
# Of a direct response, and of the upstream's small page: less than any compressor's threshold here.
SMALL = json.dumps({"items": [{"id": number, "name": f"item {number}"} for number in range(12)]})


def cluster(name, port, http2=False):
    endpoint = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}
    options = {"http2_protocol_options": {}} if http2 else {"http_protocol_options": {}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        # Envoy's own default of 1024 requests at a time is a limit that no measurement here should meet.
        "circuit_breakers": {"thresholds": [{"max_connections": 100000, "max_requests": 100000, "max_pending_requests": 100000}]},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": endpoint}]}]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": options,
            }
        },
    }


def routes():
    """`/direct` is answered by Envoy itself; a region that geo-routing chose, and all else, by the upstream."""
    direct = {
        "match": {"path": "/direct"},
        "direct_response": {"status": 200, "body": {"inline_string": SMALL}},
        "response_headers_to_add": [{"header": {"key": "content-type", "value": "application/json"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}],
    }
    chosen = {
        "match": {"prefix": "/", "headers": [{"name": "x-edge-cluster", "present_match": True}]},
        "route": {"cluster_header": "x-edge-cluster"},
    }
    return [direct, chosen, {"match": {"prefix": "/"}, "route": {"cluster": "upstream"}}]


def told(version):
    """Responses tell the version of a listener that comes from a file."""
    header = {"header": {"key": "x-version", "value": str(version)}}
    return {"response_headers_to_add": [header]} if version else {}


def listener(port, filters, version=0):
    router = {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{FILTERS}.http.router.v3.Router"}}
    manager = {
        "@type": f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "codec_type": "AUTO",
        # One proxy in front is trusted: clients' addresses come from the load generator's X-Forwarded-For.
        "use_remote_address": True,
        "xff_num_trusted_hops": 1,
        "normalize_path": True,
        "merge_slashes": True,
        "generate_request_id": False,
        "http_filters": [*filters, router],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes()}], **told(version)},
    }
    return {
        "name": "edge",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    }


def clusters(ports):
    """The upstream, and a region of geo-routing's that is the same upstream; what serves its database."""
    return [cluster(name, ports["nginx"]) for name in ("upstream", "edge-eu", "edge-us", "files")]


def bootstrap(ports, filters, dynamic=None):
    """The whole document. `dynamic` is the path of a file that lists the listeners, watched for changes."""
    document = {
        "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": ports["admin"]}}},
        "static_resources": {"clusters": clusters(ports)},
        "stats_config": {"stats_matcher": {"inclusion_list": {"patterns": [{"prefix": "wasm"}, {"prefix": "listener_manager"}, {"prefix": "server"}]}}},
    }
    if dynamic:
        document["node"] = {"id": "bench", "cluster": "bench"}
        document["dynamic_resources"] = {"lds_config": {"path_config_source": {"path": dynamic}, "resource_api_version": "V3"}}
    else:
        document["static_resources"]["listeners"] = [listener(ports["edge"], filters)]
    return document


def listeners_file(port, filters, version):
    """What the file of listeners holds."""
    resource = {"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", **listener(port, filters, version)}
    return {"version_info": str(version), "resources": [resource]}
