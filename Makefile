# lunet: `make demo` and `make test` do everything on a fresh Debian 12; `make help` lists the rest.
BUILD   ?= build
PREFIX  ?= /usr/local
OPT     ?= -O3
SAN     ?=
DEMO_ARGS  ?=
PAPER_ARGS ?=
BENCH_ARGS ?=
PEERS_ARGS ?=

WARN := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla
# Never -ffast-math: sums keep their order, NaN stays NaN. Fused multiply-add is wanted and asked for by name.
MATH := -ffp-contract=fast -fno-math-errno -fno-trapping-math
# Before `make deps` there may be no pkg-config: then these are empty, and the rule for $(BUILD)/flags says what to do.
PACKAGES   := lua5.4 jansson libpng libjpeg libzip
CFLAGS_ALL := -std=gnu11 $(OPT) -g -fPIC -fopenmp $(MATH) $(WARN) $(SAN) $(CFLAGS) -Iruntime -Itests -I. \
              -isystem /usr/include/nifti $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS_ALL := $(shell pkg-config --libs jansson libpng libjpeg libzip 2>/dev/null) -lopenblas -lniftiio -lznz -lz -lm
# Fourier transforms: FFTW, or none where that is asked for (make FFT=none) or FFTW is not installed.
installed = $(if $(wildcard $(addsuffix /$(1),/usr/include /usr/local/include)),$(2))
FFT ?= $(or $(call installed,fftw3.h,fftw),none)
CFLAGS_fft := $(if $(filter fftw,$(FFT)),-DHAVE_FFTW)
CFLAGS_fft_plan := $(CFLAGS_fft)
CFLAGS_libraries := $(CFLAGS_fft)
LDLIBS_ALL += $(if $(filter fftw,$(FFT)),-lfftw3f)
LUA_LIBS   := $(shell pkg-config --libs lua5.4 2>/dev/null)
TEST_LIBS  := $(shell pkg-config --libs check 2>/dev/null)

# Random numbers are the same bits on every CPU.
CFLAGS_rng_normal := -ffp-contract=off

# The kernels are compiled once per instruction set: runtime/kernels/target_<isa>.c. Lines are enough of debugging
# information there: to follow variables through them takes a third of the time.
CFLAGS_target_baseline := -g1
CFLAGS_target_avx2     := -g1 -mavx2 -mfma -mf16c
CFLAGS_target_avx512   := -g1 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512

RUNTIME_SRC  := $(filter-out %_tmpl.c,$(wildcard runtime/*.c runtime/*/*.c)) # templates are included, not compiled
BINDINGS_SRC := $(wildcard bindings/*/*.c bindings/*/*/*.c)
BENCH_SRC    := $(wildcard tests/bench/*.c)
SUITES       := $(sort $(patsubst tests/%/,%,$(dir $(shell grep -l '^TESTS {' tests/*/*.c))))
TEST_SRC     := $(wildcard tests/support/*.c) $(foreach s,$(SUITES),$(wildcard tests/$(s)/*.c))
ALL_SRC      := $(RUNTIME_SRC) $(BINDINGS_SRC) bindings/precompile.c $(TEST_SRC) $(BENCH_SRC) $(wildcard tests/fuzz/*.c)
object = $(patsubst %.c,$(BUILD)/%.o,$(1))

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all
all: $(BUILD)/lunet $(BUILD)/lunet.so

$(BUILD)/liblunet.a: $(call object,$(RUNTIME_SRC)) $(BUILD)/sources
	@rm -f $@
	@ar rcs $@ $(filter %.o,$^)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS_ALL) $(CFLAGS_$(notdir $*)) -MMD -MP -c -o $@ $<

# One test program per folder of tests/ that has TESTS in a file: build/tests/<folder>/suite
.SECONDEXPANSION:
$(BUILD)/tests/%/suite: $$(call object,$$(wildcard tests/$$*/*.c tests/support/*.c)) $(BUILD)/liblunet.a \
                        $(BUILD)/sources
	@echo "  LINK  $@"
	@$(CC) -fopenmp $(SAN) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS) $(LDLIBS_ALL)

# The program, and the module for a stock lua5.4. Both carry the Lua half of the module (bindings/lunet) inside.
PROGRAM    := $(BUILD)/lunet
MODULE     := $(BUILD)/lunet.so
PROGRAM_OBJ := $(call object,$(filter bindings/program/%,$(BINDINGS_SRC)))
MODULE_OBJ := $(filter-out $(PROGRAM_OBJ),$(call object,$(BINDINGS_SRC))) $(BUILD)/bindings/embedded.o
LUA_HALF   := $(sort $(wildcard bindings/lunet/*.lua bindings/lunet/*/*.lua))

