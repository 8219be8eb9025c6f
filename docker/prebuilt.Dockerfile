# The same targets as docker/edge.Dockerfile, from what `make wasm functions` has put into dist/, and from images of your own
# with wasmtime (WASMTIME_IMAGE) and WasmEdge (WASMEDGE_IMAGE), for instance the stand-ins that docker/standins.sh builds.
ARG ENVOY_IMAGE=envoyproxy/envoy:v1.40-latest
ARG WASMTIME_IMAGE
ARG WASMEDGE_IMAGE

FROM ${WASMTIME_IMAGE} AS functions
COPY dist/functions.wasm /edge/functions.wasm
COPY dist/functions/functions-watch /usr/local/bin/functions-watch
USER 65534:65534
# Where wasmtime keeps what it has compiled; a container's own files are read-only.
ENV XDG_CACHE_HOME=/tmp
ENTRYPOINT ["/usr/local/bin/wasmtime"]
CMD ["serve", "-S", "cli", "-W", "fuel=1000000000,timeout=60s,max-memory-size=67108864", "--env", "RUNTIME=wasmtime", "--addr", "0.0.0.0:8080", "/edge/functions.wasm"]

FROM ${WASMEDGE_IMAGE} AS functions-wasmedge
COPY dist/functions-wasmedge.wasm /edge/functions-wasmedge.wasm
COPY dist/functions/functions-watch /usr/local/bin/functions-watch
RUN wasmedge compile --generic-binary /edge/functions-wasmedge.wasm /edge/functions-wasmedge.so
USER 65534:65534
# WasmEdge can't end a request that loops: this ends WasmEdge, and starts it again.
ENTRYPOINT ["/usr/local/bin/functions-watch", "--address", "127.0.0.1:8080", "--", "/usr/bin/wasmedge", "--memory-page-limit", "1024"]
CMD ["--env", "ADDRESS=0.0.0.0:8080", "/edge/functions-wasmedge.so"]

FROM ${ENVOY_IMAGE} AS envoy-native
WORKDIR /edge
COPY dist/libedge_filters.so dist/
COPY envoy/native/ envoy/native/
USER 101:101
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "envoy/native/edge-suite.yaml"]

FROM ${ENVOY_IMAGE} AS envoy
WORKDIR /edge
COPY dist/*.wasm dist/
COPY envoy/ envoy/
USER 101:101
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "envoy/chain.yaml"]
