# Every recipe is one call; what it does stands in the script or program called.
SHELL := bash
CARGO ?= cargo

.DEFAULT_GOAL := help
GEO_TABLE ?=
PREBUILT ?=
RUNTIME ?=
ENVOY ?=
export GEO_TABLE PREBUILT ENVOY RUNTIME

.PHONY: programs envoys reproducible prebuilt geo-table geo-accuracy help demo demo-up demo-down test test-native test-wasm test-envoy test-deploy check wasm wasm-featured native functions tools docs standins images pin sbom up down bench bench-functions test-runtimes instructions storm fuzz clean

help: ## print this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: ## build, start everything without Docker, show the tour, stop; PREBUILT=<archive or folder of a release>: without building
	@scripts/demo.sh run

demo-up: ## the same, left running, without the tour
	@scripts/demo.sh up

demo-down: ## stop what demo-up left running
	@scripts/demo.sh down

test: tools wasm wasm-featured native functions docs ## all four tiers, then which of them ran
	@scripts/test.sh native wasm envoy deploy

test-native: ## tier 1: plain cargo test, seconds
	@scripts/test.sh native

test-wasm: wasm wasm-featured ## tier 2: the real modules in an in-process VM
	@scripts/test.sh wasm

test-envoy: tools wasm wasm-featured native functions docs ## tier 3: a real Envoy, as a process and in a container; ENVOY=1.36.4: on an older one
	@scripts/test.sh envoy

test-deploy: tools wasm functions ## tier 4: compose, manifests
	@scripts/test.sh deploy

envoys: wasm wasm-featured ## what every Envoy in use passes (scripts/envoys.txt): the README's table
	@python3 scripts/envoys.py

check: ## format, lints, documentation, licences
	@scripts/check.sh

wasm: ## the five modules, optimised, in dist/
	@scripts/wasm.sh

wasm-featured: ## second builds: compression-negotiation with zstd and brotli, geo-routing with a table (GEO_TABLE, or the whole world)
	@scripts/wasm.sh --featured

native: ## the native module of all filters, in dist/
	@scripts/native.sh

geo-table: ## a country table of the whole world, from public data, in dist/
	@crates/geo-table/world.sh dist/world.table

geo-accuracy: ## how right that table is, beside two other publishers' databases (from npm)
	@crates/geo-table/accuracy.sh

functions: ## the Wasm function backend, in dist/; RUNTIME=workers: for that runtime (functions/README.md), all: for all that can be had here
	@scripts/functions.sh $(RUNTIME)

test-runtimes: tools ## the same cases, limits and isolation of the functions on every runtime that can be had here, behind a real Envoy
	@scripts/functions.sh all && DIST=dist/misbehaving FEATURES=misbehave scripts/functions.sh all
	@ENVOY_BIN="$$(scripts/envoy.sh)" $(CARGO) test -q -p integration --test runtimes

tools: ## find or fetch Envoy, wasm-opt and wasmtime
	@scripts/fetch-tools.sh

docs: ## the documentation site with the playground, every link followed, in dist/site
	@scripts/docs.sh

standins: ## stand-ins for the official images, from Debian packages (where no registry is reachable)
	@docker/standins.sh

prebuilt: wasm functions programs ## the modules, edge-filters and the demo's programs, for machines without Rust, in dist/

programs: ## the same, with the modules that are in dist/ already
	@scripts/prebuilt.sh pack

images: wasm functions sbom ## an image of each module in dist/oci, of edge-filters after `make programs`, and the mesh's where an engine answers; REGISTRY=… PUSH=1 pushes them
	@scripts/images.sh

pin: ## a copy of deploy/ in dist/deploy with REGISTRY and the images' digests in it
	@deploy/pin.sh $(REGISTRY)

sbom: ## what each module is made of: CycloneDX, beside it in dist/
	@scripts/sbom.sh

up: ## the demo mesh in containers: localhost:10000
	@scripts/compose.sh up --build --detach

down: ## remove the demo mesh
	@scripts/compose.sh down --volumes

bench: wasm native ## what the filters cost beside Envoy's own; QUICK=1 in two minutes, SUITE=floor,filters,chain for some
	@python3 bench/run.py $(if $(QUICK),--quick) $(if $(SUITE),--suite $(SUITE))

bench-functions: RUNTIME = all
bench-functions: functions standins ## the function backends by runtime, beside a container and Node.js: size, cold start, memory, requests; instances started within a host
	@python3 bench/functions.py

instructions: ## instructions per request of the filters' libraries, by valgrind
	@python3 bench/instructions.py

reproducible: ## whether a second build, elsewhere, gives the same bytes
	@scripts/reproducible.sh

storm: tools wasm wasm-featured native ## crowds, failing dependencies and hostile clients in a real Envoy: docs/reliability.md, in half an hour; ENVOY=1.36.4, STORM_SOAK=20m
	@ENVOY_BIN="$$(scripts/envoy.sh)" $(CARGO) run -q -p integration --example storm -- docs/reliability.md

fuzz: ## every fuzz target for FUZZ_SECONDS (30)
	@scripts/fuzz.sh

clean: ## remove what was built (not the fetched tools)
	@$(CARGO) clean -q && rm -rf dist