# Line editing: readline, or libedit where that is asked for (make EDITING=libedit) or readline is not installed, or none.
EDITING ?= $(or $(call installed,readline/readline.h,readline),$(call installed,editline/readline.h,libedit),none)
CFLAGS_line  := $(if $(filter readline,$(EDITING)),-DHAVE_READLINE)$(if $(filter libedit,$(EDITING)),-DHAVE_LIBEDIT)
CFLAGS_candidates := $(CFLAGS_line)
CFLAGS_complete   := $(CFLAGS_line)
CFLAGS_draw       := $(CFLAGS_line)
CFLAGS_history    := $(CFLAGS_line)
CFLAGS_keys       := $(CFLAGS_line)
CFLAGS_keys_libedit := $(CFLAGS_line)
EDITING_LIBS := $(if $(filter readline,$(EDITING)),-lreadline)$(if $(filter libedit,$(EDITING)),-ledit)
$(BUILD)/bindings/%.o: CFLAGS_ALL += -fvisibility=hidden

$(PROGRAM): $(PROGRAM_OBJ) $(MODULE_OBJ) $(BUILD)/liblunet.a $(BUILD)/sources
	@echo "  LINK  $@"
	@$(CC) -fopenmp $(SAN) -o $@ $(filter %.o %.a,$^) $(LUA_LIBS) $(EDITING_LIBS) $(LDLIBS_ALL)

# Lua itself is the interpreter's: not linked. Only luaopen_* is exported. It stays mapped when the interpreter closes
# its libraries (nodelete), for OpenMP's threads are still there.
$(MODULE): $(MODULE_OBJ) $(BUILD)/liblunet.a $(BUILD)/sources
	@echo "  LINK  $@"
	@$(CC) -shared -Wl,-z,nodelete -fopenmp $(SAN) -Wl,--exclude-libs,ALL -o $@ $(filter %.o %.a,$^) $(LDLIBS_ALL)

# The Lua half as data, by bindings/precompile.c.
LUA_DATA := $(BUILD)/bindings/lua
$(BUILD)/bindings/embedded.o: $(BUILD)/precompile $(LUA_HALF) $(BUILD)/sources
	@mkdir -p $(LUA_DATA)
	@$(BUILD)/precompile $(LUA_DATA) $(LUA_HALF:bindings/lunet/%.lua=%)
	@$(CC) -c -o $@ $(LUA_DATA)/embedded.s
$(BUILD)/precompile: $(call object,bindings/precompile.c)
	@$(CC) $(SAN) -o $@ $< $(LUA_LIBS)

$(BUILD)/bench: $(call object,$(BENCH_SRC)) $(BUILD)/liblunet.a $(BUILD)/sources
	@echo "  LINK  $@"
	@$(CC) -fopenmp $(SAN) -o $@ $(filter %.o %.a,$^) $(LDLIBS_ALL)

