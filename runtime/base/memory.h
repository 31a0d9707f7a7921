/* Memory: every allocation of the runtime goes through here, is aligned to a cache line, and is counted.
 *
 * The counts let the bindings tell Lua's collector about memory it cannot see, let tests show that nothing leaks, and
 * let tests make any one allocation fail. Some large blocks that were freed are kept for the next of their size; they do
 * not count. */
#ifndef LUNET_BASE_MEMORY_H
#define LUNET_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define LN_ALIGN 64 /* bytes: a cache line, and the longest vector */

void *ln_alloc(size_t bytes);               /* NULL when there is none; zero bytes give a unique pointer */
void *ln_calloc(size_t count, size_t size); /* zeroed; NULL too when count * size overflows */
void *ln_realloc(void *old, size_t bytes);  /* keeps the old block on failure */
char *ln_strdup(const char *text);
void ln_free(void *block);                  /* NULL is legal */

/* Counted like those, but the C library's own: memory for a library that the whole process shares, where what was taken
 * by one way may be given back by the other. */
void *ln_alloc_plain(size_t bytes);
void ln_free_plain(void *block);

int64_t ln_memory_live(void); /* bytes held now */
int64_t ln_memory_peak(void); /* most bytes held at once so far */

/* For tests: let `count` more allocations succeed and the next one fail, once; negative turns it off. */
void ln_memory_fail_after(int64_t count);

/* The message for a failed allocation: "conv2d weights: out of memory (needed 1.5 MB)". */
LnStatus ln_fail_memory(LnError *err, const char *what, size_t bytes);

#endif
