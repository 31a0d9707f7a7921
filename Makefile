# lunet: `make demo` and `make test` do everything on a fresh Debian 12; `make help` lists the rest.
BUILD   ?= build
OPT     ?= -O3
SAN     ?=
WARN    := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla
PACKAGES := lua5.4 jansson
CFLAGS_ALL := -std=gnu11 $(OPT) -g -fPIC -fopenmp -ffp-contract=fast -fno-math-errno -fno-trapping-math $(WARN) $(SAN) $(CFLAGS) \
              -Iruntime -Itests -isystem /usr/include/nifti $(shell pkg-config --cflags $(PACKAGES))
LDLIBS_ALL := $(shell pkg-config --libs jansson) -lopenblas -lniftiio -lznz -lz -lm
LUA_LIBS   := $(shell pkg-config --libs lua5.4) -lreadline

RUNTIME_SRC  := $(wildcard runtime/*.c runtime/*/*.c)
BINDINGS_SRC := $(wildcard bindings/*.c)
SUITES       := $(patsubst tests/%/suite.c,%,$(wildcard tests/*/suite.c))
TEST_SRC     := $(wildcard tests/support/*.c) $(foreach s,$(SUITES),$(wildcard tests/$(s)/*.c))
object = $(patsubst %.c,$(BUILD)/%.o,$(1))

.PHONY: all
all: $(BUILD)/liblunet.a

$(BUILD)/liblunet.a: $(call object,$(RUNTIME_SRC))
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS_ALL) $(CFLAGS_$(notdir $*)) -MMD -MP -c -o $@ $<

CFLAGS_target_avx2   := -mavx2 -mfma -mf16c
CFLAGS_target_avx512 := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512

# One test program per folder of tests/ that has a suite.c: build/tests/<folder>/suite
.SECONDEXPANSION:
$(BUILD)/tests/%/suite: $$(call object,$$(wildcard tests/$$*/*.c tests/support/*.c)) $(BUILD)/liblunet.a
	@echo "  LINK  $@"
	@$(CC) -fopenmp $(SAN) -o $@ $^ $(shell pkg-config --libs check) $(LDLIBS_ALL)

.PHONY: suites
suites: $(SUITES:%=$(BUILD)/tests/%/suite)
	@for suite in $^; do $$suite || exit 1; done

-include $(patsubst %.o,%.d,$(call object,$(RUNTIME_SRC) $(BINDINGS_SRC) $(TEST_SRC)))