# One fuzzing target a file of tests/fuzz, driven by libFuzzer or, in BUILD=$(REPLAY_BUILD), by replay.c: see fuzz.h there.
FUZZ_PARTS   := driver replay support
FUZZ_SRC     := $(wildcard tests/fuzz/*.c)
FUZZ_TARGETS := $(filter-out $(FUZZ_PARTS),$(patsubst tests/fuzz/%.c,%,$(FUZZ_SRC)))
FUZZ_MAIN    ?= driver
FUZZ_LINK    ?= -fsanitize=fuzzer
$(BUILD)/fuzz/%.target: $(BUILD)/tests/fuzz/%.o $(call object,tests/fuzz/support.c) $$(BUILD)/tests/fuzz/$$(FUZZ_MAIN).o \
                        $(MODULE_OBJ) $(BUILD)/liblunet.a $(BUILD)/sources
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) -fopenmp $(SAN) $(FUZZ_LINK) -o $@ $(filter %.o %.a,$^) $(LUA_LIBS) $(LDLIBS_ALL)

# Two files that are written only when their text changes, so that what depends on them is made anew exactly then.
FLAGS_TEXT := $(CC) $(foreach flags,$(sort $(filter CFLAGS_%,$(.VARIABLES))),$($(flags)))
$(BUILD)/flags: FORCE
	@command -v $(CC) >/dev/null && pkg-config --exists $(PACKAGES) || \
	  { echo "A compiler or a library is missing: run 'make deps', which installs what the build needs."; exit 1; }
	@mkdir -p $(@D)
	@echo '$(FLAGS_TEXT)' | cmp -s - $@ || echo '$(FLAGS_TEXT)' > $@
$(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(ALL_SRC) $(LUA_HALF)' | cmp -s - $@ || echo '$(ALL_SRC) $(LUA_HALF)' > $@
.PHONY: FORCE
FORCE:

-include $(patsubst %.o,%.d,$(call object,$(ALL_SRC)))

# ---- What users call. Each gets its packages first and then starts make afresh, which sees them. ----

# On all processors, unless make was told how many to use.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: demo paper test check sanitize tsan bench reference clean help
demo: deps
	@+$(SUBMAKE) all
	$(BUILD)/lunet scripts/quickstart.lua $(DEMO_ARGS)

# The paper's experiments. Whatever ends it, the same command goes on.
paper: deps-paper
	@+$(SUBMAKE) all
	$(BUILD)/lunet scripts/paper/all.lua $(PAPER_ARGS)

test: deps-test
	@+$(SUBMAKE) run-tests

# Leak detection is on; what third parties leave behind, and why, stands in tests/support/leaks.supp.
SAN_BUILD := build-sanitize
sanitize: deps-test
	@+ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/leaks.supp:print_suppressions=0 LUNET_SANITIZED=1 \
	  $(SUBMAKE) BUILD=$(SAN_BUILD) OPT=-O1 \
	  SAN="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" run-tests

# Archer, which comes with clang's OpenMP, tells the sanitizer how OpenMP's threads wait for each other. Libraries that
# are not built with it (OpenMP, OpenBLAS) are left out.
ARCHER = $(wildcard $(shell clang -print-resource-dir 2>/dev/null)/../../libarcher.so)
TSAN_RUN = OMP_TOOL_LIBRARIES=$(ARCHER) TSAN_OPTIONS=ignore_noninstrumented_modules=1 LUNET_THREADS=4 \
           CK_TIMEOUT_MULTIPLIER=60 lua5.4 tests/run.lua --suites build-tsan
# Of tests/generic only what runs on several threads. The rest compares numbers, and whether a finite difference passes a
# ReLU's kink in one of thousands of outputs depends on how a compiler rounds.
tsan: deps-check
	@+$(SUBMAKE) BUILD=build-tsan CC=clang OPT=-O1 SAN="-fsanitize=thread -fno-omit-frame-pointer" suites
	@[ -n "$(ARCHER)" ] || { echo "clang's libarcher.so is missing: see libomp-dev"; exit 1; }
	@$(TSAN_RUN) $(filter-out generic,$(SUITES))
	@for case in threads interrupt; do CK_RUN_CASE=$$case $(TSAN_RUN) generic || exit 1; done

# Checksums are not looked at in these builds, or hardly an input would come past them; and there is one instruction set,
# as the kernels are not what is tested.
FUZZ_DEFINES := -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -DLN_BASELINE_ONLY
FUZZ_BUILD   := build-fuzz
REPLAY_BUILD := build-replay
FUZZ_SECONDS ?= 20
.PHONY: fuzz fuzz-targets
fuzz: deps-fuzz
	@+$(SUBMAKE) all
	@+$(SUBMAKE) BUILD=$(FUZZ_BUILD) CC=clang OPT=-O1 CFLAGS="$(FUZZ_DEFINES) -Wno-pass-failed" \
	  SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" fuzz-targets
	@+$(SUBMAKE) BUILD=$(REPLAY_BUILD) OPT=-O1 CFLAGS="$(FUZZ_DEFINES)" SAN=--coverage \
	  FUZZ_MAIN=replay FUZZ_LINK= fuzz-targets
	@find $(REPLAY_BUILD) -name '*.gcda' -delete
	@$(BUILD)/lunet tests/fuzz/seeds.lua $(FUZZ_BUILD)/fuzz
	@OMP_NUM_THREADS=1 ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=400 \
	  lua5.4 tests/fuzz/run.lua $(FUZZ_BUILD) $(REPLAY_BUILD) $(FUZZ_SECONDS)
fuzz-targets: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%.target)

check: deps-check
	@+$(SUBMAKE) -k check-gcc check-clang check-headers check-includes check-calls check-files check-lua \
	  check-cppcheck check-format check-install
	@echo "check: all good"

bench: deps
	@+$(SUBMAKE) $(BUILD)/bench
	$(BUILD)/bench $(BENCH_ARGS)
	@if python3 -c 'import torch' 2>/dev/null; then python3 tests/bench/peers.py $(PEERS_ARGS); \
	elif python3 -c 'import numpy' 2>/dev/null; then python3 tests/bench/peers.py --peers NumPy $(PEERS_ARGS); \
	else echo "(no python3 with torch or numpy here: not compared with others)"; fi

# From what the program says about itself: the manual, the man page, and types for lua-language-server.
REFERENCE := $(addprefix $(BUILD)/reference/lunet.,md 1 lua)
reference: $(REFERENCE)
$(REFERENCE) &: $(PROGRAM) scripts/commands/reference.lua
	@$(PROGRAM) reference $(BUILD)/reference

clean:
	rm -rf build build-*

help:
	@echo "make            build $(BUILD)/lunet, $(BUILD)/lunet.so and $(BUILD)/liblunet.a"
	@echo "make demo       install what is missing from Debian, build, train on real images (DEMO_ARGS=\"--epochs 2\")"
	@echo "make paper      the same, then every table and figure of the paper (PAPER_ARGS=\"--mmm DIR --dx DIR\", or --quick)"
	@echo "make test       build and run every test"
	@echo "make check      warnings as errors (gcc and clang), order and circles of files, luacheck, cppcheck"
	@echo "make sanitize   every test under the address and undefined behaviour sanitizers"
	@echo "make tsan       the C tests under the thread sanitizer (clang)"
	@echo "make fuzz       every reader of files and the Lua surface, FUZZ_SECONDS=$(FUZZ_SECONDS) each"
	@echo "make bench      speed, as a share of what the processor can do (BENCH_ARGS=\"--json --only step\")"
	@echo "make reference  the manual in Markdown, the man page and types for editors, into $(BUILD)/reference"
	@echo "make install    program, module, C library, headers and reference into PREFIX ($(PREFIX))"
	@echo "make deps       only install the Debian packages that the build needs"
	@echo "make clean      remove everything built"

# ---- Installing ----

LUA_VERSION := 5.4
BINDIR   := $(DESTDIR)$(PREFIX)/bin
CMODDIR  := $(DESTDIR)$(PREFIX)/lib/lua/$(LUA_VERSION)
SHAREDIR := $(DESTDIR)$(PREFIX)/share/lunet
LIBDIR   := $(DESTDIR)$(PREFIX)/lib
INCDIR   := $(DESTDIR)$(PREFIX)/include/lunet
VERSION  := $(shell sed -n 's/^.define LN_VERSION "\(.*\)"/\1/p' runtime/lunet.h)

# For programs in C: cc $(pkg-config --cflags lunet) program.c $(pkg-config --libs lunet)
define PKG_CONFIG
prefix=$(PREFIX)
Name: lunet
Description: Image denoising with convolutional autoencoders
Version: $(VERSION)
Cflags: -I$${prefix}/include/lunet
Libs: -L$${prefix}/lib -llunet -fopenmp $(LDLIBS_ALL)
endef
export PKG_CONFIG

.PHONY: install
install: $(PROGRAM) $(MODULE) $(BUILD)/liblunet.a $(REFERENCE)
	install -d $(BINDIR) $(CMODDIR) $(SHAREDIR) $(LIBDIR)/pkgconfig
	install -m 755 $(PROGRAM) $(BINDIR)
	install -m 644 $(MODULE) $(CMODDIR)
	install -m 644 $(BUILD)/liblunet.a $(LIBDIR)
	cd runtime && find . -name '*.h' -o -name '*.def' | while read -r file; do \
	  install -D -m 644 $$file $(INCDIR)/$$file; done
	echo "$$PKG_CONFIG" > $(LIBDIR)/pkgconfig/lunet.pc
	install -D -m 644 bindings/program/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/lunet
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	sed 's|PREFIX/|$(PREFIX)/|' $(BUILD)/reference/lunet.1 > $(DESTDIR)$(PREFIX)/share/man/man1/lunet.1
	install -D -m 644 $(BUILD)/reference/lunet.md $(DESTDIR)$(PREFIX)/share/doc/lunet/lunet.md
	install -D -m 644 $(BUILD)/reference/lunet.lua $(SHAREDIR)/luacats/lunet.lua
	for folder in $(wildcard scripts models); do \
	  find $$folder -type f -exec install -D -m 644 {} $(SHAREDIR)/{} \; ; done

# ---- Tests ----

.PHONY: suites run-tests
suites: $(SUITES:%=$(BUILD)/tests/%/suite)
run-tests: all suites
	@lua5.4 tests/run.lua $(BUILD) $(SUITES)

# ---- Checks ----

.PHONY: objects check-gcc check-clang check-headers check-includes check-calls check-files check-lua check-cppcheck \
        check-format check-install
objects: $(call object,$(ALL_SRC))
# Where the usual build has warnings as errors (CFLAGS=-Werror), it is gcc's check at once.
STRICT := $(filter -Werror,$(CFLAGS))
CHECKED_gcc := $(if $(STRICT),$(BUILD),build-check/gcc)
check-gcc:
	@+$(MAKE) --no-print-directory CC=$(if $(STRICT),$(CC),gcc) BUILD=$(CHECKED_gcc) CFLAGS=-Werror objects
check-clang:
	@+$(MAKE) --no-print-directory CC=clang BUILD=build-check/clang CFLAGS=-Werror objects

# Each on its own, but for those that need a target defined first.
HEADERS := $(filter-out runtime/kernels/target.h runtime/kernels/simd.h,\
             $(wildcard runtime/*.h runtime/*/*.h bindings/*/*.h bindings/*/*/*.h tests/*/*.h))
