"""The project's targets for speed and size, each beside what this run has measured."""

import statistics

from report import Section, spread_of
from variants import HOST_CALLS, NATIVELY

HEAD = ("what", "target", "measured (spread)", "by requests/s", HOST_CALLS, "", "method")
ROUNDS = "CPU per request, round by round"
NOT_MEASURED = "not measured"


def ratios(data, name, rival, field="cpu"):
    """Requests of `name` for one of its rival, by round."""
    pairs = zip(data[rival]["samples"], data[name]["samples"])
    if field == "rate":
        return [mine["rate"] / other["rate"] for other, mine in pairs]
    return [other[field] / mine[field] for other, mine in pairs]


def ratio_row(what, least, data, name, rival, method):
    if name not in data or rival not in data:
        return (f"{what}: `{name}` to `{rival}`", f"≥ {least}", NOT_MEASURED, "", "", "", f"{ROUNDS}; {method}")
    by_cpu = ratios(data, name, rival)
    alone = f"{name}, {HOST_CALLS}"
    return (
        f"{what}: `{name}` to `{rival}`", f"≥ {least}", spread_of(by_cpu), spread_of(ratios(data, name, rival, "rate")),
        f"{statistics.median(ratios(data, alone, rival)):.2f}" if alone in data else "", verdict(statistics.median(by_cpu) >= least), f"{ROUNDS}; {method}",
    )


def limit_row(what, most, unit, values, method, digits=0):
    """Where less is better."""
    if not values:
        return (what, f"≤ {most} {unit}", NOT_MEASURED, "", "", "", method)
    measured = spread_of(values, digits) if len(values) > 1 else f"{values[0]:.{digits}f}"
    return (what, f"≤ {most} {unit}", f"{measured} {unit}", "", "", verdict(statistics.median(values) <= most), method)


# Nothing to measure: it holds or it doesn't.
EXACT = ("admitted = allowed, across workers", "exactly", "by a test", "", "", "met", "`cargo test -p integration --test rate_limit_exact`")


def verdict(met):
    return "met" if met else "**missed**"


def speed(data):
    """The rows of ratios: (what, least ratio, section, variant, rival, method)."""
    for algorithm in ("RS256", "ES256", "EdDSA"):
        section = data.get(f"jwt {algorithm}", {})
        for remembering, mine, rival in (("by none", ", no cache", ""), ("by both", "", ", cache"), ("by ours", "", "")):
            names = (f"jwt-auth{mine}: new tokens", f"jwt_authn{rival}: new tokens")
            yield ratio_row(f"{algorithm}, not seen before, remembered {remembering}", 0.95, section, *names, "direct response")
        mine, rival = f"jwt-auth, no cache: new tokens, {NATIVELY}", "jwt_authn: new tokens"
        yield ratio_row(f"{algorithm}, not seen before, remembered by none", 1.0, section, mine, rival, "direct response")
    for mix in ("one token", "1,000 tokens"):
        seen = data.get("jwt RS256", {})
        yield ratio_row("RS256, seen before", 0.95, seen, f"jwt-auth: {mix}", f"jwt_authn, cache: {mix}", "direct response")
        yield ratio_row("RS256, seen before", 0.95, seen, f"jwt-auth: {mix}, {NATIVELY}", f"jwt_authn, cache: {mix}", "direct response")
    for mix in ("one key", "a million keys"):
        yield ratio_row("a key per client", 0.9, data.get("rate", {}), f"rate-limit: {mix}", f"local_ratelimit: {mix}", "direct response")
        yield ratio_row("a key per client", 0.95, data.get("rate", {}), f"rate-limit: {mix}, {NATIVELY}", f"local_ratelimit: {mix}", "direct response")
    alone = data.get("filters", {})
    if "rate" not in data:
        yield ratio_row("one key", 0.9, alone, "rate-limit", "local_ratelimit", "direct response")
    nearest = {"geo-routing": "geoip", "compression-negotiation": "compressor", "cache-headers": "header_mutation"}
    for name, native in nearest.items():
        yield ratio_row("the filter alone", 0.95, alone, name, "empty", "direct response")
        yield ratio_row("the filter alone", 0.9, alone, name, native, "direct response")
    for name, native in {"jwt-auth": "jwt_authn, cache", "rate-limit": "local_ratelimit", **nearest}.items():
        yield ratio_row("the filter alone", 0.95, alone, f"{name}, {NATIVELY}", native, "direct response")
    for section, shape in (("chain, upstream", "real upstream, HTTP/1.1"), ("chain, upstream, HTTP/2", "real upstream, HTTP/2"), ("chain, direct", "direct response")):
        for name, least in (("five modules", 0.55), ("edge-suite", 0.75), (f"edge-suite, {NATIVELY}", 1.0)):
            yield ratio_row("the chain", least, data.get(section, {}), name, "all native", shape)


def size_and_start(data):
    sizes = data.get("sizes", {}).get("five together", {})
    for what, most, kind in (("optimised", 890, "optimised"), ("gzip -9", 320, "gzip")):
        values = [sizes[kind] / 1024] if sizes else []
        yield limit_row(f"the five modules, {what}", most, "KiB", values, "the shipped files, no database in them")
    for name in ("five modules", "edge-suite"):
        measured = data.get("memory", {}).get(name, {})
        yield limit_row(f"ready with `{name}`, later than without", 300, "ms", measured.get("later_ms", []), "process start to first answer, by turns")
        each = "RSS with 4 workers less 1, less an Envoy's without filters, by VM"
        yield limit_row(f"memory per further VM of `{name}`", 1.5, "MiB", [measured["mib_per_vm"]] if measured else [], each, 2)
    name = f"edge-suite, {NATIVELY}"
    measured = data.get("memory", {}).get(name, {})
    yield limit_row(f"CPU until ready with `{name}`, more than without", 30, "ms", measured.get("more_cpu_ms", []), "process start to first answer, by turns", 1)
    yield limit_row(f"memory of `{name}`, 4 workers", 15, "MiB", measured.get("more_mib", [])[1:], "RSS, less that of an Envoy without filters", 1)


def section(sections, whole=False):
    """What can be said of the targets by these sections; nothing where none of them was measured. A `whole` run has every
    row, also of what could not be measured."""
    data = {each.name: each.data for each in sections}
    rows = [row for row in (*speed(data), EXACT, *size_and_start(data)) if whole or row[2] not in (NOT_MEASURED, EXACT[2])]
    notes = "Ratios say how many requests are served for one of the rival's, for the same CPU time: more is better."
    return [Section("targets", "Targets", HEAD, rows, {"rows": [list(row) for row in rows]}, notes)] if rows else []
