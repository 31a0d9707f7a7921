/* Sums of gradients: see lanes.h. */
#include "model/lanes.h"

#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"

LnStatus ln_lanes_reserve(LnLanes *l, int n, const LnSlot *slots, int n_slots, int64_t size, int n_tensors,
                          LnError *err) {
  if (n <= l->n_buffers) return LN_OK;
  float *memory = ln_alloc((size_t)(n * size) * sizeof *memory);
  float **tensors = ln_calloc((size_t)n * (size_t)(n_tensors + 1), sizeof *tensors);
  if (memory == NULL || tensors == NULL) {
    ln_free(memory), ln_free(tensors);
    return ln_fail_memory(err, "gradients", (size_t)(n * size) * sizeof *memory);
  }
  for (int k = 0; k < n; k++)
    for (int i = 0; i < n_slots; i++) tensors[k * n_tensors + slots[i].tensor] = memory + k * size + slots[i].offset;
  ln_lanes_free(l);
  l->size = size, l->n_tensors = n_tensors, l->n_buffers = n, l->memory = memory, l->tensors = tensors;
  return LN_OK;
}

void ln_lanes_free(LnLanes *l) {
  ln_free(l->memory);
  ln_free(l->tensors);
}

void ln_lanes_start(LnLanes *l, int n) {
  l->n = n;
  l->n_added = 0;
  l->n_ended = 0;
  l->free = (1u << n) - 1;
  for (int i = 0; i < n; i++) l->ended[i] = false;
  atomic_flag_clear(&l->adding);
}

/* The first one that is free: what was used last is the likeliest to be in cache. There are as many as lanes. */
static int take_buffer(LnLanes *l) {
  unsigned free = l->free;
  while (!atomic_compare_exchange_weak(&l->free, &free, free & (free - 1))) continue;
  return __builtin_ctz(free);
}

static float *numbers_of(const LnLanes *l, int lane) {
  return l->memory + l->buffer[lane] * l->size;
}

void ln_lanes_begin(LnLanes *l, int lane) {
  l->buffer[lane] = take_buffer(l);
  memset(numbers_of(l, lane), 0, (size_t)l->size * sizeof(float));
}

float *const *ln_lanes_grads(const LnLanes *l, int lane) {
  return l->tensors + l->buffer[lane] * l->n_tensors;
}

float *ln_lanes_sum(const LnLanes *l) {
  return numbers_of(l, 0);
}

/* The first lane's memory becomes the sum. */
static void add_ended(LnLanes *l) {
  for (; l->n_added < l->n && l->n_ended < l->n && l->ended[l->n_added]; l->n_added++) {
    if (l->n_added == 0) continue;
    ln_kernels()->add(ln_lanes_sum(l), numbers_of(l, l->n_added), l->size);
    atomic_fetch_or(&l->free, 1u << l->buffer[l->n_added]);
  }
}

void ln_lanes_end(LnLanes *l, int lane) {
  l->ended[lane] = true;
  bool last = atomic_fetch_add(&l->n_ended, 1) + 1 == l->n;
  if (last || atomic_flag_test_and_set(&l->adding)) return;
  add_ended(l);
  atomic_flag_clear(&l->adding);
}

void ln_lanes_add_rest(LnLanes *l, int64_t begin, int64_t size) {
  for (int lane = l->n_added > 0 ? l->n_added : 1; lane < l->n; lane++)
    ln_kernels()->add(ln_lanes_sum(l) + begin, numbers_of(l, lane) + begin, size);
}