check-headers:
	@for header in $(HEADERS); do \
	  echo "#include \"$(CURDIR)/$$header\"" | $(CC) $(CFLAGS_ALL) -Werror -fsyntax-only -x c - || exit 1; done

check-includes:
	@lua5.4 tests/check/includes.lua

check-calls: check-gcc
	@lua5.4 tests/check/calls.lua $(CHECKED_gcc)

check-files:
	@lua5.4 tests/check/files.lua

check-lua:
	@luacheck -q $(wildcard bindings scripts models) tests

# What is installed is complete: its program starts elsewhere, and a C program builds against it.
INSTALLED := $(CURDIR)/$(BUILD)/installed
check-install:
	@rm -rf $(INSTALLED)
	@$(MAKE) --no-print-directory install PREFIX=$(INSTALLED) >/dev/null
	@cd / && $(INSTALLED)/bin/lunet -e 'assert(ln.nn.relu)' && $(INSTALLED)/bin/lunet info >/dev/null
	@mandoc -Tlint -W warning $(INSTALLED)/share/man/man1/lunet.1
	@grep -q '$(INSTALLED)/share/lunet' $(INSTALLED)/share/man/man1/lunet.1
	@test -s $(INSTALLED)/share/lunet/luacats/lunet.lua -a -s $(INSTALLED)/share/doc/lunet/lunet.md
	@export PKG_CONFIG_PATH=$(INSTALLED)/lib/pkgconfig; \
	$(CC) $$(pkg-config --cflags lunet) tests/check/installed.c $$(pkg-config --libs lunet) -o $(INSTALLED)/program
	@$(INSTALLED)/program

