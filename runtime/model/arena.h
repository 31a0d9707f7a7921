/* Inside model/: giving blocks with known lifetimes places in one arena, so that blocks which do not live at the same
 * time may share memory. */
#ifndef LUNET_MODEL_ARENA_H
#define LUNET_MODEL_ARENA_H

#include <stdint.h>

typedef struct LnBlock {
  int64_t size;       /* floats */
  int from, to;       /* first and last moment at which it is in use */
  int64_t offset;     /* out: floats from the arena's start, a multiple of a cache line */
} LnBlock;

/* Sets all offsets; returns the arena's size in floats. Large blocks are placed first, each as low as it fits. */
int64_t ln_arena_place(LnBlock *blocks, int n);

#endif
