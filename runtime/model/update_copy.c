/* What the options of an update own: see update.h. */
#include <string.h>

#include "base/memory.h"
#include "model/update_parts.h"

void ln_update_drop_options(LnUpdate *u) {
  ln_item_unref(u->options.schedule);
  ln_free((void *)(uintptr_t)u->options.rate_patterns);
  ln_free((void *)(uintptr_t)u->options.rate_factors);
  ln_free((void *)(uintptr_t)u->options.penalty_patterns);
  ln_free((void *)(uintptr_t)u->options.penalties);
  u->options = (LnUpdateOptions){0};
}

/* One piece of memory: pointers to the patterns, texts. */
static LnStatus copy_patterns(const char *const **out, const char *const *from, int n, LnError *err) {
  size_t size = (size_t)n * sizeof(char *);
  for (int i = 0; i < n; i++) size += strlen(from[i]) + 1;
  char *memory = ln_alloc(size + 1);
  if (memory == NULL) return ln_fail_memory(err, "trainer", size);
  const char **patterns = (const char **)(void *)memory;
  char *text = (char *)(patterns + n);
  for (int i = 0; i < n; i++) {
    size_t length = strlen(from[i]) + 1;
    patterns[i] = memcpy(text, from[i], length);
    text += length;
  }
  *out = patterns;
  return LN_OK;
}

static LnStatus copy_numbers(void *out, const void *from, size_t size, LnError *err) {
  void *memory = ln_alloc(size + 1);
  if (memory == NULL) return ln_fail_memory(err, "trainer", size);
  if (size > 0) memcpy(memory, from, size);
  memcpy(out, &memory, sizeof memory);
  return LN_OK;
}

LnStatus ln_update_copy_options(LnUpdate *u, const LnUpdateOptions *from, LnError *err) {
  LnUpdateOptions *own = &u->options;
  *own = *from;
  own->rate_patterns = own->penalty_patterns = NULL, own->rate_factors = NULL, own->penalties = NULL;
  if (own->schedule != NULL) ln_item_ref(own->schedule);
  LN_TRY(copy_patterns(&own->rate_patterns, from->rate_patterns, from->n_rates, err));
  LN_TRY(copy_numbers(&own->rate_factors, from->rate_factors, (size_t)from->n_rates * sizeof(double), err));
  LN_TRY(copy_patterns(&own->penalty_patterns, from->penalty_patterns, from->n_penalties, err));
  return copy_numbers(&own->penalties, from->penalties, (size_t)from->n_penalties * sizeof(LnPenalty), err);
}
