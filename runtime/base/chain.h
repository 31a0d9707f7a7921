/* Chains: an item that stands for several of its kind, one after another, as ln.noise.chain{ a, b }. */
#ifndef LUNET_BASE_CHAIN_H
#define LUNET_BASE_CHAIN_H

#include "base/type.h"

enum { LN_CHAIN_MOST = 64 };

/* Messages name the kind. Chains among the n items give their own links; no chain holds a chain. type: the kind's chain
 * type. */
LnStatus ln_chain_new(LnItem **out, const LnType *type, LnItem *const *items, int n, LnError *err);

bool ln_is_chain(const LnItem *item);
/* The links of a chain, borrowed; any other item is its own single link. */
int ln_chain_count(LnItem *item);
LnItem *ln_chain_link(LnItem *item, int index);

/* The head of a chain type, for a descriptor that is in no list. */
#define LN_CHAIN_TYPE(kind_, doc_)                                                                           \
  {.kind = kind_, .name = "chain", .doc = doc_, .size = sizeof(LnChain), .check = ln_chain_check,             \
   .release = ln_chain_release}

typedef struct LnChain {
  int n;
  LnItem **links; /* a reference of each */
} LnChain;
LnStatus ln_chain_check(const void *options, LnError *err);
void ln_chain_release(void *options);

#endif
