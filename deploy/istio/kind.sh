#!/usr/bin/env bash
# The steps of "From zero" in this folder's README, in a cluster of kind's that is made for it and removed after: whether Istio pulls
# the module, loads it, and clients beyond their quota get 429. Needs docker, kind, kubectl and istioctl, and the internet.
#
#   deploy/istio/kind.sh          KEEP=1: leaves the cluster and the registry for a look
set -euo pipefail
cd "$(dirname "$0")/../.."

CLUSTER=edge-filters
REGISTRY=edge-filters-registry
GATEWAY_API=v1.6.1
PORT=5001
export KUBECONFIG=dist/kind.kubeconfig

die() {
    echo "error: $*" >&2
    exit 1
}

for program in docker kind kubectl istioctl curl; do
    command -v "$program" > /dev/null || die "$program is not installed"
done

remove() {
    [ -z "${KEEP:-}" ] || return 0
    kind delete cluster --name "$CLUSTER"
    docker rm --force --volumes "$REGISTRY" > /dev/null
}
trap remove EXIT

echo "== 1. a cluster, and a registry that it reaches"
mkdir -p dist
kind create cluster --name "$CLUSTER" --wait 120s
docker run --detach --name "$REGISTRY" --network kind --publish "127.0.0.1:$PORT:5000" registry:2

echo "== 2. Istio, and the Gateway API's definitions"
kubectl apply --server-side --filename \
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/$GATEWAY_API/standard-install.yaml"
# The registry speaks no TLS.
istioctl install --skip-confirmation --set profile=minimal \
    --set "meshConfig.defaultConfig.proxyMetadata.WASM_INSECURE_REGISTRIES=$REGISTRY:5000"

echo "== 3. the modules, pushed; manifests that name them by digest"
make images "REGISTRY=http://localhost:$PORT/edge-filters" PUSH=1
make pin "REGISTRY=$REGISTRY:5000/edge-filters"

echo "== 4. one filter"
kubectl apply --kustomize dist/deploy/istio/first
kubectl --namespace istio-ingress wait gateway/edge --for condition=Programmed --timeout 180s
kubectl --namespace istio-ingress rollout status deployment/edge-istio --timeout 180s
kubectl --namespace istio-ingress rollout status deployment/application --timeout 180s

echo "== 5. more requests than the quota has"
kubectl --namespace istio-ingress port-forward service/edge-istio 18080:80 > /dev/null &
forwarding=$!
trap 'kill "$forwarding" 2> /dev/null || true; remove' EXIT
for _ in $(seq 60); do
    # Until the module is loaded, Istio's gateway answers 403 or lets nobody in; then the quota is there from the first request on.
    [ "$(curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:18080/ || true)" != 200 ] || break
    sleep 2
done
statuses="$(for _ in $(seq 150); do
    curl --silent --output /dev/null --write-out '%{http_code}\n' http://127.0.0.1:18080/ || true
done | sort | uniq -c)"
echo "$statuses"
grep -q ' 200$' <<< "$statuses" || die "nobody was let in"
grep -q ' 429$' <<< "$statuses" || die "nobody was told to wait: the filter isn't there"
curl --silent --include http://127.0.0.1:18080/ | grep -i '^ratelimit' || die "no RateLimit field"
echo "== ok"
