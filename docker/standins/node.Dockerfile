# Stand-in for node: Debian's (18).
FROM edge-standin/debian:bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nodejs \
    && rm -rf /var/lib/apt/lists/*
CMD ["node"]
