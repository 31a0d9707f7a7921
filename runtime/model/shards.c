/* Sums of gradients: see shards.h. */
#include "model/shards.h"

#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"

LnStatus ln_shards_reserve(LnShards *s, int n, const LnParameterRange *ranges, int n_ranges, int64_t size,
                           int n_tensors, LnError *err) {
  if (n <= s->n_buffers) return LN_OK;
  float *memory = ln_alloc((size_t)(n * size) * sizeof *memory);
  float **tensors = ln_calloc((size_t)n * (size_t)(n_tensors + 1), sizeof *tensors);
  if (memory == NULL || tensors == NULL) {
    ln_free(memory), ln_free(tensors);
    return ln_fail_memory(err, "gradients", (size_t)(n * size) * sizeof *memory);
  }
  for (int k = 0; k < n; k++)
    for (int i = 0; i < n_ranges; i++) tensors[k * n_tensors + ranges[i].tensor] = memory + k * size + ranges[i].offset;
  ln_shards_free(s);
  s->size = size, s->n_tensors = n_tensors, s->n_buffers = n, s->memory = memory, s->tensors = tensors;
  return LN_OK;
}

void ln_shards_free(LnShards *s) {
  ln_free(s->memory);
  ln_free(s->tensors);
}

void ln_shards_start(LnShards *s, int n) {
  s->n = n;
  s->n_added = 0;
  s->n_ended = 0;
  s->free = (1u << n) - 1;
  for (int i = 0; i < n; i++) s->ended[i] = false;
  atomic_flag_clear(&s->adding);
}

/* The first one that is free: what was used last is the likeliest to be in cache. There are as many as shards. */
static int take_buffer(LnShards *s) {
  unsigned free = s->free;
  while (!atomic_compare_exchange_weak(&s->free, &free, free & (free - 1))) continue;
  return __builtin_ctz(free);
}

static float *numbers_of(const LnShards *s, int shard) {
  return s->memory + s->buffer[shard] * s->size;
}

void ln_shards_begin(LnShards *s, int shard) {
  s->buffer[shard] = take_buffer(s);
  memset(numbers_of(s, shard), 0, (size_t)s->size * sizeof(float));
}

float *const *ln_shards_grads(const LnShards *s, int shard) {
  return s->tensors + s->buffer[shard] * s->n_tensors;
}

float *ln_shards_sum(const LnShards *s) {
  return numbers_of(s, 0);
}

/* The first shard's memory becomes the sum. */
static void add_ended(LnShards *s) {
  for (; s->n_added < s->n && s->n_ended < s->n && s->ended[s->n_added]; s->n_added++) {
    if (s->n_added == 0) continue;
    ln_kernels()->add(ln_shards_sum(s), numbers_of(s, s->n_added), s->size);
    atomic_fetch_or(&s->free, 1u << s->buffer[s->n_added]);
  }
}

void ln_shards_end(LnShards *s, int shard) {
  s->ended[shard] = true;
  bool last = atomic_fetch_add(&s->n_ended, 1) + 1 == s->n;
  if (last || atomic_flag_test_and_set(&s->adding)) return;
  add_ended(s);
  atomic_flag_clear(&s->adding);
}

void ln_shards_add_rest(LnShards *s, int64_t begin, int64_t size) {
  for (int shard = s->n_added > 0 ? s->n_added : 1; shard < s->n; shard++)
    ln_kernels()->add(ln_shards_sum(s) + begin, numbers_of(s, shard) + begin, size);
}
