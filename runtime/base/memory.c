/* Counted, aligned memory: see memory.h.
 *
 * Blocks are aligned by hand within what malloc gives: before version 2.38, glibc's aligned_alloc rarely takes again
 * what was freed before, and the heap of a program that allocates in a loop, as training does, keeps growing
 * (sourceware.org/bugzilla, 14581). */
#include "base/memory.h"

#include <malloc.h>
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

/* In the cache line before each block. */
typedef struct Header {
  size_t bytes;
  void *start; /* what malloc gave */
} Header;

static Header *header_of(void *block) {
  return (Header *)(void *)((char *)block - LN_ALIGN);
}

static void *take(size_t bytes, bool zeros) {
  if (must_fail() || bytes > (size_t)PTRDIFF_MAX - 2 * LN_ALIGN) return NULL;
  char *start = zeros ? calloc(1, 2 * LN_ALIGN + bytes) : malloc(2 * LN_ALIGN + bytes);
  if (start == NULL) return NULL;
  char *block = start + 2 * LN_ALIGN - (uintptr_t)start % LN_ALIGN;
  *header_of(block) = (Header){bytes, start};
  count((long long)bytes);
  return block;
}

void *ln_alloc(size_t bytes) {
  return take(bytes, false);
}

/* calloc knows that large blocks are fresh, and does not clear what the system gave as zeros: clearing a gigabyte here
 * takes time in which nobody asks for interrupts. */
void *ln_calloc(size_t number, size_t size) {
  return size != 0 && number > SIZE_MAX / size ? NULL : take(number * size, true);
}

void *ln_realloc(void *old, size_t bytes) {
  void *block = ln_alloc(bytes);
  if (block == NULL || old == NULL) return block;
  size_t kept = header_of(old)->bytes < bytes ? header_of(old)->bytes : bytes;
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
  count(-(long long)header_of(block)->bytes);
  free(header_of(block)->start);
}

void *ln_alloc_plain(size_t bytes) {
  void *block = must_fail() ? NULL : malloc(bytes);
  if (block != NULL) count((long long)malloc_usable_size(block));
  return block;
}

void ln_free_plain(void *block) {
  if (block != NULL) count(-(long long)malloc_usable_size(block));
  free(block);
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
