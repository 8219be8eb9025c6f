# Stand-in for prom/prometheus: Debian's, with curl for health checks.
FROM edge-standin/debian:bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends prometheus curl \
    && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["/usr/bin/prometheus"]
