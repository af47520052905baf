# SPDX-License-Identifier: MIT
#
# The whole build: one file, no configure step, everything under build/. `make help` lists the targets.
# V=asan|tsan|cov builds a variant under build/V. Sources are found by folder: a new file needs no line here.

ifeq ($(origin CC),default)
CC := gcc
endif
CLANG   ?= clang
PREFIX  ?= /usr/local
DESTDIR ?=
V       ?=
OUT     := build$(if $(V),/$(V))
VERSION := 0.1.0

# ---- packages, by Debian 12's names -------------------------------------------------------------------------------
DEPS_BUILD := gcc libc6-dev ca-certificates libuv1-dev libcurl4-openssl-dev libc-ares-dev libxml2-dev libsqlite3-dev libyajl-dev \
              libjansson-dev libssl-dev libxxhash-dev libutf8proc-dev libstemmer-dev libvectorscan-dev \
              libmicrohttpd-dev libsystemd-dev uthash-dev
DEPS_TEST  := tzdata libcmocka-dev libseccomp-dev zlib1g-dev libbrotli-dev python3 binutils mandoc
DEPS_DEB   := debhelper dpkg-dev
DEPS_LINT  := clang clang-tidy cppcheck libclang-rt-14-dev gcovr
DEPS_BENCH := openssl wamerican sfeed python3-feedparser wrk nginx-light curl libpcre2-dev postgresql

# ---- flags --------------------------------------------------------------------------------------------------------
STD      := -std=gnu11
WARN     := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
            -Wformat=2 -Wundef -Werror -Wno-format-truncation
INCLUDE  := -I. -I/usr/include/libxml2
HARDEN   := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection \
            -ftrivial-auto-var-init=zero
OPTIMISE := -O2
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(V),asan)
HARDEN   :=
OPTIMISE := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDHARDEN := -pie -fsanitize=address,undefined
else ifeq ($(V),tsan)
HARDEN   :=
OPTIMISE := -O1 -fno-omit-frame-pointer -fsanitize=thread
LDHARDEN := -pie -fsanitize=thread
else ifeq ($(V),cov)
HARDEN   :=
OPTIMISE := -O0 --coverage
LDHARDEN := -pie --coverage
else ifneq ($(V),)
$(error V=$(V): expected asan, tsan, cov, or nothing)
endif
CFLAGS   += $(STD) $(WARN) $(OPTIMISE) -g -fPIE $(HARDEN)
CPPFLAGS += $(INCLUDE) -DFEEDWATCH_VERSION='"$(VERSION)"'
LDLIBS   := -luv -lcurl -lcares -lxml2 -lsqlite3 -lyajl -ljansson -lssl -lcrypto -lutf8proc -lstemmer -lhs \
            -lmicrohttpd -lsystemd -lm -lpthread
# Called by libhs alone where ours is built without _FORTIFY_SOURCE: rules/regex_mend.c belongs into each program.
LDLIBS   += -Wl,-u,regex_mend
# The origin of the tests sends compressed bodies.
LDLIBS_TOOLS := -lbrotlienc -lz

