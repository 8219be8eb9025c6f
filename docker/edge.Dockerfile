# What the demo mesh runs of ours, built from source: targets `envoy` (Envoy with the five modules), `functions` (the Wasm
# functions on wasmtime) and `functions-wasmedge`. docker/prebuilt.Dockerfile makes the same from a dist/ that is already
# there.
ARG RUST_IMAGE=rust:1.95-trixie
ARG DEBIAN_IMAGE=debian:trixie-slim
ARG ENVOY_IMAGE=envoyproxy/envoy:v1.40-latest

# wasmtime has no official image. In a stage of its own, so that a change of ours does not build it again.
FROM ${RUST_IMAGE} AS wasmtime
WORKDIR /src
COPY scripts/tools.sh scripts/wasmtime.sh scripts/
RUN cp "$(EDGE_TOOLS=/tools scripts/wasmtime.sh)" /wasmtime

FROM ${RUST_IMAGE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binaryen make python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make wasm functions

# With `wasmedge` below, what docker/prebuilt.Dockerfile begins with.
FROM ${DEBIAN_IMAGE} AS wasmtime-run
COPY --from=wasmtime /wasmtime /usr/local/bin/wasmtime

FROM wasmtime-run AS functions
COPY --from=build /src/dist/functions.wasm /edge/functions.wasm
COPY --from=build /src/dist/functions/functions-watch /usr/local/bin/functions-watch
USER 65534:65534
# Where wasmtime keeps what it has compiled; a container's own files are read-only.
ENV XDG_CACHE_HOME=/tmp
ENTRYPOINT ["/usr/local/bin/wasmtime"]
CMD ["serve", "-S", "cli", "-W", "fuel=1000000000,timeout=60s,max-memory-size=67108864", "--env", "RUNTIME=wasmtime", "--addr", "0.0.0.0:8080", "/edge/functions.wasm"]

# WasmEdge is in Debian from trixie on.
FROM ${DEBIAN_IMAGE} AS wasmedge
RUN apt-get update \
    && apt-get install --yes --no-install-recommends wasmedge \
    && rm -rf /var/lib/apt/lists/*

FROM wasmedge AS functions-wasmedge
COPY --from=build /src/dist/functions-wasmedge.wasm /edge/functions-wasmedge.wasm
COPY --from=build /src/dist/functions/functions-watch /usr/local/bin/functions-watch
# Machine code for every processor of this kind, not only the one it is built on.
RUN wasmedge compile --generic-binary /edge/functions-wasmedge.wasm /edge/functions-wasmedge.so
USER 65534:65534
# WasmEdge can't end a request that loops: this ends WasmEdge, and starts it again.
ENTRYPOINT ["/usr/local/bin/functions-watch", "--address", "127.0.0.1:8080", "--", "/usr/bin/wasmedge", "--memory-page-limit", "1024"]
CMD ["--env", "ADDRESS=0.0.0.0:8080", "/edge/functions-wasmedge.so"]

# The native module, for those who load that: Envoy's own image and one file.
FROM build AS build-native
RUN make native

FROM ${ENVOY_IMAGE} AS envoy-native
WORKDIR /edge
COPY --from=build-native /src/dist/libedge_filters.so dist/
COPY envoy/native/ envoy/native/
USER 101:101
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "envoy/native/edge-suite.yaml"]

FROM ${ENVOY_IMAGE} AS envoy
WORKDIR /edge
COPY --from=build /src/dist/*.wasm dist/
COPY envoy/ envoy/
USER 101:101
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "envoy/chain.yaml"]
