/* Rates by layer: see update.h. */
#include "base/memory.h"
#include "model/update_parts.h"

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
