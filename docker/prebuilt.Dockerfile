# The same two targets as docker/edge.Dockerfile, from what `make wasm functions` has put into dist/, and from a wasmtime
# image of your own (WASMTIME_IMAGE, for instance the stand-in that docker/standins.sh builds).
ARG ENVOY_IMAGE=envoyproxy/envoy:v1.40-latest
ARG WASMTIME_IMAGE

FROM ${WASMTIME_IMAGE} AS functions
COPY dist/functions.wasm /edge/functions.wasm
USER 65534:65534
ENTRYPOINT ["/usr/local/bin/wasmtime"]
CMD ["serve", "-S", "cli", "--addr", "0.0.0.0:8080", "/edge/functions.wasm"]

FROM ${ENVOY_IMAGE} AS envoy
WORKDIR /edge
COPY dist/*.wasm dist/
COPY envoy/ envoy/
USER 101:101
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "envoy/chain.yaml"]
