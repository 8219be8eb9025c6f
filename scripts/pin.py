#!/usr/bin/env python3
"""Names the images in a copy of the manifests by registry and digest: pin.py FROM DIST REGISTRY [TAG]

Manifests name them registry.example.com/…/NAME:VERSION. In DIST/deploy, a `url` of a module gets a `sha256` beside it,
which is where Istio, Envoy Gateway and Higress read the digest of the manifest; every other image gets @sha256:… behind it.
The digests are those in DIST/images.json. Lines are edited, so comments stay.
The chart's values get the registry, the tag and the digests, too.
"""

import json
import pathlib
import re
import shutil
import sys

IMAGE = re.compile(r"(?P<scheme>oci://)?registry\.example\.com/(?:[\w.-]+/)*(?P<name>[a-z][a-z-]*):(?P<tag>[\w.-]+)(?:@sha256:[0-9a-f]{64})?")
# Those that the chart loads.
MODULES = ("jwt-auth", "rate-limit", "geo-routing", "compression-negotiation", "cache-headers", "edge-suite")
SHA256 = re.compile(r",? *\bsha256: *[0-9a-f]{64}\b")


def pinned(line, registry, tag, digests, where):
    """The line, and one to follow it, if any."""
    image = IMAGE.search(line)
    if not image:
        return line, None
    name = image["name"]
    digest = digests.get(name)
    reference = f"{image['scheme'] or ''}{registry}/{name}:{tag or image['tag']}"
    head, rest = line[: image.start()], line[image.end() :]
    key = re.search(r"(\w+): *[\"']?$", head)
    if digest is None:
        print(f"{where}: the image {name} has no digest: it has not been pushed from here", file=sys.stderr)
        return head + reference + rest, None
    if key is None or key[1] != "url":
        return f"{head}{reference}@{digest}{rest}", None
    sha256 = f"sha256: {digest.removeprefix('sha256:')}"
    if "{" in head:
        quote = rest[:1] if rest[:1] in "\"'" else ""
        return f"{head}{reference}{quote}, {sha256}{SHA256.sub('', rest[len(quote) :])}", None
    return head + reference + rest, " " * key.start(1) + sha256


def rewrite(text, *context):
    lines, follows = [], None
    for line in text.split("\n"):
        # The one that was there before.
        if follows and SHA256.fullmatch(line):
            continue
        line, follows = pinned(line, *context)
        lines += [line] if follows is None else [line, follows]
    return "\n".join(lines)


def chart_values(text, registry, tag, digests):
    """The values of the chart with those in it."""
    text = re.sub(r"(?m)^  repository: .*", f"  repository: {registry}", text)
    if tag:
        text = re.sub(r"(?m)^  tag: .*", f"  tag: {json.dumps(tag)}", text)
    return re.sub(r"(?m)^  digests: .*", f"  digests: {json.dumps(digests)}", text)


def main(source, dist, registry, tag=None):
    try:
        digests = json.loads(pathlib.Path(dist, "images.json").read_bytes())
    except FileNotFoundError:
        sys.exit(f"{dist}/images.json is missing: make images writes it")
    target = pathlib.Path(dist, "deploy")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sh"))
    # What deploy/kubernetes makes its ConfigMap of.
    chain = pathlib.Path(source, "../envoy")
    (target / "../envoy").mkdir(exist_ok=True)
    for name in ("Kustomization", "chain.yaml"):
        shutil.copy(chain / name, target / "../envoy" / name)
    count = 0
    for file in sorted(target.rglob("*.yaml")):
        text = file.read_text()
        count += len(IMAGE.findall(text))
        file.write_text(rewrite(text, registry.rpartition("://")[2], tag, digests, file))
    values = target / "helm/edge-filters/values.yaml"
    modules = {name: digests[name] for name in MODULES if name in digests}
    values.write_text(chart_values(values.read_text(), registry.rpartition("://")[2], tag, modules))
    print(f"{target}: {count} images named by {registry}")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
