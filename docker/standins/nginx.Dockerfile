# Stand-in for nginx: Debian's, in the foreground, with curl for health checks.
FROM edge-standin/debian:bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx-light curl \
    && rm -rf /var/lib/apt/lists/*
CMD ["nginx", "-g", "daemon off;"]
