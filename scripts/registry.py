"""Pushes to a container registry, and reads from it, by the OCI Distribution Specification 1.1."""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

# Docker Hub's images, its API and its credentials go by three names.
DOCKER_HUB = {"docker.io": ("registry-1.docker.io", "https://index.docker.io/v1/")}
TIMEOUT = 120
# The kinds of images that are read: of one processor, in OCI's form and in Docker's, and of several.
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)


class Registry:
    """One repository of a registry."""

    def __init__(self, registry, name):
        scheme, _, rest = registry.rpartition("://")
        host, _, folder = rest.strip("/").partition("/")
        api, self.login = DOCKER_HUB.get(host, (host, host))
        self.repository = f"{folder}/{name}".lstrip("/")
        self.reference = f"{host}/{self.repository}"
        self.url = f"{scheme or 'https'}://{api}/v2/{self.repository}"
        self.authorization = None

    def push_blob(self, digest, data):
        status, *_ = self.call("HEAD", f"{self.url}/blobs/{digest}", expected=(200, 404))
        if status == 200:
            return
        _, headers, _ = self.call("POST", f"{self.url}/blobs/uploads/", b"", expected=(202,))
        # Relative to the request, and it may have a query already.
        target = urllib.parse.urljoin(self.url, headers["location"])
        target += ("&" if "?" in target else "?") + urllib.parse.urlencode({"digest": digest})
        self.call("PUT", target, data, {"content-type": "application/octet-stream"}, expected=(201,))

    def push_manifest(self, tag, media_type, data, digest):
        target = f"{self.url}/manifests/{tag}"
        _, headers, _ = self.call("PUT", target, data, {"content-type": media_type}, expected=(201,))
        stored = headers.get("docker-content-digest", digest)
        if stored != digest:
            sys.exit(f"{self.reference}: the registry has stored the manifest as {stored}, not as {digest}")

    def manifest(self, reference):
        """Its media type and its bytes, by tag or digest."""
        accepted = {"accept": ", ".join(MANIFESTS)}
        _, headers, data = self.call("GET", f"{self.url}/manifests/{reference}", None, accepted, expected=(200,))
        return headers["content-type"].partition(";")[0].strip(), data

    def blob(self, digest):
        return self.call("GET", f"{self.url}/blobs/{digest}", expected=(200,))[2]

    def call(self, method, url, data=None, headers=None, expected=()):
        """Status, header fields and body of the response; asked for credentials, tries once more with them."""
        status, fields, body = self.send(method, url, data, headers)
        if status == 401 and self.authorization is None:
            self.authorization = self.answer(fields.get("www-authenticate", ""))
            status, fields, body = self.send(method, url, data, headers)
        if status not in expected:
            sys.exit(f"{self.reference}: {method}: {status}: {body[:300].decode(errors='replace').strip()}")
        return status, fields, body

    def send(self, method, url, data, headers):
        # Where the API leads elsewhere, to a storage service, the credentials aren't for.
        ours = urllib.parse.urlsplit(url).netloc == urllib.parse.urlsplit(self.url).netloc
        request = urllib.request.Request(url, data, headers or {}, method=method)
        if self.authorization and ours:
            request.add_unredirected_header("authorization", self.authorization)
        return exchange(self.reference, request)

    def answer(self, challenge):
        """The Authorization field that a challenge (RFC 9110 §11.6.1) wants."""
        scheme, _, rest = challenge.partition(" ")
        parameters = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        user = credentials(self.login)
        basic = {"authorization": f"Basic {base64.b64encode(':'.join(user).encode()).decode()}"} if user else {}
        if scheme.lower() == "basic":
            return basic.get("authorization") or sys.exit(f"{self.reference}: not logged in: docker login {self.login}")
        if scheme.lower() != "bearer" or "realm" not in parameters:
            sys.exit(f"{self.reference}: the registry asks for credentials in a way that is unknown here: {challenge}")
        query = {"service": parameters.get("service", ""), "scope": f"repository:{self.repository}:pull,push"}
        realm = f"{parameters['realm']}?{urllib.parse.urlencode(query)}"
        status, _, body = exchange(self.reference, urllib.request.Request(realm, headers=basic))
        if status != 200:
            sys.exit(f"{self.reference}: no permission to push: {status}; docker login {self.login}")
        token = json.loads(body)
        return f"Bearer {token.get('token') or token['access_token']}"


def exchange(reference, request):
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return response.status, lower(response.headers), response.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, lower(refusal.headers), refusal.read()
    except (urllib.error.URLError, OSError) as failure:
        sys.exit(f"{reference}: no answer: {getattr(failure, 'reason', failure)}")


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def credentials(login):
    """User and password, or None: from the environment, or where docker login has put them."""
    if os.environ.get("REGISTRY_USER"):
        return os.environ["REGISTRY_USER"], os.environ.get("REGISTRY_PASSWORD", "")
    folder = pathlib.Path(os.environ.get("DOCKER_CONFIG") or pathlib.Path.home() / ".docker")
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except FileNotFoundError:
        return None
    helper = config.get("credHelpers", {}).get(login) or config.get("credsStore")
    if helper and shutil.which(f"docker-credential-{helper}"):
        found = subprocess.run(
            [f"docker-credential-{helper}", "get"], input=login.encode(), stdout=subprocess.PIPE, check=False
        )
        if found.returncode == 0:
            stored = json.loads(found.stdout)
            return stored["Username"], stored["Secret"]
    auth = config.get("auths", {}).get(login, {}).get("auth")
    return tuple(base64.b64decode(auth).decode().split(":", 1)) if auth else None
