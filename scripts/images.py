#!/usr/bin/env python3
"""Makes an image of each module, in the form that Istio, Envoy Gateway and Higress read, and pushes them. Needs no engine.

    images.py build DIST VERSION NAME...    DIST/NAME.wasm -> DIST/oci, an image layout; DIST/images.json: name -> digest
    images.py push DIST VERSION REGISTRY    everything in that layout -> REGISTRY/NAME:VERSION
    images.py add DIST NAME DIGEST          an image that was made otherwise -> DIST/images.json

REGISTRY is a host and, where it has them, folders: ghcr.io/somebody/edge-filters. http:// before it: without TLS, as for this
machine's own. Credentials are Docker's (docker login), or REGISTRY_USER and REGISTRY_PASSWORD.

The same modules, version and zlib give the same bytes, hence the same digests.
"""

import hashlib
import io
import json
import os
import pathlib
import struct
import sys
import tarfile
import zlib

from registry import Registry

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
# The only kind of layer that proxies take the module from; zstd they refuse.
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
# The name they look for.
FILE = "plugin.wasm"
NAME = "org.opencontainers.image.title"


def document(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def tar(module):
    """An archive of the module alone, which names neither a user nor a time."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as file:
        entry = tarfile.TarInfo(FILE)
        entry.size, entry.mode, entry.mtime = len(module), 0o644, 0
        file.addfile(entry, io.BytesIO(module))
    return archive.getvalue()


def gzip(data):
    """As gzip -9n. Python's own writes another header from version to version."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = compressor.compress(data) + compressor.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


class Layout:
    """A folder as the OCI Image Layout describes it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.blobs = self.folder / "blobs" / "sha256"
        self.images = []

    def add(self, data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        self.blobs.mkdir(parents=True, exist_ok=True)
        (self.blobs / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    def blob(self, descriptor):
        data = (self.blobs / descriptor["digest"].removeprefix("sha256:")).read_bytes()
        found = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if found != descriptor["digest"]:
            sys.exit(f"{self.folder}: the blob {descriptor['digest']} is damaged: it has the digest {found}")
        return data

    def add_image(self, name, version, module):
        archive = tar(module)
        # A module runs on any machine, but proxies on all of them ask for this platform.
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(archive).hexdigest()}"]},
            "history": [{"created_by": f"{name}.wasm as {FILE}"}],
        }
        annotations = {
            NAME: name,
            "org.opencontainers.image.version": version,
            "org.opencontainers.image.licenses": "Apache-2.0",
        }
        # Where the sources are: what a registry shows beside the image.
        if os.environ.get("SOURCE_URL"):
            annotations["org.opencontainers.image.source"] = os.environ["SOURCE_URL"]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.add(document(config), CONFIG),
            "layers": [self.add(gzip(archive), LAYER)],
            "annotations": annotations,
        }
        descriptor = self.add(document(manifest), MANIFEST)
        descriptor["annotations"] = {NAME: name, "org.opencontainers.image.ref.name": f"{name}:{version}"}
        self.images.append(descriptor)
        return descriptor["digest"]

    def write(self):
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self.images}
        (self.folder / "oci-layout").write_bytes(document({"imageLayoutVersion": "1.0.0"}))
        (self.folder / "index.json").write_bytes(document(index))
        used = {"index.json", "oci-layout"}
        for descriptor in self.images:
            manifest = json.loads(self.blob(descriptor))
            used |= {part["digest"].removeprefix("sha256:") for part in (descriptor, manifest["config"], *manifest["layers"])}
        for blob in self.blobs.iterdir():
            if blob.name not in used:
                blob.unlink()


def build(dist, version, *names):
    layout = Layout(f"{dist}/oci")
    digests = {name: layout.add_image(name, version, pathlib.Path(f"{dist}/{name}.wasm").read_bytes()) for name in names}
    layout.write()
    save(dist, digests)
    width = max(map(len, names))
    for name, digest in digests.items():
        print(f"{name.ljust(width)}  {digest}")


def push(dist, version, registry):
    layout = Layout(f"{dist}/oci")
    for descriptor in json.loads((layout.folder / "index.json").read_bytes())["manifests"]:
        name = descriptor["annotations"][NAME]
        manifest = layout.blob(descriptor)
        repository = Registry(registry, name)
        parts = json.loads(manifest)
        for part in (parts["config"], *parts["layers"]):
            repository.push_blob(part["digest"], layout.blob(part))
        repository.push_manifest(version, MANIFEST, manifest, descriptor["digest"])
        print(f"{repository.reference}:{version}@{descriptor['digest']}")


def add(dist, name, digest):
    save(dist, {**json.loads(pathlib.Path(f"{dist}/images.json").read_bytes()), name: digest})


def save(dist, digests):
    pathlib.Path(f"{dist}/images.json").write_text(json.dumps(digests, indent=2) + "\n")


COMMANDS = {"build": build, "push": push, "add": add}

if __name__ == "__main__":
    if len(sys.argv) < 5 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
