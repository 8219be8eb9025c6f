"""The site's pages: where each stands in the summary, and which sections of which file it's made of."""

FILTERS = ("jwt-auth", "rate-limit", "geo-routing", "cache-headers", "compression-negotiation")

# Words of recipes' names that aren't written in small letters.
SPELT = {
    "api": "API", "aws": "AWS", "cloudflare": "Cloudflare", "cloudfront": "CloudFront", "gdpr": "GDPR", "github": "GitHub", "actions": "Actions",
    "json": "JSON", "tls": "TLS",
}

# Sections of the filters' READMEs, by the page that they are on. What stands in none is on the filter's first page.
REFERENCE = {
    "Configuration", "Reference", "Guards", "Validators", "Tags and Vary", "Requests", "What later filters see", "Caches",
}
HOW_TO = {
    "Claims", "Where tokens come from", "Rules", "Times, types, sizes", "Claims as headers", "Ambiguous paths", "Fetched keys",
    "Secrets", "Bound tokens and revocation", "Examples", "A service for all proxies", "From public data to a loaded filter",
    "Where clients are", "What becomes of requests", "Testing and finding out", "Trying it out",
}
OPERATIONS = {
    "Replies", "Counters", "Failure modes", "When things fail", "Replies, and when things fail", "Limits", "Cost",
    "Size, speed and memory", "What junk costs",
}
COMPARISON = {"Public vectors"}

# Sections of the third level that have a page of their own sort; of other filters they stay where they stand.
LEAVING = {
    "jwt-auth": {
        "Claims", "Where tokens come from", "Rules", "Times, types, sizes", "Claims as headers", "Ambiguous paths", "Fetched keys",
        "Secrets", "Bound tokens and revocation", "What junk costs",
    }
}


def part_of(filter_name, level, title):
    """The page of a section: overview, how-to, reference, operations, comparison; None where it stays with the one before."""
    if level > 2 and title not in LEAVING.get(filter_name, ()):
        return None
    if filter_name == "compression-negotiation" and title == "Requests":
        return None
    for names, part in ((HOW_TO, "how-to"), (REFERENCE, "reference"), (OPERATIONS, "operations"), (COMPARISON, "comparison")):
        if title in names:
            return part
    return "comparison" if title.startswith("Beside ") else "overview"


PARTS = (
    ("overview", "Overview"),
    ("how-to", "How to"),
    ("reference", "Reference"),
    ("operations", "Operations"),
    ("comparison", "Comparison"),
)

# (title, page, file, sections of it or None for all)
START = (
    ("What it is", "index.md", "README.md", ("", "Try it", "Configure it", "Test it before it ships")),
    ("The first filter in an Envoy", "use.md", "README.md", ("Use it",)),
    ("Ten minutes with a policy", "tutorial.md", "docs/tutorial.md", None),
    ("Concepts", "concepts.md", "site/pages/concepts.md", None),
    ("Playground", "playground.md", "site/pages/playground.md", None),
)
COMMAND = (
    ("The command", "command.md", "cli/README.md", None),
    ("Cases", "cases.md", "crates/http-filter-test/README.md", None),
    ("Schemas", "schemas.md", "schemas/README.md", None),
)
DEPLOY = (
    ("Envoy configurations", "envoy.md", "envoy/README.md", None),
    ("Kubernetes", "deploy.md", "deploy/README.md", None),
    ("Istio", "istio.md", "deploy/istio/README.md", None),
    ("Envoy Gateway", "envoy-gateway.md", "deploy/envoy-gateway/README.md", None),
    ("Higress", "higress.md", "deploy/higress/README.md", None),
    ("An Envoy of your own", "kubernetes.md", "deploy/kubernetes/README.md", None),
    ("Helm", "helm.md", "deploy/helm/edge-filters/README.md", None),
)
RUN = (
    ("Watching", "watching.md", "mesh/observe/README.md", None),
    ("Troubleshooting", "troubleshooting.md", "docs/troubleshooting.md", None),
    ("Questions", "faq.md", "site/pages/faq.md", None),
    ("Coming from Envoy's filters", "migration.md", "site/pages/migration.md", None),
    ("Compatibility", "compatibility.md", "README.md", ("Where it runs",)),
    ("Upgrading", "upgrading.md", "docs/upgrading.md", None),
    ("What it costs", "cost.md", "README.md", ("What it costs",)),
    ("Crowds and failures", "reliability.md", "docs/reliability.md", None),
    ("Caches in front", "caches.md", "docs/caches.md", None),
    ("Spellings of a path", "spellings.md", "docs/spellings.md", None),
)
PROJECT = (
    ("Security", "security.md", "SECURITY.md", None),
    ("Readings of a request", "readings.md", "crates/http-fields/README.md", None),
    ("Architecture", "architecture.md", "ARCHITECTURE.md", None),
    ("Contributing", "contributing.md", "CONTRIBUTING.md", None),
    ("Changes", "changes.md", "CHANGELOG.md", None),
)
