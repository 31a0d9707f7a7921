/* Counted, aligned memory: see memory.h. A block is preceded by one cache line that holds its size. */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static atomic_llong live_bytes;
static atomic_llong peak_bytes;
static atomic_llong allocations_left = -1; /* negative: no failure planned */

static bool must_fail(void) {
  long long left = atomic_load(&allocations_left);
  while (left >= 0)
    if (atomic_compare_exchange_weak(&allocations_left, &left, left - 1)) return left == 0;
  return false;
}

static void count(long long bytes) {
  long long live = atomic_fetch_add(&live_bytes, bytes) + bytes;
  long long peak = atomic_load(&peak_bytes);
  while (live > peak && !atomic_compare_exchange_weak(&peak_bytes, &peak, live)) {
  }
}

static size_t *header_of(void *block) {
  return (size_t *)((char *)block - LN_ALIGN);
}

void *ln_alloc(size_t bytes) {
  if (must_fail() || bytes > (size_t)PTRDIFF_MAX - 2 * LN_ALIGN) return NULL;
  size_t rounded = (bytes + LN_ALIGN - 1) / LN_ALIGN * LN_ALIGN;
  char *base = aligned_alloc(LN_ALIGN, LN_ALIGN + rounded);
  if (base == NULL) return NULL;
  *(size_t *)(void *)base = bytes;
  count((long long)bytes);
  return base + LN_ALIGN;
}

void *ln_calloc(size_t number, size_t size) {
  if (size != 0 && number > SIZE_MAX / size) return NULL;
  void *block = ln_alloc(number * size);
  if (block != NULL) memset(block, 0, number * size);
  return block;
}

void *ln_realloc(void *old, size_t bytes) {
  void *block = ln_alloc(bytes);
  if (block == NULL || old == NULL) return block;
  size_t kept = *header_of(old) < bytes ? *header_of(old) : bytes;
  memcpy(block, old, kept);
  ln_free(old);
  return block;
}

char *ln_strdup(const char *text) {
  size_t bytes = strlen(text) + 1;
  char *copy = ln_alloc(bytes);
  return copy == NULL ? NULL : memcpy(copy, text, bytes);
}

void ln_free(void *block) {
  if (block == NULL) return;
  count(-(long long)*header_of(block));
  free(header_of(block));
}

int64_t ln_memory_live(void) {
  return atomic_load(&live_bytes);
}

int64_t ln_memory_peak(void) {
  return atomic_load(&peak_bytes);
}

void ln_memory_fail_after(int64_t allocations) {
  atomic_store(&allocations_left, allocations);
}

LnStatus ln_fail_memory(LnError *err, const char *what, size_t bytes) {
  if (bytes < 1u << 20) return ln_fail(err, LN_EMEMORY, "%s: out of memory (needed %zu bytes)", what, bytes);
  return ln_fail(err, LN_EMEMORY, "%s: out of memory (needed %.1f MB)", what, (double)bytes / (1 << 20));
}
