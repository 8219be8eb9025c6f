# Stand-in for quay.io/kuadrant/limitador: our rate limit service, which reads the same limits and takes the same arguments.
FROM edge-standin/debian:bookworm
COPY limitador /usr/local/bin/limitador-server
CMD ["limitador-server"]
