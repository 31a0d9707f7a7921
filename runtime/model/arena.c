/* Placing blocks in an arena: see arena.h. */
#include "model/arena.h"

#include <stdbool.h>

static const int64_t line = 16; /* floats of a cache line */

static bool placed_together(const LnBlock *a, const LnBlock *b) {
  return b->offset >= 0 && a->from <= b->to && b->from <= a->to;
}

/* The lowest place where the block overlaps none that lives with it: behind one of them, or at the start. */
static int64_t lowest_place(const LnBlock *block, const LnBlock *all, int n) {
  int64_t place = 0;
  for (bool moved = true; moved;) {
    moved = false;
    for (int i = 0; i < n; i++) {
      const LnBlock *other = &all[i];
      if (!placed_together(block, other)) continue;
      if (place < other->offset + other->size && other->offset < place + block->size) {
        place = other->offset + other->size;
        moved = true;
      }
    }
  }
  return place;
}

int64_t ln_arena_place(LnBlock *blocks, int n) {
  int64_t total = 0;
  for (int i = 0; i < n; i++) {
    blocks[i].size = (blocks[i].size + line - 1) / line * line;
    blocks[i].offset = -1;
  }
  for (int round = 0; round < n; round++) {
    LnBlock *largest = 0;
    for (int i = 0; i < n; i++)
      if (blocks[i].offset < 0 && (largest == 0 || blocks[i].size > largest->size)) largest = &blocks[i];
    largest->offset = lowest_place(largest, blocks, n);
    if (largest->offset + largest->size > total) total = largest->offset + largest->size;
  }
  return total;
}
