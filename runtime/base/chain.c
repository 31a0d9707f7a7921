/* Chains of items: see chain.h. */
#include "base/chain.h"

#include <string.h>

#include "base/memory.h"

bool ln_is_chain(const LnItem *item) {
  return ln_item_type(item)->release == ln_chain_release;
}

int ln_chain_count(LnItem *item) {
  return ln_is_chain(item) ? ((LnChain *)ln_item_options(item))->n : 1;
}

LnItem *ln_chain_link(LnItem *item, int index) {
  return ln_is_chain(item) ? ((LnChain *)ln_item_options(item))->links[index] : item;
}

void ln_chain_release(void *options) {
  LnChain *chain = options;
  for (int i = 0; i < chain->n; i++) ln_item_unref(chain->links[i]);
  ln_free(chain->links);
}

/* What is made by its type alone, or copied, has no links. */
LnStatus ln_chain_check(const void *options, LnError *err) {
  if (((const LnChain *)options)->n > 0) return LN_OK;
  return ln_fail(err, LN_EARG, "chain: a chain is made of a list of items, as in chain{ a, b }");
}

static LnStatus count_links(int *count, const LnType *type, LnItem *const *items, int n, LnError *err) {
  *count = 0;
  for (int i = 0; i < n; i++) {
    const LnType *link = ln_item_type(items[i]);
    if (strcmp(link->kind, type->kind) != 0)
      return ln_fail(err, LN_EARG, "%s.chain: entry %d is of the kind %s: %s", type->kind, i + 1, link->kind,
                     ln_item_name(items[i]));
    *count += ln_chain_count(items[i]);
  }
  if (*count >= 1 && *count <= LN_CHAIN_MOST) return LN_OK;
  return ln_fail(err, LN_EARG, "%s.chain: a chain has 1 to %d links, got %d", type->kind, LN_CHAIN_MOST, *count);
}

LnStatus ln_chain_new(LnItem **out, const LnType *type, LnItem *const *items, int n, LnError *err) {
  int count;
  LnItem *item = NULL;
  LN_TRY(count_links(&count, type, items, n, err));
  LN_TRY(ln_item_new(&item, type, err));
  LnChain *chain = ln_item_options(item);
  chain->links = ln_calloc((size_t)count, sizeof *chain->links);
  if (chain->links == NULL) {
    ln_item_unref(item);
    return ln_fail_memory(err, "chain", (size_t)count * sizeof *chain->links);
  }
  for (int i = 0; i < n; i++)
    for (int k = 0; k < ln_chain_count(items[i]); k++)
      chain->links[chain->n++] = ln_item_ref(ln_chain_link(items[i], k));
  *out = item;
  return LN_OK;
}
