/* Sorting and selecting by bits: see radix.h. */
#include "tensor/radix.h"

#include <float.h>
#include <stddef.h>

#include "base/interrupt.h"
#include "base/parallel.h"

enum {
  WIDE_BITS = 10, NARROW_BITS = 8, /* of a pass: where items go apart in memory, and in the first-level cache */
  WIDE = 1 << WIDE_BITS,
  FEW_ITEMS = 48,                  /* inserted one by one */
  CACHED_ITEMS = 1 << 15,          /* items that fit a second-level cache twice */
  CHUNK = 1 << 17,                 /* items: about a millisecond a pass */
};

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t chunks_of(int64_t n) {
  return n <= CHUNK ? 1 : (n + CHUNK - 1) / CHUNK;
}

int64_t ln_items_counts(int64_t n) {
  return (n <= CACHED_ITEMS ? 1 : chunks_of(n) + ln_threads()) * WIDE;
}

/* ---- Sorting ----
 *
 * What fits the cache is distributed from the lowest bits to the highest, which keeps the order of equal ones. What does
 * not is first parted, once, into buckets that do: equal parts of the numbers' range, or, where that is not finite, the
 * highest bits in which keys differ. */

typedef struct Fill {
  uint64_t *item;
  const float *x;
  int64_t n, stride;
  bool descending;
} Fill;

static void fill_chunk(void *context, int64_t chunk, int worker) {
  const Fill *fill = context;
  (void)worker;
  for (int64_t i = chunk * CHUNK, last = least(i + CHUNK, fill->n); i < last; i++)
    fill->item[i] = (uint64_t)ln_key_of(fill->x[i * fill->stride], fill->descending) << 32 | (uint64_t)i;
}

void ln_items_fill(LnItems *items, const float *x, int64_t stride, bool descending) {
  Fill fill = {items->item, x, items->n, stride, descending};
  ln_parallel_stoppable(chunks_of(items->n), fill_chunk, &fill, NULL);
}

static void insert_all(uint64_t *item, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    uint64_t one = item[i];
    int64_t k = i;
    for (; k > 0 && item[k - 1] > one; k--) item[k] = item[k - 1];
    item[k] = one;
  }
}

/* The number of the highest bit in which keys differ, plus one; 32 if they are all equal. */
static int top_of(const uint64_t *item, int64_t n) {
  uint64_t differ = 0;
  for (int64_t i = 1; i < n; i++) differ |= item[i] ^ item[0];
  return differ >> 32 == 0 ? 32 : 64 - __builtin_clzll(differ);
}

static void distribute(uint64_t *to, const uint64_t *from, uint32_t *counts, int64_t n, int shift) {
  const uint32_t mask = (UINT32_C(1) << NARROW_BITS) - 1;
  uint32_t place = 0;
  memset(counts, 0, sizeof *counts << NARROW_BITS);
  for (int64_t i = 0; i < n; i++) counts[from[i] >> shift & mask]++;
  for (uint32_t b = 0; b <= mask; b++) {
    uint32_t count = counts[b];
    counts[b] = place;
    place += count;
  }
  for (int64_t i = 0; i < n; i++) to[counts[from[i] >> shift & mask]++] = from[i];
}

/* Returns where they are then: item or room. */
static uint64_t *sort_cached(uint64_t *item, uint64_t *room, uint32_t *counts, int64_t n) {
  if (n <= FEW_ITEMS) {
    insert_all(item, n);
    return item;
  }
  int top = top_of(item, n);
  for (int shift = 32; shift < top; shift += NARROW_BITS) {
    distribute(room, item, counts, n, shift);
    uint64_t *moved = room;
    room = item;
    item = moved;
  }
  return item;
}

/* The first pass over many items: those of a chunk go behind those of the chunks before it. */
typedef struct Pass {
  const LnItems *items;
  int64_t chunks;
  float least, scale; /* of the numbers; buckets in a unit, 0: buckets are bits above `shift` */
  int shift;
} Pass;

static uint32_t bucket_of_item(const Pass *pass, uint64_t item) {
  if (pass->scale == 0) return item >> pass->shift & (WIDE - 1);
  float at = (ln_key_value((uint32_t)(item >> 32), false) - pass->least) * pass->scale; /* rounding keeps the order */
  return at < WIDE - 1 ? (uint32_t)(int32_t)at : WIDE - 1; /* NaN: the last */
}

static void count_chunk(void *context, int64_t chunk, int worker) {
  const Pass pass = *(const Pass *)context;
  const uint64_t *item = pass.items->item;
  uint32_t *counts = pass.items->counts + chunk * WIDE;
  (void)worker;
  memset(counts, 0, WIDE * sizeof *counts);
  for (int64_t i = chunk * CHUNK, last = least(i + CHUNK, pass.items->n); i < last; i++)
    counts[bucket_of_item(&pass, item[i])]++;
}

static void move_chunk(void *context, int64_t chunk, int worker) {
  const Pass pass = *(const Pass *)context;
  const uint64_t *item = pass.items->item;
  uint64_t *room = pass.items->room;
  uint32_t *places = pass.items->counts + chunk * WIDE;
  (void)worker;
  for (int64_t i = chunk * CHUNK, last = least(i + CHUNK, pass.items->n); i < last; i++)
    room[places[bucket_of_item(&pass, item[i])]++] = item[i];
}

