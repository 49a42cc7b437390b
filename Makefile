# dcdrill: build it, play it, test it. Needs Go and, for the kernel world, Linux.

GO      ?= go
FUZZTIME ?= 20s
SOAK    ?= 20
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# Packages that run their logic on several goroutines; the others have one loop and nothing to race with. They are tested under
# the race detector, where there is the C compiler that it needs; sim/kernel/box without it as well, since no capsule is big enough
# for what it takes.
RACED := sim|sim/workload|sim/kernel|sim/kernel/box|sim/blockdev|sim/live|sim/drill
RACE  := $(shell command -v $$($(GO) env CC) >/dev/null && echo -race)

# Packages whose tests measure real packets. They run one at a time: a machine that is busy with others cannot measure.
REAL := sim/kernel/.*|cmd/dcdrill

.PHONY: build demo capsule test vet cross lint test-user bench fuzz soak schema clean

build: ## one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/dcdrill ./cmd/dcdrill

demo: build ## both cores of a two-core data centre reboot together, on real packets
	bin/dcdrill run core-pair-reboot

capsule: build ## the kernel of the capsule, once per machine: some minutes, flex, bison, bc and a compiler
	bin/dcdrill capsule build

test: vet cross lint ## everything a change must pass
	$(GO) test -timeout 15m $$($(GO) list ./... | grep -vE '/($(RACED)|$(REAL))$$')
	$(GO) test -timeout 15m -p 1 $$($(GO) list ./... | grep -E '/($(REAL))$$')
	@$(if $(RACE),,echo "the race detector is left out: it needs a C compiler")
	$(GO) test $(RACE) -timeout 15m -p 1 $$($(GO) list ./... | grep -E '/($(RACED))$$')
	$(MAKE) --no-print-directory test-user

vet:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not gofmt-ed: $$bad"; exit 1; fi
	$(GO) vet ./...

cross: ## all but the kernel world builds, with its tests, on macOS and Windows
	GOOS=darwin GOARCH=arm64 $(GO) vet ./...
	GOOS=windows GOARCH=amd64 $(GO) vet ./...

lint:
	$(GO) tool staticcheck ./...

# As root the kernel tests have run as root; this runs them once more as an ordinary user. To a capsule, who starts it makes no
# difference: one test of it is enough.
test-user: build
	@if [ "$$(id -u)" = 0 ]; then .ci/as-user ./sim/kernel && .ci/as-user ./sim/kernel/box && .ci/as-user ./cmd/dcdrill 'Kernel|CapsuleVerifies|Scripts'; fi

bench: build ## the figures of the README, as ratios measured in one run
	$(GO) run ./sim/kernel/bench
	$(GO) test -run '^$$' -bench 'FatTree/storage' -cpu 1 ./sim/sweep
	$(GO) test -run '^$$' -bench 'Seeds|HundredThousand' -benchtime 1x ./cmd/dcdrill
	$(GO) test -run '^$$' -bench Action ./sim/drill
	$(GO) test -run '^$$' -bench Incident -cpu 1 ./sim/recovery
	$(GO) test -run '^$$' -bench FiftyBrowsers -benchtime 100x ./sim/live

fuzz: ## every parser, FUZZTIME each
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
	  done; \
	done

soak: build ## every built-in scenario SOAK times in the kernel world and in the capsule, verified, and 200 random incidents
	$(GO) test -count=1 -timeout 6h -run '^TestSoak' ./cmd/dcdrill -soak $(SOAK)

schema: build ## the JSON Schemas of all files, for editors
	@for s in topology scenario policy; do bin/dcdrill schema $$s > bin/$$s.schema.json && echo bin/$$s.schema.json; done

clean:
	rm -rf bin out
