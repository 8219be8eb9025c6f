# WasmEdge as the Dockerfile of the mesh has it: Debian's, from trixie.
FROM edge-standin/debian:trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends wasmedge \
    && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["/usr/bin/wasmedge"]