# Told, not refused: what was laid out by hand stays. FILE=path shows the differences in one file.
FILE ?=
check-format:
	@if ! command -v clang-format >/dev/null; then echo "(no clang-format here: style not looked at)"; \
	elif [ -n "$(FILE)" ]; then clang-format $(FILE) | diff -u $(FILE) -; true; \
	else for file in $(ALL_SRC) $(wildcard runtime/*/*.h); do \
	  clang-format $$file | diff $$file - | grep -c '^<'; done | \
	  awk '{ lines += $$1; files += $$1 > 0 } END { printf "clang-format: %d lines in %d files differ\n", lines, files }'; fi

check-cppcheck:
	@cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppressions-list=tests/check/cppcheck.txt -Iruntime -I. runtime bindings tests/support

# ---- Debian packages ----

DEPS       := gcc make pkg-config liblua5.4-dev lua5.4 libstb-dev libopenblas-serial-dev libfftw3-dev libnifti-dev \
              libjansson-dev libreadline-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev libzip-dev \
              gnuplot-nox mricron-data libchafa0
DEPS_PAPER := mate-backgrounds # photographs
DEPS_TEST  := check tmux
DEPS_CHECK := lua-check cppcheck clang libomp-dev mandoc
DEPS_FUZZ  := clang libclang-rt-dev libomp-dev

# Install what is missing of $(1). Without apt: name it and carry on.
define install_packages
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then \
  echo "No apt on this system. Needed are, by their names in Debian: $(1)"; exit 0; fi; \
missing=; for package in $(1); do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
[ -n "$$missing" ] || exit 0; \
[ "$$(id -u)" = 0 ] || sudo=sudo; \
echo "Installing from Debian:$$missing"; \
$$sudo apt-get -qq update && \
$$sudo env DEBIAN_FRONTEND=noninteractive \
  apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install $$missing >/dev/null
endef

.PHONY: deps deps-paper deps-test deps-check deps-fuzz
deps:
	@$(call install_packages,$(DEPS))
deps-paper: deps
	@$(call install_packages,$(DEPS_PAPER)) || echo "Without photographs: two studies leave out what needs them."
deps-test: deps
	@$(call install_packages,$(DEPS_TEST))
deps-fuzz: deps
	@$(call install_packages,$(DEPS_FUZZ))
deps-check: deps-test
	@$(call install_packages,$(DEPS_CHECK))
