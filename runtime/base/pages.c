/* Huge pages: see pages.h. Linux gives them to mappings that ask, where addresses are multiples of their size. */
#ifdef __linux__
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, madvise */
#endif
#include "base/pages.h"

#include <stdint.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#ifdef MADV_HUGEPAGE
#define HUGE ((size_t)2 << 20)
#define SMALL ((size_t)4 << 10)

static size_t up_to_multiple(size_t bytes, size_t of) {
  return (bytes + of - 1) / of * of;
}

/* What is mapped. A last huge page that would be mostly empty is left to small ones. */
static size_t length_for(size_t bytes) {
  size_t length = up_to_multiple(bytes, HUGE);
  return length - bytes <= bytes / 16 ? length : up_to_multiple(bytes, SMALL);
}

bool ln_pages_suit(size_t bytes) {
  return bytes >= HUGE;
}

void *ln_pages_take(size_t bytes) {
  size_t length = length_for(bytes);
  char *start = mmap(NULL, length + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  size_t before = up_to_multiple((uintptr_t)start, HUGE) - (uintptr_t)start;
  if (before > 0) munmap(start, before);
  munmap(start + before + length, HUGE - before);
  madvise(start + before, length, MADV_HUGEPAGE); /* where it cannot be done, pages are small */
  return start + before;
}

void ln_pages_return(void *pages, size_t bytes) {
  munmap(pages, length_for(bytes));
}
#else
bool ln_pages_suit(size_t bytes) {
  (void)bytes;
  return false;
}
void *ln_pages_take(size_t bytes) {
  (void)bytes;
  return NULL;
}
void ln_pages_return(void *pages, size_t bytes) {
  (void)pages, (void)bytes;
}
#endif
