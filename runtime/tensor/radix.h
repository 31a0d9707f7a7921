/* Numbers in order by their bits.
 *
 * A float becomes a key, a whole number that is in order where the floats are: equal floats, so 0 and -0, have equal
 * keys, and NaN has the greatest. Sorting distributes keys by some bits after the other (radix sort); selecting looks
 * only at the bucket that holds what is asked for.
 * Source: Knuth, The Art of Computer Programming 3, 2nd ed., 5.2.5 and 5.3.3. */
#ifndef LUNET_TENSOR_RADIX_H
#define LUNET_TENSOR_RADIX_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

#define LN_KEY_NAN UINT32_MAX

/* Descending: the greatest number has the least key; NaN has the greatest nevertheless. No branches: compilers make
 * vectors of these. */
static inline uint32_t ln_key_of(float x, bool descending) {
  uint32_t bits, nan = -(uint32_t)(x != x);
  x += 0.0f; /* -0 becomes 0 */
  memcpy(&bits, &x, sizeof bits);
  bits ^= -(bits >> 31) | UINT32_C(1) << 31;
  return (bits ^ -(uint32_t)descending) | nan;
}

static inline float ln_key_value(uint32_t key, bool descending) {
  float x;
  uint32_t nan = -(uint32_t)(key == LN_KEY_NAN);
  key ^= -(uint32_t)descending;
  key ^= ~-(key >> 31) | UINT32_C(1) << 31;
  key |= nan; /* all bits: one of the kinds of NaN */
  memcpy(&x, &key, sizeof x);
  return x;
}

/* n of them to be sorted by key, the upper half of an item. The lower halves count from 0, so that equal keys stay in
 * the order they had. */
typedef struct LnItems {
  uint64_t *item, *room;
  uint32_t *counts;
  int64_t n;
} LnItems;
/* n items, not filled yet, in memory of ln_items_memory(n) 64-bit words that begins with a cache line. */
int64_t ln_items_memory(int64_t n);
LnItems ln_items_in(uint64_t *memory, int64_t n);
/* item[i] = (key of x[i * stride], i). */
void ln_items_fill(LnItems *items, const float *x, int64_t stride, bool descending);
/* Puts items, of which there are few enough for the cache, in order. item is another place of the memory then. */
void ln_items_sort(LnItems *items);
/* Both, for any number, many of them on all threads. item may be another place then. An interrupt stops it, and
 * nothing is in order. */
void ln_items_order(LnItems *items, const float *x, int64_t stride, bool descending);

/* The keys that are `rank`-th, from 0, and next in order (the last: itself) among n > 0. room: n. */
void ln_keys_select(uint32_t out[2], const uint32_t *keys, uint32_t *room, int64_t n, int64_t rank);

#endif
