/* Inside model/: the gradients of a batch, added up in an order that does not depend on who computes them.
 *
 * The samples of a batch are dealt to lanes, whatever the number of threads. A lane adds up the gradients of its samples
 * in order; lanes that have ended are added to the first one, in order too. That happens while others are at work, and
 * frees the lane's memory for the next one, so that few lanes' gradients are in use, and in cache, at a time. */
#ifndef LUNET_MODEL_LANES_H
#define LUNET_MODEL_LANES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { LN_MOST_LANES = 16 };

/* Where a trained tensor's numbers lie among all trained numbers. */
typedef struct LnSlot {
  int tensor;
  int64_t offset, size;
} LnSlot;

typedef struct LnLanes {
  int64_t size;         /* trained numbers in all */
  int n_tensors;
  int n_buffers;
  float *memory;        /* n_buffers x size */
  float **tensors;      /* n_buffers x n_tensors: pointers into memory, NULL for tensors not trained */
  /* The batch at hand. */
  int n;                /* lanes */
  int buffer[LN_MOST_LANES];
  atomic_uint free;     /* buffers, a bit each */
  atomic_bool ended[LN_MOST_LANES];
  atomic_int n_ended;
  atomic_flag adding;   /* somebody is: while lanes run, he alone touches n_added */
  int n_added;          /* lanes in the sum */
} LnLanes;

/* Memory for n lanes, LN_MOST_LANES at most. The layout of the numbers must not change between calls. */
LnStatus ln_lanes_reserve(LnLanes *l, int n, const LnSlot *slots, int n_slots, int64_t size, int n_tensors,
                          LnError *err);
void ln_lanes_free(LnLanes *l);

/* A new batch of n lanes. */
void ln_lanes_start(LnLanes *l, int n);
/* A lane begins, with gradients of zero. */
void ln_lanes_begin(LnLanes *l, int lane);
/* The gradients of a lane that has begun, by tensor. */
float *const *ln_lanes_grads(const LnLanes *l, int lane);
/* A lane has ended. Adds up what there is to add, but for the last: that is left to ln_lanes_add_rest. */
void ln_lanes_end(LnLanes *l, int lane);
/* After all have ended: add what is left, of some of the numbers. */
void ln_lanes_add_rest(LnLanes *l, int64_t begin, int64_t size);
/* The sum. */
float *ln_lanes_sum(const LnLanes *l);

#endif
