# The wasmtime of this machine; nobody publishes an image of it.
FROM edge-standin/debian:bookworm
COPY wasmtime /usr/local/bin/wasmtime
ENTRYPOINT ["/usr/local/bin/wasmtime"]
