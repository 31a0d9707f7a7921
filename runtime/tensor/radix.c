/* Sorting and selecting by bits: see radix.h. */
#include "tensor/radix.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "base/interrupt.h"
#include "base/parallel.h"
#include "kernels/kernels.h"

enum {
  WIDE_BITS = 11,
  NARROW_BITS = 8, /* at most, of a pass: where items go apart in memory, and in the first-level cache */
  WIDE = 1 << WIDE_BITS,
  FEW_ITEMS = 48,         /* inserted one by one */
  CACHED_ITEMS = 1 << 15, /* items that fit a second-level cache twice */
  BUCKET_BITS = 11,       /* items of an average bucket, at least: their ranks fit a first-level cache */
  RANKS = 1 << 16,        /* CACHED_ITEMS is no more */
  MOVES = 4,              /* of an item that ranks did not put in order, on average: then bits do it */
  CHUNK = 1 << 17,        /* items: about a millisecond a pass */
  BLOCK = 256,            /* items whose buckets are found together */
  LINE = LN_STREAM_LINE / sizeof(uint64_t), /* items that go to memory together */
};

static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t chunks_of(int64_t n) {
  return n <= CHUNK ? 1 : (n + CHUNK - 1) / CHUNK;
}

static int64_t counts_of(int64_t n) {
  return (n <= CACHED_ITEMS ? 1 : chunks_of(n) + ln_threads()) * WIDE;
}

/* A row of items, room for one more (two, where there are few), counts; whole cache lines. */
int64_t ln_items_memory(int64_t n) {
  int64_t words = (n <= CACHED_ITEMS ? 3 : 2) * n + counts_of(n) / 2;
  return (words + LINE - 1) / LINE * LINE;
}

LnItems ln_items_in(uint64_t *memory, int64_t n) {
  int64_t rows = n <= CACHED_ITEMS ? 3 : 2;
  return (LnItems){memory, memory + n, (uint32_t *)(void *)(memory + rows * n), n};
}

/* ---- Sorting ----
 *
 * What fits the cache is distributed from the lowest bits to the highest, which keeps the order of equal ones: those of
 * a number's place in the range of all (its rank), after which few are out of order, or, where there is no such range
 * or many lie close together, those of the keys. What does not fit is first parted, once, into buckets that do: equal
 * parts of the numbers' range, or, where that is not finite, the highest bits of keys. */

/* item[i] = (key of x[i * stride], first + i). */
static void fill(uint64_t *restrict item, const float *restrict x, int64_t stride, int64_t n, int64_t first,
                 bool descending) {
  if (stride == 1)
    for (int64_t i = 0; i < n; i++) item[i] = (uint64_t)ln_key_of(x[i], descending) << 32 | (uint64_t)(first + i);
  else
    for (int64_t i = 0; i < n; i++)
      item[i] = (uint64_t)ln_key_of(x[i * stride], descending) << 32 | (uint64_t)(first + i);
}

