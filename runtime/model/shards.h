/* Inside model/: the gradients of a batch, added up in an order that does not depend on who computes them.
 *
 * The samples of a batch are dealt to shards, whatever the number of threads. A shard adds up the gradients of its
 * samples in order; shards that have ended are added to the first one, in order too. That happens while others are at
 * work, and frees the shard's memory for the next one, so that few shards' gradients are in use, and in cache, at a
 * time. */
#ifndef LUNET_MODEL_SHARDS_H
#define LUNET_MODEL_SHARDS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { LN_MAX_SHARDS = 16 };

/* Where a trained tensor's numbers lie among all trained numbers. */
typedef struct LnParameterRange {
  int tensor;
  int64_t offset, size;
} LnParameterRange;

typedef struct LnShards {
  int64_t size;         /* trained numbers in all */
  int n_tensors;
  int n_buffers;
  float *memory;        /* n_buffers x size */
  float **tensors;      /* n_buffers x n_tensors: pointers into memory, NULL for tensors not trained */
  /* The batch at hand. */
  int n;                /* shards */
  int buffer[LN_MAX_SHARDS];
  atomic_uint free;     /* buffers, a bit each */
  atomic_bool ended[LN_MAX_SHARDS];
  atomic_int n_ended;
  atomic_flag adding;   /* held by the one thread that adds shards to the sum, and reads and writes n_added */
  int n_added;          /* shards in the sum */
} LnShards;

/* Memory for n shards, LN_MAX_SHARDS at most. The layout of the numbers must not change between calls. */
LnStatus ln_shards_reserve(LnShards *s, int n, const LnParameterRange *ranges, int n_ranges, int64_t size,
                           int n_tensors, LnError *err);
void ln_shards_free(LnShards *s);

/* A new batch of n shards. */
void ln_shards_start(LnShards *s, int n);
/* A shard begins, with gradients of zero. */
void ln_shards_begin(LnShards *s, int shard);
/* The gradients of a shard that has begun, by tensor. */
float *const *ln_shards_grads(const LnShards *s, int shard);
/* A shard has ended. Adds up what there is to add, but for the last: that is left to ln_shards_add_rest. */
void ln_shards_end(LnShards *s, int shard);
/* After all have ended: add what is left, of some of the numbers. */
void ln_shards_add_rest(LnShards *s, int64_t begin, int64_t size);
/* The sum. */
float *ln_shards_sum(const LnShards *s);

#endif
