# noroshi: the commands a person types. `make test` needs nothing but Go; what
# needs PostgreSQL, Chromium or the reference data beside the repository says
# loudly that it was skipped. `make check` is exactly what CI runs.

GO       ?= go
NPM      ?= npm
BIN      := bin
TOOLBIN  := $(CURDIR)/$(BIN)/tools
VENDOR   := internal/core/web/assets/vendor
SHARED   ?= $(or $(NOROSHI_SHARED),../shared)
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
FUZZTIME ?= 5s
LDFLAGS  := -s -w -X noroshi.dev/internal/app.version=$(VERSION)

export CGO_ENABLED := 0

.PHONY: help demo build test check fetch assets tools format generate drift vet lint arch browser race fuzz vuln cross torture bench bench-dtree screenshots clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

demo: fetch assets build ## build everything and start the whole house on demo data
	$(BIN)/noroshi demo

build: ## build bin/noroshi
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/noroshi ./cmd/noroshi

test: ## run every test that this machine can run
	$(GO) test -shuffle=on -timeout 30m ./...

# What CI runs, in this order, stopping at the first failure.
check: format drift vet lint arch browser race fuzz vuln cross ## run every check
	@echo "make check: all checks passed"

fetch:
	$(GO) mod download

# The two script packages that pages may load, and the tools of browser tests.
# Pages work without them.
assets: $(VENDOR)/.stamp
$(VENDOR)/.stamp: package-lock.json package.json
	$(NPM) ci --ignore-scripts --no-audit --no-fund
	mkdir -p $(VENDOR)
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.min.js
	cp node_modules/uplot/dist/uPlot.esm.js node_modules/uplot/dist/uPlot.min.css $(VENDOR)/
	touch $@

tools: $(TOOLBIN)/.stamp
$(TOOLBIN)/.stamp: tools/go.mod tools/go.sum
	mkdir -p $(TOOLBIN)
	$(GO) build -C tools -o $(TOOLBIN)/ tool
	touch $@

format: tools ## check the form of Go and templ files
	@bad=$$($(TOOLBIN)/gofumpt -l cmd internal format); test -z "$$bad" || { echo "run: gofumpt -w" $$bad; exit 1; }
	@$(TOOLBIN)/templ fmt -fail internal

generate: tools ## make generated files anew
	$(TOOLBIN)/templ generate -path internal

# Generated files are committed; making them again must change nothing.
drift: tools ## check that generated files are what their sources make
	@tools/drift.sh $(TOOLBIN)

vet: ## run go vet
	$(GO) vet ./...

lint: tools ## run the linters
	$(TOOLBIN)/golangci-lint run --timeout 20m ./...

arch: ## check the shape of the house
	$(GO) test -count=1 -run '^TestArch' ./internal/app

# Pages in Chromium, without the race detector, which makes two cores miss every wait.
browser: assets ## walk all pages and stories in Chromium
	$(GO) test -count=1 -timeout 20m -run '^Test(EveryPage|Story|Screenshots)' ./internal/app

race: assets ## run all tests but those in Chromium with the race detector
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 30m ./...

fuzz: ## fuzz every parser for a moment (FUZZTIME)
	@tools/fuzz.sh $(FUZZTIME)

vuln: tools ## look for known vulnerabilities in what is linked
	@tools/vuln.sh $(TOOLBIN)/govulncheck $(SHARED)/data/govulndb.tar.gz

cross: ## build for amd64 and arm64 without a C compiler
	GOOS=linux GOARCH=amd64 $(GO) build -trimpath -o $(BIN)/noroshi-linux-amd64 ./cmd/noroshi
	GOOS=linux GOARCH=arm64 $(GO) build -trimpath -o $(BIN)/noroshi-linux-arm64 ./cmd/noroshi

torture: ## the long forms of the failure tests
	NOROSHI_TEST_TORTURE=1 $(GO) test -count=1 -timeout 60m -run 'TestTorture|TestKill|Mutation' ./...

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-dtree: build ## our decision trees beside those of rpart, scikit-learn and J48
	@tools/peers/bench.sh $(BIN)/noroshi $(SHARED)/data/trees

screenshots: assets ## take the pictures of the documents from the demo
	NOROSHI_PICTURES=$(CURDIR)/doc/images $(GO) test -count=1 -run '^TestScreenshots$$' ./internal/app

clean: ## remove what was built
	rm -rf $(BIN) node_modules $(VENDOR)