# ---- sources ------------------------------------------------------------------------------------------------------
ROOMS     := base feeds rules alerts store daemon
LIB_SRC   := $(foreach r,$(ROOMS),$(filter-out daemon/main.c,$(wildcard $(r)/*.c)))
CTL_SRC   := $(wildcard daemon/ctl/*.c)
TOOL_SRC  := $(wildcard tests/tools/*.c)
UNIT_SRC  := $(wildcard tests/unit/*_test.c)
SCENE_SRC := $(if $(wildcard daemon/main.c),$(wildcard tests/scenes/*_scene.c)) # they need the daemon
BENCH_SRC := $(wildcard tests/bench/*_bench.c)
SIM_SRC   := $(wildcard tests/sim/*.c)
DEMO_SRC  := $(wildcard tests/demo/*.c)
FUZZ_SRC  := $(wildcard tests/fuzz/*_fuzz.c)
# base/mem.c says one thing to the outside: its last words.
PURE_SRC  := $(filter-out base/mem.c,$(foreach r,base feeds rules alerts,$(wildcard $(r)/*.c))) \
             $(wildcard daemon/pipeline.c daemon/article.c daemon/shard*.c daemon/cold.c daemon/index.c)

obj  = $(patsubst %.c,$(OUT)/obj/%.o,$(1))
LIB := $(OUT)/libfeedwatch.a
CTL_LIB := $(OUT)/libctl.a
# What tests share (not the programs: a tool with a main is named *_main.c).
TOOL_LIB   := $(OUT)/libtools.a
TOOL_MAINS := $(patsubst tests/tools/%_main.c,$(OUT)/tools/%,$(wildcard tests/tools/*_main.c))
UNITS      := $(filter-out $(LEFT_OUT:%=$(OUT)/tests/unit/%_test),$(patsubst %.c,$(OUT)/%,$(UNIT_SRC)))
SCENES     := $(patsubst %.c,$(OUT)/%,$(SCENE_SRC))
BENCHES    := $(patsubst %.c,$(OUT)/%,$(BENCH_SRC))
PROGRAMS   := $(if $(wildcard daemon/main.c),$(OUT)/feedwatchd) $(if $(wildcard daemon/ctl/main.c),$(OUT)/feedwatchctl)

# As many jobs as there are cores, unless told otherwise: the two commands of the README build in parallel.
ifeq ($(filter -j% --jobs%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all
all: $(PROGRAMS) ## build feedwatchd and feedwatchctl

# ---- dependencies -------------------------------------------------------------------------------------------------
.PHONY: deps lint-deps bench-deps
deps: build/deps.ok ## install what is missing to build and test (Debian 12 packages; sudo when not root)
build/deps.ok: Makefile tests/tools/deps.sh
	@$(if $(NO_DEPS),,sh tests/tools/deps.sh "build and test" $(DEPS_BUILD) $(DEPS_TEST))
	@mkdir -p $(@D) && touch $@
lint-deps: build/deps-lint.ok ## install the analysers and fuzzers
build/deps-lint.ok: Makefile tests/tools/deps.sh build/deps.ok
	@sh tests/tools/deps.sh "analyse and fuzz" $(DEPS_LINT) && touch $@
bench-deps: build/deps-bench.ok ## install the peers that the benches compare with
build/deps-bench.ok: Makefile tests/tools/deps.sh build/deps.ok
	@sh tests/tools/deps.sh "compare with peers" $(DEPS_BENCH) && touch $@

# ---- compiling ----------------------------------------------------------------------------------------------------
$(OUT)/obj/%.o: %.c | build/deps.ok
	@mkdir -p $(@D)
	@echo "CC   $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(LIB): $(call obj,$(LIB_SRC))
	@mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(CTL_LIB): $(call obj,$(filter-out %/main.c,$(CTL_SRC)))
	@mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(TOOL_LIB): $(call obj,$(filter-out %_main.c,$(TOOL_SRC)))
	@mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^

LINK = @echo "LINK $@" && $(CC) $(CFLAGS) $(LDHARDEN) -o $@ $(filter %.o,$^) $(filter %libsim.a,$^) \
       $(filter-out %libsim.a,$(filter %.a,$^)) \
       $(if $(filter %libtools.a,$^),$(LDLIBS_TOOLS)) $(LDLIBS)
$(OUT)/feedwatchd: $(call obj,daemon/main.c) $(LIB)
	$(LINK)
$(OUT)/feedwatchctl: $(call obj,daemon/ctl/main.c) $(CTL_LIB) $(LIB)
	$(LINK)
$(OUT)/tools/%: $(OUT)/obj/tests/tools/%_main.o $(TOOL_LIB) $(LIB)
	@mkdir -p $(@D)
	$(LINK)
$(OUT)/tests/unit/%: $(OUT)/obj/tests/unit/%.o $(TOOL_LIB) $(CTL_LIB) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
$(OUT)/tests/scenes/%: $(OUT)/obj/tests/scenes/%.o $(TOOL_LIB) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
SIM_LIB    := $(OUT)/libsim.a
$(SIM_LIB): $(call obj,$(filter-out %_main.c,$(SIM_SRC)))
	@mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(OUT)/sim: $(OUT)/obj/tests/sim/sim_main.o $(SIM_LIB) $(TOOL_LIB) $(LIB)
	$(LINK)
$(OUT)/tests/unit/sim_test: $(SIM_LIB)
$(OUT)/demo: $(call obj,$(DEMO_SRC)) $(TOOL_LIB) $(LIB)
	$(LINK) -lcmocka
# A bench links what it needs of the other files of its folder.
BENCH_LIB := $(OUT)/libbench.a
$(BENCH_LIB): $(call obj,$(filter-out %_bench.c,$(wildcard tests/bench/*.c)))
	@mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(OUT)/tests/bench/%: $(OUT)/obj/tests/bench/%.o $(BENCH_LIB) $(TOOL_LIB) $(CTL_LIB) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpcre2-8

# What a scene loads before libc to make disks fail (tests/faults). Sanitizers have an allocator of their own.
$(OUT)/faults.so: tests/faults/preload.c tests/faults/fault.h
	@mkdir -p $(@D)
	@$(CC) $(STD) $(WARN) -O2 -g -fPIC -shared $(if $(V),-DFAULT_NO_MEMORY) -I. -o $@ $<

# Tests of feeds compare documents as feedwatchctl's JSON.
$(OUT)/tests/unit/feed_pieces_test $(OUT)/tests/unit/feed_golden_test: $(call obj,daemon/ctl/feeds_parse_json.c daemon/ctl/say.c)

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

# What scenes start besides the programs.
SCENE_NEEDS := $(if $(SCENE_SRC),$(TOOL_MAINS) $(OUT)/faults.so $(OUT)/demo)

# ---- tests --------------------------------------------------------------------------------------------------------
.PHONY: unit units-build scenes test asan
units-build: $(UNITS)
unit: $(UNITS) ## run the unit and golden tests
	@sh tests/tools/run.sh $(OUT) $(UNITS)
scenes: $(PROGRAMS) $(SCENES) $(SCENE_NEEDS) ## run the scenes: the real daemon against an origin and a receiver
	@sh tests/tools/run.sh $(OUT) $(SCENES)
test: $(PROGRAMS) $(UNITS) $(SCENES) $(SCENE_NEEDS) ## run all quick tests
	@sh tests/tools/run.sh $(OUT) $(UNITS) $(SCENES)
asan: ## the same under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory V=asan test

# ---- proof: what is run before an issue is closed; figures belong into docs/reliability.md --------------------------
# Simulations: 200 seeds on two cores, or one (SEED=).
SEEDS ?= 200
FEEDS ?= 100
DAYS  ?= 2
N     ?= 20
.PHONY: sim crash tsan cover torture faults proof
sim: $(OUT)/sim ## simulate days of polling under a virtual clock (SEED= one, SEEDS= FEEDS= DAYS=)
	@sh tests/tools/sim.sh $(OUT)/sim "$(SEED)" $(SEEDS) $(FEEDS) $(DAYS)
crash: $(PROGRAMS) $(OUT)/tests/scenes/crash_scene ## kill -9 at N (20) random moments under load: 0 lost, 0 under two ids
	@RUN_LIMIT_S=$$((600 + 3 * $(N))) FEEDWATCH_KILLS=$(N) FEEDWATCH_SEED=$(or $(SEED),$$(date +%s)) sh tests/tools/run.sh $(OUT) $(OUT)/tests/scenes/crash_scene
	@grep '^crash:' $(OUT)/log/crash_scene.log
torture: $(PROGRAMS) $(OUT)/tests/scenes/torture_scene $(OUT)/faults.so ## let N (20) sampled allocations of the daemon fail
	@FEEDWATCH_SAMPLES=$(N) sh tests/tools/run.sh $(OUT) $(OUT)/tests/scenes/torture_scene
	@grep '^torture:' $(OUT)/log/torture_scene.log
faults: $(PROGRAMS) $(SCENES) $(SCENE_NEEDS) ## full disk, broken servers and receivers, wrong clocks
	@sh tests/tools/run.sh $(OUT) $(foreach s,disk hostile delivery life,$(OUT)/tests/scenes/$(s)_scene)
# Long tests of code that has one thread find nothing under ThreadSanitizer.
ONE_THREAD := naive sim work
tsan: ## unit tests and scenes under ThreadSanitizer
	@$(MAKE) --no-print-directory V=tsan LEFT_OUT="$(ONE_THREAD)" test
cover: build/deps-lint.ok ## line coverage of units and scenes; fails under COVER_MIN %
	@find build/cov -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory V=cov test
	@gcovr --root . --object-directory build/cov/obj $(foreach r,$(ROOMS),--filter $(r)/) --gcov-ignore-parse-errors \
	    --fail-under-line $(COVER_MIN) --print-summary -o build/cov/cover.txt; status=$$?; \
	    grep '^TOTAL' build/cov/cover.txt; exit $$status
COVER_MIN ?= 94
proof: ## everything that takes longer than CI has: asan tsan fuzz torture faults crash sim cover
	@sh tests/tools/proof.sh

# ---- benches: side by side with the peers, on one core; figures belong into docs/benchmarks.md ----------------------
BENCH_NAMES := $(patsubst tests/bench/%_bench.c,bench-%,$(BENCH_SRC))
.PHONY: bench $(BENCH_NAMES)
$(BENCH_NAMES): bench-%: build/deps-bench.ok
	@$(MAKE) --no-print-directory $(OUT)/tests/bench/$*_bench $(PROGRAMS)
	@taskset -c 0 $(OUT)/tests/bench/$*_bench
bench: $(BENCH_NAMES) ## run every bench (make bench-parse, bench-match, ... run one)

.PHONY: demo
demo: $(PROGRAMS) $(OUT)/demo ## the main job before your eyes, in about a minute, without a network
	@FEEDWATCH_TOP=$(CURDIR) FEEDWATCH_OUT=$(OUT) $(OUT)/demo $(if $(FAST),--fast)

# ---- fuzzing ------------------------------------------------------------------------------------------------------
# Each target runs FUZZ_SECONDS over its kept corpus (tests/fuzz/corpus/NAME) and what earlier runs found; a crash is
# left in build/fuzz/ and fails the target. CLANG without the hardening flags, which its version does not know.
FUZZ_SECONDS ?= 10
FUZZ_FLAGS   := $(STD) -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZERS      := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(FUZZ_SRC))
# Fuzz targets share the rule book of the unit tests.
FUZZ_LIB     := $(patsubst %.c,build/fuzz/obj/%.o,$(LIB_SRC) tests/tools/rulebook.c)
.PHONY: fuzz fuzz-build
fuzz-build: $(FUZZERS)
fuzz: fuzz-build ## fuzz each parser of outside bytes (FUZZ_SECONDS= for longer, FUZZ= for one target)
	@sh tests/tools/fuzz.sh $(FUZZ_SECONDS) $(if $(FUZZ),build/fuzz/$(FUZZ),$(FUZZERS))
build/fuzz/obj/%.o: %.c | build/deps-lint.ok
	@mkdir -p $(@D)
	@$(CLANG) $(CPPFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
build/fuzz/libfuzzed.a: $(FUZZ_LIB)
	@rm -f $@ && ar rcs $@ $^
build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/libfuzzed.a
	@echo "LINK $@" && $(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
-include $(shell find build/fuzz/obj -name '*.d' 2>/dev/null)

# ---- conformance --------------------------------------------------------------------------------------------------
.PHONY: conformance
conformance: $(OUT)/feedwatchctl ## score the feed parser beside python3-feedparser; fails below the recorded floor
	@/usr/bin/python3 tests/tools/conformance.py $(OUT)/feedwatchctl

# ---- the laws -----------------------------------------------------------------------------------------------------
.PHONY: layers purity
layers: ## check that includes follow docs/design.md's include law
	@sh tests/tools/layers.sh $(ROOMS)
purity: $(call obj,$(PURE_SRC)) ## check that pure code imports no time, files, sockets, threads, randomness, SQL, log
	@sh tests/tools/purity.sh $^

# ---- analysis -----------------------------------------------------------------------------------------------------
# clang-tidy (bugprone trimmed by .clang-tidy, and clang's analyser) a file at a time, again only where the file or a
# header of it changed; cppcheck over all. Zero findings.
LINT_SRC := $(LIB_SRC) $(wildcard daemon/main.c) $(CTL_SRC) $(TOOL_SRC) $(UNIT_SRC) $(SCENE_SRC) $(SIM_SRC) $(DEMO_SRC)
.PHONY: lint
lint: $(patsubst %.c,build/lint/%.ok,$(LINT_SRC)) ## clang-tidy, clang's analyser and cppcheck, at zero findings
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j2 \
	    --suppressions-list=tests/tools/cppcheck.txt '-DHASH_ITER(hh,list,one,next)=while ((one = next = list))' \
	    '-Djson_array_foreach(list,i,one)=while ((one = json_array_get(list, i)))' \
	    '-Djson_object_foreach(object,key,one)=while ((key = one = 0))' -I. $(sort $(dir $(LINT_SRC)))
	@echo "lint: $(words $(LINT_SRC)) files, nothing found"
build/lint/%.ok: %.c build/obj/%.o .clang-tidy | build/deps-lint.ok
	@mkdir -p $(@D)
	@echo "TIDY $<"
	@clang-tidy --quiet $< -- $(STD) $(CPPFLAGS) 2>build/lint/$*.log >&2 || { grep -A4 -E 'warning:|error:' build/lint/$*.log; exit 1; }
	@touch $@

# ---- manual pages and the service ----------------------------------------------------------------------------------
MAN := $(wildcard docs/*.[158])
.PHONY: man service
man: ## check the manual pages (mandoc -Tlint)
	@sh tests/tools/man.sh $(MAN)
service: ## check the unit: systemd-analyze verify, and security at most 1.1
	@sh tests/tools/service.sh systemd/feedwatchd.service.in

# ---- using it -----------------------------------------------------------------------------------------------------
.PHONY: run install deb
RUN := $(CURDIR)/build/run
run: $(PROGRAMS) ## the daemon in the foreground on systemd/example (real feeds), state in build/run
	@mkdir -p $(RUN) && chmod 700 $(RUN)
	@echo "alerts appear here; ask it from another terminal:"
	@echo "  build/feedwatchctl --socket build/run/feedwatch/control.sock status"
	@XDG_STATE_HOME=$(RUN) XDG_RUNTIME_DIR=$(RUN) exec $(OUT)/feedwatchd --foreground --config systemd/example/feedwatch.conf

BINDIR  := $(DESTDIR)$(PREFIX)/bin
SHARE   := $(DESTDIR)$(PREFIX)/share
LIBDIR  := $(DESTDIR)$(PREFIX)/lib
CONFDIR := $(DESTDIR)$(if $(filter /usr /usr/local,$(PREFIX)),,$(PREFIX))/etc/feedwatch
install: $(PROGRAMS) ## install below DESTDIR/PREFIX; a configuration that is there is left alone
	install -d $(BINDIR) $(LIBDIR)/systemd/system $(LIBDIR)/sysusers.d $(LIBDIR)/systemd/catalog
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -d $(SHARE)/doc/feedwatchd $(foreach n,1 5 8,$(SHARE)/man/man$n)
	install $(PROGRAMS) $(BINDIR)
	sed 's|@BINDIR@|$(PREFIX)/bin|' systemd/feedwatchd.service.in >$(LIBDIR)/systemd/system/feedwatchd.service
	install -m 644 systemd/feedwatch.sysusers.conf $(LIBDIR)/sysusers.d/feedwatch.conf
	install -m 644 systemd/feedwatchd.catalog $(LIBDIR)/systemd/catalog/
	$(foreach n,1 5 8,install -m 644 $(wildcard docs/*.$n) $(SHARE)/man/man$n &&) true
	$(OUT)/feedwatchctl completion bash >$(SHARE)/bash-completion/completions/feedwatchctl
	$(OUT)/feedwatchctl completion zsh >$(SHARE)/zsh/site-functions/_feedwatchctl
	$(OUT)/feedwatchctl completion fish >$(SHARE)/fish/vendor_completions.d/feedwatchctl.fish
	cp -R systemd/example systemd/feedwatchd.service.d README.md LICENSE $(SHARE)/doc/feedwatchd/
	install -d $(SHARE)/doc/feedwatchd/docs
	install -m 644 $(wildcard docs/*.md) docs/alert.schema.json $(SHARE)/doc/feedwatchd/docs
	[ -e $(CONFDIR)/feedwatch.conf ] || { install -d $(CONFDIR) && cp -R systemd/example/. $(CONFDIR)/; }

DEB := build/deb/feedwatchd-$(VERSION)
deb: build/deps.ok ## a Debian package of the last commit, in build/deb
	@sh tests/tools/deps.sh "make a package" $(DEPS_DEB)
	@rm -rf build/deb && mkdir -p $(DEB) && git archive HEAD | tar -x -C $(DEB)
	@cd $(DEB) && dpkg-buildpackage -b -us -uc >../log 2>&1 || { tail -n 30 ../log; exit 1; }
	@ls build/deb/*.deb

# ---- help ---------------------------------------------------------------------------------------------------------
.PHONY: help clean
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-14s %s\n", $$1, $$2 }'
clean: ## remove build/
	rm -rf build
