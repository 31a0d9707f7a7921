/* Choosing the instruction set at run time: see kernels.h. */
#include "kernels/kernels.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

extern const LnKernels ln_kernels_baseline;
/* LN_BASELINE_ONLY: for builds that run on no other, which the others would only make slow. */
#if defined(__x86_64__) && !defined(LN_BASELINE_ONLY)
extern const LnKernels ln_kernels_avx2, ln_kernels_avx512;
#endif

enum { MOST_TARGETS = 3 };

static const LnKernels *_Atomic chosen; /* maybe by a task, while others ask */

static int supported(const LnKernels *list[MOST_TARGETS]) {
  int n = 0;
  list[n++] = &ln_kernels_baseline;
#if defined(__x86_64__) && !defined(LN_BASELINE_ONLY)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    list[n++] = &ln_kernels_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
      list[n++] = &ln_kernels_avx512;
  }
#endif
  return n;
}

const char *const *ln_kernels_available(void) {
  static const char *names[MOST_TARGETS + 1];
  const LnKernels *list[MOST_TARGETS];
  int n = supported(list);
  for (int i = 0; i < n; i++) names[i] = list[i]->name;
  return names;
}

LnStatus ln_kernels_select(const char *isa, LnError *err) {
  const LnKernels *list[MOST_TARGETS];
  int n = supported(list);
  if (isa == NULL || isa[0] == '\0') {
    chosen = list[n - 1];
    return LN_OK;
  }
  char names[80] = "";
  for (int i = 0; i < n; i++) {
    if (strcmp(isa, list[i]->name) == 0) {
      chosen = list[i];
      return LN_OK;
    }
    strcat(strcat(names, i > 0 ? ", " : ""), list[i]->name);
  }
  return ln_fail(err, LN_EARG, "instruction set '%.40s' is not available here; there is %s", isa, names);
}

const LnKernels *ln_kernels(void) {
  const LnKernels *kernels = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (kernels != NULL) return kernels;
  if (ln_kernels_select(getenv("LUNET_ISA"), NULL) != LN_OK) ln_kernels_select(NULL, NULL);
  return chosen;
}

const char *ln_kernels_name(const LnKernels *kernels) {
  return kernels->name;
}
