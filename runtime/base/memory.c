/* Counted, aligned memory: see memory.h.
 *
 * Blocks are aligned by hand within what malloc gives: before version 2.38, glibc's aligned_alloc rarely takes again
 * what was freed before, and the heap of a program that allocates in a loop, as training does, keeps growing
 * (sourceware.org/bugzilla, 14581). */
#include "base/memory.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

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
  size_t room; /* it could have so many */
  void *start; /* what malloc or the system gave */
} Header;

static Header *header_of(void *block) {
  return (Header *)(void *)((char *)block - LN_ALIGN);
}

/* ---- Large blocks that were freed, for the next that want as much ----
 *
 * The system clears every page that it gives, which takes longer than most arithmetic on it. What is kept and what is in
 * use are never more together than the most that was in use at once. */
enum { KEPT_BLOCKS = 64 };
#define KEPT_LEAST ((size_t)128 << 10)  /* bytes of a block; smaller ones malloc keeps itself */
#define KEPT_LARGEST ((size_t)64 << 20)
#define KEPT_BYTES ((size_t)128 << 20)  /* of all together */

/* Under the address sanitizer nothing is kept: it would not see who uses what was freed. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS false
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define KEEPS false
#elif !defined(KEEPS)
#define KEEPS true
#endif

static struct {
  pthread_mutex_t lock;
  Header *block[KEPT_BLOCKS]; /* the oldest first */
  int n;
  size_t bytes;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Bytes that are taken around a block: for its header, and to align it. */
#define AROUND ((size_t)2 * LN_ALIGN)

/* Large blocks begin at different places of their pages. Where the elements of arrays that are worked on together were
 * apart by whole pages, they often met in the same cache sets: two tensors of a million floats took 0.13 ms to add in
 * most processes and 0.2 in others. */
enum { SHIFTS = 16, SHIFT = 256 };

static bool is_paged(size_t bytes) {
  return KEEPS && ln_pages_suit(bytes);
}

static size_t shift_of_next(void) {
  static atomic_uint blocks;
  return atomic_fetch_add(&blocks, 1) % SHIFTS * SHIFT;
}

static void *from_system(size_t bytes, bool zeros) {
  if (is_paged(bytes)) return ln_pages_take(AROUND + SHIFTS * SHIFT + bytes);
  return zeros ? calloc(1, AROUND + bytes) : malloc(AROUND + bytes);
}

static void to_system(Header *header) {
  if (is_paged(header->room))
    ln_pages_return(header->start, AROUND + SHIFTS * SHIFT + header->room);
  else
    free(header->start);
}

static Header *remove_kept(int at) {
  Header *header = pool.block[at];
  pool.n--;
  pool.bytes -= header->room;
  memmove(pool.block + at, pool.block + at + 1, (size_t)(pool.n - at) * sizeof *pool.block);
  return header;
}

/* Give the oldest back until the rest fits. */
static void shrink_kept(size_t bytes) {
  while (pool.n > 0 && pool.bytes > bytes) to_system(remove_kept(0));
}

static size_t room_for_kept(void) {
  long long room = atomic_load(&peak_bytes) - atomic_load(&live_bytes);
  return room < 0 ? 0 : (size_t)room < KEPT_BYTES ? (size_t)room : KEPT_BYTES;
}

static bool keep(Header *header) {
  if (!KEEPS || header->room < KEPT_LEAST || header->room > KEPT_LARGEST) return false;
  pthread_mutex_lock(&pool.lock);
  if (pool.n == KEPT_BLOCKS) to_system(remove_kept(0));
  pool.block[pool.n++] = header;
  pool.bytes += header->room;
  shrink_kept(room_for_kept());
  pthread_mutex_unlock(&pool.lock);
  return true;
}

/* The latest that is as large, or at most a quarter larger; NULL: there is none. */
static Header *take_kept(size_t bytes) {
  Header *header = NULL;
  if (!KEEPS || bytes < KEPT_LEAST || bytes > KEPT_LARGEST) return NULL;
  pthread_mutex_lock(&pool.lock);
  for (int i = pool.n - 1; i >= 0 && header == NULL; i--)
    if (pool.block[i]->room >= bytes && pool.block[i]->room <= bytes + bytes / 4) header = remove_kept(i);
  pthread_mutex_unlock(&pool.lock);
  return header;
}

/* From the system. Where there is none, what is kept goes first. */
static void *fresh(size_t bytes, bool zeros) {
  char *start = from_system(bytes, zeros);
  if (start != NULL || pool.n == 0) return start;
  pthread_mutex_lock(&pool.lock);
  shrink_kept(0);
  pthread_mutex_unlock(&pool.lock);
  return from_system(bytes, zeros);
}

static void count_taken(size_t bytes) {
  count((long long)bytes);
  if (!KEEPS || bytes < KEPT_LEAST) return;
  pthread_mutex_lock(&pool.lock);
  shrink_kept(room_for_kept());
  pthread_mutex_unlock(&pool.lock);
}

static void *take(size_t bytes, bool zeros) {
  if (must_fail() || bytes > (size_t)PTRDIFF_MAX - AROUND - SHIFTS * SHIFT) return NULL;
  Header *header = take_kept(bytes);
  if (header != NULL) {
    char *block = (char *)header + LN_ALIGN;
    header->bytes = bytes;
    count_taken(bytes);
    return zeros ? memset(block, 0, bytes) : block;
  }
  char *start = fresh(bytes, zeros);
  if (start == NULL) return NULL;
  char *block = start + AROUND - (uintptr_t)start % LN_ALIGN;
  if (is_paged(bytes)) block += shift_of_next();
  *header_of(block) = (Header){.bytes = bytes, .room = bytes, .start = start};
  count_taken(bytes);
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
  if (!keep(header_of(block))) to_system(header_of(block));
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
