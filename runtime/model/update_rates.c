/* Rates by layer, and what the options of an update own: see update.h. */
#include <string.h>

#include "base/memory.h"
#include "model/update_parts.h"

/* One piece of memory: pointers to the patterns, factors, texts. */
LnStatus ln_update_copy_rates(LnUpdateOptions *to, const LnUpdateOptions *from, LnError *err) {
  size_t n = (size_t)from->n_rates, size = n * (sizeof(char *) + sizeof(double));
  for (size_t i = 0; i < n; i++) size += strlen(from->rate_patterns[i]) + 1;
  char *memory = ln_alloc(size + 1);
  if (memory == NULL) return ln_fail_memory(err, "trainer", size);
  const char **patterns = (const char **)(void *)memory;
  double *factors = (double *)(void *)(patterns + n);
  char *text = (char *)(factors + n);
  for (size_t i = 0; i < n; i++) {
    size_t length = strlen(from->rate_patterns[i]) + 1;
    factors[i] = from->rate_factors[i];
    patterns[i] = memcpy(text, from->rate_patterns[i], length);
    text += length;
  }
  to->n_rates = from->n_rates, to->rate_patterns = patterns, to->rate_factors = factors;
  return LN_OK;
}

LnStatus ln_update_find_rates(LnUpdate *u, LnError *err) {
  const LnUpdateOptions *o = &u->options;
  if (o->n_rates == 0) return LN_OK;
  for (int k = 0; k < o->n_rates; k++)
    LN_TRY(ln_network_check_pattern(u->net, "trainer: option 'rates'", o->rate_patterns[k], err));
  u->range_rates = ln_alloc((size_t)u->n_ranges * sizeof *u->range_rates);
  if (u->range_rates == NULL) return ln_fail_memory(err, "trainer", (size_t)u->n_ranges * sizeof *u->range_rates);
  for (int i = 0; i < u->n_ranges; i++) {
    u->range_rates[i] = 1;
    for (int k = 0; k < o->n_rates; k++)
      if (ln_network_tensor_matches(u->net, u->ranges[i].tensor, o->rate_patterns[k]))
        u->range_rates[i] *= o->rate_factors[k];
  }
  return LN_OK;
}

void ln_update_drop_options(LnUpdate *u) {
  ln_item_unref(u->options.schedule);
  ln_free((void *)(uintptr_t)u->options.rate_patterns);
  u->options = (LnUpdateOptions){0};
}