void ln_items_fill(LnItems *items, const float *x, int64_t stride, bool descending) {
  fill(items->item, x, stride, items->n, 0, descending);
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

static void sum_counts(uint32_t *counts, int bits) {
  uint32_t place = 0;
  for (uint32_t b = 0; b < UINT32_C(1) << bits; b++) {
    uint32_t count = counts[b];
    counts[b] = place;
    place += count;
  }
}

static void distribute(uint64_t *to, const uint64_t *from, uint32_t *counts, int64_t n, int shift, int bits) {
  const uint32_t mask = (UINT32_C(1) << bits) - 1;
  memset(counts, 0, sizeof *counts << bits);
  for (int64_t i = 0; i < n; i++) counts[from[i] >> shift & mask]++;
  sum_counts(counts, bits);
  for (int64_t i = 0; i < n; i++) to[counts[from[i] >> shift & mask]++] = from[i];
}

/* Returns where they are then: item or room. */
static uint64_t *sort_by_bits(uint64_t *item, uint64_t *room, uint32_t *counts, int64_t n) {
  int top = top_of(item, n), passes = (top - 32 + NARROW_BITS - 1) / NARROW_BITS;
  int bits = passes > 0 ? (top - 32 + passes - 1) / passes : 0;
  for (int k = 0; k < passes; k++) {
    distribute(room, item, counts, n, 32 + k * bits, bits);
    uint64_t *moved = room;
    room = item;
    item = moved;
  }
  return item;
}

/* rank[i]: that of item i, 0 .. RANKS-1, and i below it. Rounding keeps the order, so ranks never contradict keys. False
 * where the range of numbers is no use, or one is NaN. room: n. */
static bool find_ranks(uint32_t *rank, float *room, const uint64_t *item, int64_t n) {
  for (int64_t i = 0; i < n; i++) room[i] = ln_key_value((uint32_t)(item[i] >> 32), false);
  float low = ln_kernels()->extreme_row(LN_LEAST, room, n), high = ln_kernels()->extreme_row(LN_GREATEST, room, n);
  const float scale = (RANKS - 1) / (high - low), last = RANKS - 1;
  if (!(scale > 0 && scale <= FLT_MAX)) return false;
  for (int64_t i = 0; i < n; i++) {
    float at = (room[i] - low) * scale;
    rank[i] = (uint32_t)(int32_t)(at < last ? at : last) << 16 | (uint32_t)i;
  }
  return true;
}

/* Ranks in order, in two passes. room: n. */
static void sort_ranks(uint32_t *rank, uint32_t *room, uint32_t *counts, int64_t n) {
  uint32_t *low = counts, *high = counts + 256;
  memset(counts, 0, 512 * sizeof *counts);
  for (int64_t i = 0; i < n; i++) {
    low[rank[i] >> 16 & 255]++;
    high[rank[i] >> 24]++;
  }
  sum_counts(low, 8), sum_counts(high, 8);
  for (int64_t i = 0; i < n; i++) room[low[rank[i] >> 16 & 255]++] = rank[i];
  for (int64_t i = 0; i < n; i++) rank[high[room[i] >> 24]++] = room[i];
}

/* The items in the order of their ranks, and those of one rank inserted. False where that is too much work. */
static bool take_by_rank(uint64_t *out, const uint64_t *item, const uint32_t *rank, int64_t n) {
  int64_t moves = 0;
  uint64_t last = 0;
  for (int64_t i = 0; i < n; i++) {
    uint64_t one = item[rank[i] & (RANKS - 1)];
    if (one >= last) {
      out[i] = last = one;
      continue;
    }
    int64_t k = i;
    for (; k > 0 && out[k - 1] > one; k--) out[k] = out[k - 1];
    out[k] = one;
    if ((moves += i - k) > MOVES * n) return false;
  }
  return true;
}

/* Returns where they are then: in item or in room, which has 2n. */
static uint64_t *sort_cached(uint64_t *item, uint64_t *room, uint32_t *counts, int64_t n) {
  if (n <= FEW_ITEMS) {
    insert_all(item, n);
    return item;
  }
  uint32_t *rank = (uint32_t *)(void *)room;
  if (find_ranks(rank, (float *)(void *)(rank + n), item, n)) {
    sort_ranks(rank, rank + n, counts, n);
    if (take_by_rank(room + n, item, rank, n)) return room + n;
  }
  return sort_by_bits(item, room, counts, n);
}

void ln_items_sort(LnItems *items) {
  items->item = sort_cached(items->item, items->room, items->counts, items->n);
}

/* The first pass over many numbers: items of a chunk go behind those of the chunks before it. */
typedef struct Pass {
  const LnKernels *kernels;
  const LnItems *items;
  const float *x;
  int64_t stride, chunks;
  bool descending;
  int bits;           /* of a bucket's number */
  float least, scale; /* of the numbers, negative ones where they descend; buckets in a unit, 0: buckets are bits */
  int64_t room;       /* items of a worker's, where all buckets are small; else 0 */
} Pass;

/* The range of a chunk's numbers but NaN goes to its counts, which are not needed yet. */
static void range_of_chunk(void *context, int64_t chunk, int worker) {
  const Pass *pass = context;
  int64_t first = chunk * CHUNK, n = least(CHUNK, pass->items->n - first);
  const float *x = pass->x + first * pass->stride;
  float range[2] = {NAN, NAN};
  (void)worker;
  if (pass->stride == 1) {
    range[0] = ln_kernels()->extreme_row(LN_LEAST, x, n);
    range[1] = ln_kernels()->extreme_row(LN_GREATEST, x, n);
  }
  bool known = !isnan(range[0]);
  for (int64_t i = 0; i < n && !known; i++) {
    float value = x[i * pass->stride];
    if (isnan(value)) continue;
    range[0] = range[0] <= value ? range[0] : value;
    range[1] = range[1] >= value ? range[1] : value;
  }
  memcpy(pass->items->counts + chunk * WIDE, range, sizeof range);
}

/* Puts the chunks' ranges together. */
static void find_scale(Pass *pass) {
  float low = INFINITY, high = -INFINITY;
  for (int64_t chunk = 0; chunk < pass->chunks; chunk++) {
    float range[2];
    memcpy(range, pass->items->counts + chunk * WIDE, sizeof range);
    low = range[0] < low ? range[0] : low;
    high = range[1] > high ? range[1] : high;
  }
  float scale = (float)(1 << pass->bits) / (high - low);
  pass->least = pass->descending ? -high : low;
  pass->scale = scale > 0 && scale <= FLT_MAX ? scale : 0;
}

/* Rounding keeps the order, so buckets are in the order of the numbers. NaN goes to the last one. */
#define FIND_BUCKETS(STRIDE)                             \
  for (int64_t i = 0; i < n; i++) {                      \
    float at = (sign * x[i * (STRIDE)] - smallest) * scale; \
    bucket[i] = (uint32_t)(int32_t)(at < last ? at : last); \
  }

static void find_buckets(uint32_t *restrict bucket, const Pass *pass, int64_t first, int64_t n) {
  const float *restrict x = pass->x + first * pass->stride, sign = pass->descending ? -1 : 1, scale = pass->scale;
  const float smallest = pass->least, last = (float)((1 << pass->bits) - 1);
  int64_t stride = pass->stride;
  if (scale == 0)
    for (int64_t i = 0; i < n; i++) bucket[i] = ln_key_of(x[i * stride], pass->descending) >> (32 - pass->bits);
  else if (stride == 1)
    FIND_BUCKETS(1)
  else
    FIND_BUCKETS(stride)
}

static void count_chunk(void *context, int64_t chunk, int worker) {
  const Pass *pass = context;
  uint32_t *counts = pass->items->counts + chunk * WIDE, bucket[BLOCK];
  int64_t last = least((chunk + 1) * CHUNK, pass->items->n);
  (void)worker;
  memset(counts, 0, WIDE * sizeof *counts);
  for (int64_t first = chunk * CHUNK; first < last; first += BLOCK) {
    int64_t n = least(BLOCK, last - first);
    find_buckets(bucket, pass, first, n);
    for (int64_t i = 0; i < n; i++) counts[bucket[i]]++;
  }
}

/* Items on their way to a bucket wait in a line of its own until that is full; then it goes to memory past the cache,
 * which would be read into it before. Lines end where the places of items are multiples of LINE. */
static void send(const Pass *pass, const uint64_t *line, uint32_t first, uint32_t end) {
  uint32_t begin = (end - 1) & ~(uint32_t)(LINE - 1);
  uint64_t *item = pass->items->item;
  if (begin >= first && end - begin == LINE)
    pass->kernels->stream_line(item + begin, line);
  else
    for (uint32_t k = begin > first ? begin : first; k < end; k++) item[k] = line[k - begin];
}

static void move_chunk(void *context, int64_t chunk, int worker) {
  const Pass *pass = context;
  uint32_t *places = pass->items->counts + chunk * WIDE, bucket[BLOCK], begin[WIDE];
  int64_t last = least((chunk + 1) * CHUNK, pass->items->n), buckets = 1 << pass->bits;
  uint64_t *lines = pass->items->room + worker * LINE * buckets, filled[BLOCK];
  memcpy(begin, places, (size_t)buckets * sizeof *begin);
  for (int64_t first = chunk * CHUNK; first < last; first += BLOCK) {
    int64_t n = least(BLOCK, last - first);
    find_buckets(bucket, pass, first, n);
    fill(filled, pass->x + first * pass->stride, pass->stride, n, first, pass->descending);
    for (int64_t i = 0; i < n; i++) {
      uint32_t at = places[bucket[i]]++;
      uint64_t *line = lines + LINE * bucket[i];
      line[at % LINE] = filled[i];
      if (at % LINE == LINE - 1) send(pass, line, begin[bucket[i]], at + 1);
    }
  }
  for (int64_t b = 0; b < buckets; b++)
    if (places[b] > begin[b] && places[b] % LINE != 0) send(pass, lines + LINE * b, begin[b], places[b]);
  pass->kernels->stream_end();
}

static void find_places(Pass *pass) {
  uint32_t place = 0, largest = 0;
  for (int64_t bucket = 0; bucket < 1 << pass->bits; bucket++) {
    uint32_t first = place;
    for (int64_t c = 0; c < pass->chunks; c++) {
      uint32_t *counts = pass->items->counts + c * WIDE, count = counts[bucket];
      counts[bucket] = place;
      place += count;
    }
    largest = place - first > largest ? place - first : largest;
  }
  bool small = largest <= RANKS && ln_threads() * 2 * (int64_t)largest <= pass->items->n;
  pass->room = small ? 2 * largest : 0;
}

static void sort_bucket(void *context, int64_t bucket, int worker) {
  const Pass *pass = context;
  const uint32_t *ends = pass->items->counts + (pass->chunks - 1) * WIDE;
  int64_t first = bucket > 0 ? ends[bucket - 1] : 0, n = ends[bucket] - first;
  uint64_t *item = pass->items->item + first;
  uint64_t *room = pass->items->room + (pass->room > 0 ? worker * pass->room : first);
  uint32_t *counts = pass->items->counts + (pass->chunks + worker) * WIDE;
  uint64_t *sorted = (pass->room > 0 ? sort_cached : sort_by_bits)(item, room, counts, n);
  if (sorted != item) memcpy(item, sorted, (size_t)n * sizeof *item);
}

void ln_items_order(LnItems *items, const float *x, int64_t stride, bool descending) {
  Pass pass = {.kernels = ln_kernels(), .items = items, .x = x, .stride = stride, .chunks = chunks_of(items->n),
               .descending = descending};
  if (items->n <= CACHED_ITEMS) {
    ln_items_fill(items, x, stride, descending);
    ln_items_sort(items);
    return;
  }
  while (pass.bits < WIDE_BITS && items->n >> pass.bits > 1 << BUCKET_BITS &&
         ln_threads() * LINE << (pass.bits + 1) <= items->n)
    pass.bits++;
  if (ln_parallel_stoppable(pass.chunks, range_of_chunk, &pass, NULL) != LN_OK) return;
  find_scale(&pass);
  if (ln_parallel_stoppable(pass.chunks, count_chunk, &pass, NULL) != LN_OK) return;
  find_places(&pass);
  if (ln_parallel_stoppable(pass.chunks, move_chunk, &pass, NULL) != LN_OK) return;
  ln_parallel_stoppable(1 << pass.bits, sort_bucket, &pass, NULL);
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
