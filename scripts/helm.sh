#!/usr/bin/env bash
# Helm without the program: its own library, out of the PyPI package helm-python-sdk, pinned, under $EDGE_TOOLS (75 MB); see helm.py for the
# commands. There is one for x86-64 Linux.
set -euo pipefail
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

VERSION=0.2.2
SHA256=28cc13abaf134c3a7e37f070c939be8d9cdc9825c3c8b8b2d35161073bcd4578
installed="$EDGE_TOOLS/helm-python-sdk-$VERSION"

fetch() {
    [ ! -d "$installed" ] || return 0
    local work
    work="$(mktemp -d "$EDGE_TOOLS/helm.XXXXXX")"
    say "helm: fetching the PyPI package helm-python-sdk $VERSION into $EDGE_TOOLS"
    from_pypi "helm-python-sdk==$VERSION --hash=sha256:$SHA256" "$work" || {
        rm -rf "$work"
        die "pip (python3 -m pip) has no helm-python-sdk $VERSION for $(uname -sm)."
    }
    rm -f "$work"/*.whl
    mv "$work" "$installed"
}

once helm fetch
PYTHONPATH="$installed" PYTHONDONTWRITEBYTECODE=1 exec python3 "$ROOT/scripts/helm.py" "$@"