static Pass first_pass(const LnItems *items) {
  Pass pass = {.items = items, .chunks = chunks_of(items->n)};
  uint32_t low = UINT32_MAX, high = 0;
  uint64_t differ = 0;
  for (int64_t i = 0; i < items->n; i++) {
    uint32_t key = (uint32_t)(items->item[i] >> 32);
    differ |= items->item[i] ^ items->item[0];
    low = key < low ? key : low;
    high = key != LN_KEY_NAN && key > high ? key : high;
  }
  int top = 64 - __builtin_clzll(differ | UINT64_C(1) << 32);
  pass.shift = top - WIDE_BITS > 32 ? top - WIDE_BITS : 32;
  pass.least = ln_key_value(low, false);
  float scale = WIDE / (ln_key_value(high, false) - pass.least);
  if (scale > 0 && scale <= FLT_MAX) pass.scale = scale;
  return pass;
}

static void find_places(const Pass *pass) {
  uint32_t place = 0;
  for (int64_t bucket = 0; bucket < WIDE; bucket++)
    for (int64_t c = 0; c < pass->chunks; c++) {
      uint32_t *counts = pass->items->counts + c * WIDE, count = counts[bucket];
      counts[bucket] = place;
      place += count;
    }
}

/* From room, where the buckets are, back to item. */
static void sort_bucket(void *context, int64_t bucket, int worker) {
  const Pass *pass = context;
  const uint32_t *ends = pass->items->counts + (pass->chunks - 1) * WIDE;
  int64_t first = bucket > 0 ? ends[bucket - 1] : 0, n = ends[bucket] - first;
  uint64_t *item = pass->items->item + first;
  uint64_t *sorted = sort_cached(pass->items->room + first, item, pass->items->counts + (pass->chunks + worker) * WIDE, n);
  if (sorted != item) memcpy(item, sorted, (size_t)n * sizeof *item);
}

void ln_items_sort(LnItems *items) {
  if (items->n <= CACHED_ITEMS) {
    uint64_t *sorted = sort_cached(items->item, items->room, items->counts, items->n);
    if (sorted != items->item) items->room = items->item, items->item = sorted;
    return;
  }
  Pass pass = first_pass(items);
  if (ln_parallel_stoppable(pass.chunks, count_chunk, &pass, NULL) != LN_OK) return;
  find_places(&pass);
  if (ln_parallel_stoppable(pass.chunks, move_chunk, &pass, NULL) != LN_OK) return;
  ln_parallel_stoppable(WIDE, sort_bucket, &pass, NULL);
}

/* ---- Selecting ---- */

static void insert_keys(uint32_t *key, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    uint32_t one = key[i];
    int64_t k = i;
    for (; k > 0 && key[k - 1] > one; k--) key[k] = key[k - 1];
    key[k] = one;
  }
}

static uint32_t bucket_of(uint32_t key, int shift) {
  return key >> shift & (WIDE - 1);
}

/* False after an interrupt. */
static bool count_keys(uint32_t counts[WIDE], const uint32_t *keys, int64_t n, int shift) {
  memset(counts, 0, WIDE * sizeof *counts);
  for (int64_t i = 0; i < n; i += CHUNK) {
    if (ln_interrupted()) return false;
    for (int64_t k = i, last = least(i + CHUNK, n); k < last; k++) counts[bucket_of(keys[k], shift)]++;
  }
  return true;
}

/* Those of one bucket to `out`, which may be where they come from. */
static int64_t take_bucket(uint32_t *out, const uint32_t *keys, int64_t n, int shift, uint32_t bucket) {
  int64_t m = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t key = keys[i];
    out[m] = key;
    m += bucket_of(key, shift) == bucket;
  }
  return m;
}

static uint32_t least_of_bucket(const uint32_t *keys, int64_t n, int shift, uint32_t bucket) {
  uint32_t found = UINT32_MAX;
  for (int64_t i = 0; i < n; i++)
    if (bucket_of(keys[i], shift) == bucket && keys[i] < found) found = keys[i];
  return found;
}

void ln_keys_select(uint32_t out[2], const uint32_t *keys, uint32_t *room, int64_t n, int64_t rank) {
  uint32_t counts[WIDE], next = UINT32_MAX;
  bool next_known = rank == n - 1, last = next_known;
  for (int shift = 32 - WIDE_BITS; n > FEW_ITEMS; shift -= WIDE_BITS) {
    int at = shift > 0 ? shift : 0; /* the last bits: some of them once more, which all have in common */
    uint32_t bucket = 0;
    out[0] = out[1] = 0;
    if (!count_keys(counts, keys, n, at)) return;
    while (rank >= (int64_t)counts[bucket]) rank -= counts[bucket++];
    if (!next_known && rank == (int64_t)counts[bucket] - 1) {
      uint32_t after = bucket + 1;
      while (counts[after] == 0) after++;
      next = least_of_bucket(keys, n, at, after);
      next_known = true;
    }
    n = take_bucket(room, keys, n, at, bucket);
    keys = room;
    if (at == 0) {
      n = 1, rank = 0; /* all that are left are equal */
      if (!next_known) next = room[0], next_known = true;
    }
  }
  if (keys != room) memcpy(room, keys, (size_t)n * sizeof *room);
  insert_keys(room, n);
  out[0] = room[rank];
  out[1] = last ? out[0] : next_known ? next : room[rank + 1];
}
