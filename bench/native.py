"""Envoy's own filters, as HTTP filter items that do the same work as ours (ours.py)."""

from bootstrap import FILTERS


def item(name, message, **fields):
    return {"name": f"envoy.filters.http.{name}", "typed_config": {"@type": f"{FILTERS}.http.{message}", **fields}}


def jwt_authn(keys, issuer, audience, cache=None, rules=None):
    """Verifies the bearer token, takes it off, hands `sub` on. `cache`: how many verified tokens it remembers."""
    provider = {
        "issuer": issuer,
        "audiences": [audience],
        "require_expiration": True,
        "local_jwks": {"inline_string": keys},
        "claim_to_headers": [{"header_name": "x-user", "claim_name": "sub"}],
    }
    if cache:
        provider["jwt_cache_config"] = {"jwt_cache_size": cache}
    required = {"match": {"prefix": "/"}, "requires": {"provider_name": "bench"}}
    return item("jwt_authn", "jwt_authn.v3.JwtAuthentication", providers={"bench": provider}, rules=[*(rules or []), required])


PLENTY = {"max_tokens": 4000000000, "tokens_per_fill": 4000000000, "fill_interval": "60s"}


def local_ratelimit(clients=65536, headers=True, rules=None):
    """A bucket per value of x-api-key; `clients` is how many buckets it keeps at a time."""
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    by_key = {"request_headers": {"header_name": "x-api-key", "descriptor_key": "key"}}
    fields = {
        "stat_prefix": "bench",
        "token_bucket": PLENTY,
        "filter_enabled": always,
        "filter_enforced": always,
        "always_consume_default_token_bucket": False,
        "max_dynamic_descriptors": clients,
        "descriptors": [{"entries": [{"key": "key"}], "token_bucket": PLENTY}, *(rules or [])],
        "rate_limits": [{"actions": [by_key]}],
    }
    if headers:
        fields["enable_x_ratelimit_headers"] = "DRAFT_VERSION_03"
    return item("local_ratelimit", "local_ratelimit.v3.LocalRateLimit", **fields)


def geoip(database):
    """The country of the client's address, in a request header."""
    provider = {
        "@type": "type.googleapis.com/envoy.extensions.geoip_providers.maxmind.v3.MaxMindConfig",
        "country_db_path": database,
        "common_provider_config": {"geo_field_keys": {"country": "x-geo-country"}},
    }
    return item("geoip", "geoip.v3.Geoip", provider={"name": "envoy.geoip_providers.maxmind", "typed_config": provider})


def header_mutation():
    """Writes what cache-headers writes, on every response, whatever it is."""
    lines = {"cache-control": "public, max-age=60", "cdn-cache-control": "max-age=3600"}
    added = [
        {"append": {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}
        for key, value in lines.items()
    ]
    return item("header_mutation", "header_mutation.v3.HeaderMutation", mutations={"response_mutations": added})


LIBRARIES = {
    "gzip": ("gzip.compressor.v3.Gzip", {"memory_level": 8, "window_bits": 15, "compression_level": "COMPRESSION_LEVEL_6"}),
    "zstd": ("zstd.compressor.v3.Zstd", {"compression_level": 3}),
    "brotli": ("brotli.compressor.v3.Brotli", {"quality": 4}),
}


def compressor(library="gzip"):
    message, options = LIBRARIES[library]
    direction = {
        "common_config": {"min_content_length": 1024, "content_type_matcher": [{"prefix": "text/"}, {"exact": "application/json"}]},
        "weaken_etag_on_compress": True,
    }
    encoder = {"@type": f"type.googleapis.com/envoy.extensions.compression.{message}", **options}
    return item(
        "compressor",
        "compressor.v3.Compressor",
        response_direction_config=direction,
        compressor_library={"name": library, "typed_config": encoder},
    )


def lua(source):
    return item("lua", "lua.v3.Lua", default_source_code={"inline_string": source})
