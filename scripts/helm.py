"""Renders, checks, packages and pushes a chart by Helm's own library. Run it by helm.sh, which fetches that.

    helm.sh template CHART NAME NAMESPACE [VALUES]    prints the manifests; VALUES is a file, JSON or YAML
    helm.sh lint CHART [VALUES]                       prints what is wrong; fails where it's more than a hint
    helm.sh package CHART FOLDER VERSION              prints the archive that it has written there
    helm.sh push ARCHIVE REGISTRY                     prints the digest; http:// before REGISTRY: without TLS
    helm.sh pull REGISTRY NAME VERSION FOLDER         the archive into FOLDER
"""

import pathlib
import sys

import helm_python as helm

# Of what helm.lint finds: 1 is a hint.
WARNING = 2


def values_of(files):
    return helm.values_from_yaml(pathlib.Path(files[0]).read_text()) if files else {}


def template(chart, name, namespace, *files):
    with helm.Chart.load(chart) as loaded:
        values = values_of(files)
        loaded.validate_schema(values)
        for path, text in sorted(loaded.render(values, name=name, namespace=namespace).items()):
            # The notes are for people.
            if text.strip() and not path.endswith("NOTES.txt"):
                print(f"# {path}\n{text.strip()}")


def lint(chart, *files):
    found = helm.lint(chart, values_of(files))["messages"]
    for message in found:
        print(f"{message['path']}: {message['error']}")
    if any(message["severity"] >= WARNING for message in found):
        sys.exit(1)


def package(chart, folder, version):
    print(helm.package(chart, destination=folder, version=version, app_version=version))


def address(registry):
    scheme, _, rest = registry.rpartition("://")
    return scheme == "http", f"oci://{rest}"


def push(archive, registry):
    plain, remote = address(registry)
    with helm.Chart.load(archive) as chart:
        reference = f"{remote}/{chart.name}:{chart.version}"
    with helm.RegistryClient(plain_http=plain) as client:
        client.push(archive, remote, plain_http=plain)
        print(client.resolve(reference)["digest"])


def pull(registry, name, version, folder):
    plain, remote = address(registry)
    with helm.RegistryClient(plain_http=plain) as client:
        client.pull(f"{remote}/{name}", version=version, destination=folder, plain_http=plain)


COMMANDS = {"template": template, "lint": lint, "package": package, "push": push, "pull": pull}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except helm.HelmError as error:
        sys.exit(f"helm: {error}")
