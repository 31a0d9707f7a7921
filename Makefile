# lunet: `make demo` and `make test` do everything on a fresh Debian 12; `make help` lists the rest.
BUILD   ?= build
CC      ?= gcc
OPT     ?= -O3
SAN     ?=
WARN    := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wconversion -Wno-sign-conversion
PACKAGES := lua5.4 jansson
CFLAGS_ALL := -std=gnu11 $(OPT) -g -fPIC -fopenmp -ffp-contract=fast -fno-math-errno -fno-trapping-math $(WARN) $(SAN) $(CFLAGS) \
              -Iruntime $(shell pkg-config --cflags $(PACKAGES))
LDLIBS_ALL := $(shell pkg-config --libs jansson) -lopenblas -lniftiio -lznz -lz -lm
LUA_LIBS   := $(shell pkg-config --libs lua5.4) -lreadline

RUNTIME_SRC  := $(wildcard runtime/*.c runtime/*/*.c)
BINDINGS_SRC := $(filter-out bindings/main.c,$(wildcard bindings/*.c))
TEST_SRC     := $(wildcard tests/*.c tests/*/*.c)
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

-include $(patsubst %.o,%.d,$(call object,$(RUNTIME_SRC) $(BINDINGS_SRC) bindings/main.c $(TEST_SRC)))
