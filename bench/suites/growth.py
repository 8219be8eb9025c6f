"""What grows with the configuration and the request: a plot each, none of which should be steep."""

import growth
import ours
import plot
import tokens
import variants
from report import Section, slug, spread_of
from rounds import Variant, measure


def grown(bench, name, title, x, sizes, filters_at, load_at, shared=False, logarithmic=True):
    """Measures every filter at every size; `shared`: one Envoy serves all sizes, which only the load knows."""
    measured, first = [], {}
    for size in sizes:
        for each, items in filters_at(size).items():
            on = first.get(each, "") if shared else ""
            measured.append(Variant(f"{each}: {size}", items, load_at(size), on=on))
            first.setdefault(each, f"{each}: {size}")
    # Two rounds serve for a shape.
    results = measure(bench, measured, f"growth, {name}", rounds=2, warm_shared=False)
    series = {
        each: [(size, results[f"{each}: {size}"].median("cpu"), *results[f"{each}: {size}"].spread("cpu")) for size in sizes]
        for each in first
    }
    rows = []
    for each in first:
        cells = (spread_of([sample.cpu for sample in results[f"{each}: {size}"].samples], 1) for size in sizes)
        rows.append((each, *cells, f"{series[each][-1][1] / series[each][0][1]:.2f}"))
    head = ("µs of CPU per request", *(f"{plot.short(size)}" for size in sizes), "last to first")
    lines = plot.Lines(slug(f"growth {name}"), title, x, "µs of Envoy's CPU per request", series, logarithmic)
    return Section(f"growth, {name}", title, head, rows, {"sizes": list(sizes), "series": series}, plots=[lines])


def headers(bench):
    filters = variants.Filters()
    alone = {"none": [], "passive": [ours.empty("passive")], **{name: [filters[name]] for name in ours.FIVE}}
    alone |= {f"{name}, {variants.NATIVELY}": [ours.natively(filters[name])] for name in ours.FIVE}
    natives = {"all native": [filters[name] for name in variants.NATIVE_CHAIN]}
    return grown(
        bench, "headers", "By number of further request headers", "headers beside the usual ones",
        growth.HEADERS, lambda _: {**alone, **natives}, growth.with_headers, shared=True, logarithmic=False,
    )


def rules(bench):
    return grown(
        bench, "rules", "By number of rules, the last of which decides", "rules", growth.RULES,
        lambda size: {name: [item] for name, item in growth.ruled(size).items()}, lambda _: variants.browser("/direct"),
    )


def keys(bench):
    new = tuple(f"Bearer {token}" for token in tokens.tokens(12000))
    load = variants.browser("/direct", vary="authorization", values=new)
    return grown(
        bench, "keys", "By number of keys in the set, new RS256 tokens", "keys", growth.KEYS,
        lambda size: {name: [item] for name, item in growth.keyed(size).items()}, lambda _: load,
    )


def table(bench):
    """Asked for a thousand addresses, so that not one place of the table is hot."""
    import geography

    load = variants.browser("/direct", vary="x-forwarded-for", values=geography.addresses(1000), shuffled=True)
    tables = {size: bench.serve(growth.located(size)) for size in growth.RANGES}
    return grown(
        bench, "table", "By number of ranges in the country table, 1,000 addresses", "ranges", growth.RANGES,
        lambda size: {"geo-routing": [tables[size]]}, lambda _: load,
    )


def slots(bench):
    load = variants.browser("/direct", vary="x-api-key", numbers=1_000_000)
    return grown(
        bench, "slots", "By slots of the rate limit's table, a million keys", "slots", growth.SLOTS,
        lambda size: {"rate-limit": [ours.ours("rate-limit", ours.rate_limit(slots=size))]}, lambda _: load,
    )


def run(bench):
    for each in (headers, rules, keys, table, slots):
        yield each(bench)
