# Stand-in for envoyproxy/envoy: the same binary, at the same place, with the same user.
FROM edge-standin/debian:bookworm
RUN groupadd --gid 101 envoy && useradd --uid 101 --gid 101 --no-create-home envoy
COPY envoy /usr/local/bin/envoy
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "/etc/envoy/envoy.yaml"]
