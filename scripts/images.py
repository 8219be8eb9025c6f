#!/usr/bin/env python3
"""Makes images and pushes them. Needs no engine. Those of the modules have the form that Istio, Envoy Gateway and Higress read; the
command's, edge-filters, holds one static program for each processor that DIST has the archive for (prebuilt.sh).

    images.py build DIST VERSION NAME...    DIST/NAME.wasm, DIST/edge-filters-VERSION-*-linux.tar.gz -> DIST/oci, an image
                                            layout; DIST/images.json: name -> digest
    images.py push DIST VERSION REGISTRY    everything in that layout -> REGISTRY/NAME:VERSION
    images.py add DIST NAME DIGEST          an image that was made otherwise -> DIST/images.json
    images.py join REGISTRY NAME:VERSION NAME:TAG...    one image of several processors, out of images that are there,
                                            one for each; prints its digest

REGISTRY is a host and, where it has them, folders: ghcr.io/somebody/edge-filters. http:// before it: without TLS, as for this
machine's own. Credentials are Docker's (docker login), or REGISTRY_USER and REGISTRY_PASSWORD.

The same modules, programs, version and zlib give the same bytes, hence the same digests.
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
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
# The only kind of layer that proxies take the module from; zstd they refuse.
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
# The name they look for.
FILE = "plugin.wasm"
NAME = "org.opencontainers.image.title"

COMMAND = "edge-filters"
# Processors by Docker's name and by that of our archives.
PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}
# As nobody, in the folder where the user's files are to be mounted.
COMMAND_RUNS = {"Entrypoint": [f"/{COMMAND}"], "Cmd": ["--help"], "User": "65534:65534", "WorkingDir": "/work"}


def document(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def tar(files):
    """An archive of (name, content, mode), which names neither a user nor a time."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as file:
        for name, content, mode in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, 0
            file.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def gzip(data):
    """As gzip -9n. Python's own writes another header from version to version."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = compressor.compress(data) + compressor.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def annotations(name, version):
    found = {
        NAME: name,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.licenses": "Apache-2.0",
    }
    # Where the sources are: what a registry shows beside the image.
    if os.environ.get("SOURCE_URL"):
        found["org.opencontainers.image.source"] = os.environ["SOURCE_URL"]
    return found


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

    def add_manifest(self, name, version, processor, files, runs, history):
        archive = tar(files)
        config = {
            "architecture": processor,
            "os": "linux",
            "config": runs,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(archive).hexdigest()}"]},
            "history": [{"created_by": history}],
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.add(document(config), CONFIG),
            "layers": [self.add(gzip(archive), LAYER)],
            "annotations": annotations(name, version),
        }
        return self.add(document(manifest), MANIFEST)

    def add_image(self, name, version, descriptor):
        descriptor["annotations"] = {NAME: name, "org.opencontainers.image.ref.name": f"{name}:{version}"}
        self.images.append(descriptor)
        return descriptor["digest"]

    def add_module(self, name, version, module):
        # A module runs on any machine, but proxies on all of them ask for this platform.
        files = [(FILE, module, 0o644)]
        return self.add_image(name, version, self.add_manifest(name, version, "amd64", files, {}, f"{name}.wasm as {FILE}"))

    def add_command(self, version, programs):
        manifests = []
        for processor, files in programs.items():
            history = f"{COMMAND} for {PROCESSORS[processor]}-linux"
            manifest = self.add_manifest(COMMAND, version, processor, files, COMMAND_RUNS, history)
            manifests.append({**manifest, "platform": {"os": "linux", "architecture": processor}})
        return self.add_image(COMMAND, version, self.add(index(manifests, annotations(COMMAND, version)), INDEX))

    def parts(self, descriptor):
        """What a manifest or an index refers to."""
        value = json.loads(self.blob(descriptor))
        return value["manifests"] if descriptor["mediaType"] == INDEX else [value["config"], *value["layers"]]

    def write(self):
        (self.folder / "oci-layout").write_bytes(document({"imageLayoutVersion": "1.0.0"}))
        (self.folder / "index.json").write_bytes(index(self.images))
        used, waiting = set(), list(self.images)
        while waiting:
            descriptor = waiting.pop()
            used.add(descriptor["digest"].removeprefix("sha256:"))
            if descriptor["mediaType"] in (INDEX, MANIFEST):
                waiting += self.parts(descriptor)
        for blob in self.blobs.iterdir():
            if blob.name not in used:
                blob.unlink()


def index(manifests, noted=None):
    value = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
    return document({**value, "annotations": noted} if noted else value)


def programs(dist, version):
    """Processor -> files of the command's image, of the archives that are there."""
    found = {}
    for processor, name in PROCESSORS.items():
        folder = f"{COMMAND}-{version}-{name}-linux"
        path = pathlib.Path(dist, f"{folder}.tar.gz")
        if path.exists():
            with tarfile.open(path) as archive:
                members = ((COMMAND, 0o755), ("LICENSE", 0o644))
                found[processor] = [(file, archive.extractfile(f"{folder}/{file}").read(), mode) for file, mode in members]
    return found


def build(dist, version, *names):
    layout = Layout(f"{dist}/oci")
    digests = {name: layout.add_module(name, version, pathlib.Path(f"{dist}/{name}.wasm").read_bytes()) for name in names}
    commands = programs(dist, version)
    if commands:
        digests[COMMAND] = layout.add_command(version, commands)
    layout.write()
    save(dist, digests)
    width = max(map(len, digests))
    for name, digest in digests.items():
        print(f"{name.ljust(width)}  {digest}")


def push(dist, version, registry):
    layout = Layout(f"{dist}/oci")
    for descriptor in json.loads((layout.folder / "index.json").read_bytes())["manifests"]:
        repository = Registry(registry, descriptor["annotations"][NAME])
        push_image(layout, repository, descriptor, version)
        print(f"{repository.reference}:{version}@{descriptor['digest']}")


def push_image(layout, repository, descriptor, reference):
    for part in layout.parts(descriptor):
        if part["mediaType"] == MANIFEST:
            push_image(layout, repository, part, part["digest"])
        else:
            repository.push_blob(part["digest"], layout.blob(part))
    repository.push_manifest(reference, descriptor["mediaType"], layout.blob(descriptor), descriptor["digest"])


def add(dist, name, digest):
    save(dist, {**json.loads(pathlib.Path(f"{dist}/images.json").read_bytes()), name: digest})


def join(registry, image, *parts):
    name, _, version = image.rpartition(":")
    repository = Registry(registry, name)
    manifests = []
    for part in parts:
        media_type, data = repository.manifest(part.removeprefix(name)[1:])
        manifest = json.loads(data)
        if "config" not in manifest:
            sys.exit(f"{part} is {media_type}, expected the image of one processor")
        config = json.loads(repository.blob(manifest["config"]["digest"]))
        platform = {"os": config["os"], "architecture": config["architecture"]}
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        manifests.append({"mediaType": media_type, "digest": digest, "size": len(data), "platform": platform})
    # Images that Docker has pushed, and those alone, go into a list of Docker's.
    if all(manifest["mediaType"] == DOCKER_MANIFEST for manifest in manifests):
        media_type, data = DOCKER_LIST, document({"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": manifests})
    else:
        media_type, data = INDEX, index(manifests, annotations(name, version))
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    repository.push_manifest(version, media_type, data, digest)
    print(digest)


def save(dist, digests):
    pathlib.Path(f"{dist}/images.json").write_text(json.dumps(digests, indent=2) + "\n")


COMMANDS = {"build": build, "push": push, "add": add, "join": join}

if __name__ == "__main__":
    if len(sys.argv) < 5 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
