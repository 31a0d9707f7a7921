/* Splitting: see split.h. Every way ends in a side for each image, which `collect` turns into indices. */
#include "data/split.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"

typedef enum Side { TRAIN, LEFT_OUT, TEST } Side;

static void collect(int64_t *indices, int64_t *n_train, int64_t *n_used, const Side *sides, int64_t n) {
  int64_t used = 0;
  for (int64_t i = 0; i < n; i++)
    if (sides[i] == TRAIN) indices[used++] = i;
  *n_train = used;
  for (int64_t i = 0; i < n; i++)
    if (sides[i] == TEST) indices[used++] = i;
  *n_used = used;
}

static LnStatus check_train(int64_t n, int64_t train, LnError *err) {
  if (n < 2) return ln_fail(err, LN_EARG, "split: expected at least 2 images, got %lld", (long long)n);
  if (train < 1 || train >= n)
    return ln_fail(err, LN_EARG, "split: option 'train' must be 1 to %lld, so that something is left to test, got %lld",
                   (long long)n - 1, (long long)train);
  return LN_OK;
}

static LnStatus fail_scratch(int64_t n, LnError *err) {
  return ln_fail_memory(err, "split", (size_t)n * sizeof(int64_t));
}

LnStatus ln_split_count(int64_t *indices, int64_t *n_train, int64_t *n_used, int64_t n, int64_t train, uint64_t seed,
                        LnError *err) {
  LN_TRY(check_train(n, train, err));
  Side *sides = ln_alloc((size_t)n * sizeof *sides);
  int64_t *order = ln_alloc((size_t)n * sizeof *order);
  LnStatus status = sides == NULL || order == NULL ? fail_scratch(n, err) : LN_OK;
  if (status == LN_OK) {
    ln_rng_permutation(order, n, (LnRng){seed, 0});
    for (int64_t i = 0; i < n; i++) sides[order[i]] = i < train ? TRAIN : TEST;
    collect(indices, n_train, n_used, sides, n);
  }
  ln_free(order), ln_free(sides);
  return status;
}

/* Images sorted by a number of theirs, ties in their own order, and the runs of equal numbers in that. */
typedef struct Sorted {
  struct Entry {
    int64_t number, index;
  } *entries;
  int64_t *first; /* of each run; one more, n, ends the list */
  int64_t runs;
} Sorted;

static int by_number(const void *a, const void *b) {
  const struct Entry *x = a, *y = b;
  if (x->number != y->number) return x->number < y->number ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

static LnStatus sorted_new(Sorted *out, const int64_t *numbers, int64_t n, LnError *err) {
  *out = (Sorted){0};
  out->entries = ln_alloc((size_t)n * sizeof *out->entries);
  out->first = ln_alloc((size_t)(n + 1) * sizeof *out->first);
  if (out->entries == NULL || out->first == NULL) return fail_scratch(n, err);
  for (int64_t i = 0; i < n; i++) out->entries[i] = (struct Entry){numbers == NULL ? 0 : numbers[i], i};
  qsort(out->entries, (size_t)n, sizeof *out->entries, by_number);
  for (int64_t i = 0; i < n; i++)
    if (i == 0 || out->entries[i].number != out->entries[i - 1].number) out->first[out->runs++] = i;
  out->first[out->runs] = n;
  return LN_OK;
}

static void sorted_free(Sorted *sorted) {
  ln_free(sorted->entries);
  ln_free(sorted->first);
}

/* reach[s] = 1 + the place in `order` of the group with which the sum s of group sizes was first reached; 0 if it
 * cannot be. Going back from a sum, places only fall, so no group is taken twice. */
static void reach_sums(int64_t *reach, int64_t limit, int64_t train, const Sorted *groups, const int64_t *order) {
  for (int64_t s = 0; s <= limit; s++) reach[s] = 0;
  for (int64_t g = 0; g < groups->runs && reach[train] == 0; g++) {
    int64_t size = groups->first[order[g] + 1] - groups->first[order[g]];
    for (int64_t s = limit; s >= size; s--)
      if (reach[s] == 0 && (s == size || reach[s - size] != 0)) reach[s] = g + 1;
  }
}

static int64_t nearest_sum(const int64_t *reach, int64_t limit, int64_t train) {
  for (int64_t away = 0; away <= limit; away++) {
    if (train - away > 0 && reach[train - away] != 0) return train - away;
    if (train + away <= limit && reach[train + away] != 0) return train + away;
  }
  return 0;
}

static void take_groups(Side *sides, int64_t sum, const int64_t *reach, const Sorted *groups, const int64_t *order) {
  while (sum > 0) {
    int64_t group = order[reach[sum] - 1];
    for (int64_t i = groups->first[group]; i < groups->first[group + 1]; i++) sides[groups->entries[i].index] = TRAIN;
    sum -= groups->first[group + 1] - groups->first[group];
  }
}

LnStatus ln_split_group(int64_t *indices, int64_t *n_train, int64_t *n_used, const int64_t *numbers, int64_t n,
                        int64_t train, uint64_t seed, LnError *err) {
  LN_TRY(check_train(n, train, err));
  Sorted groups;
  Side *sides = ln_alloc((size_t)n * sizeof *sides);
  int64_t *order = ln_alloc((size_t)n * sizeof *order), *reach = ln_alloc((size_t)n * sizeof *reach);
  LnStatus status = sorted_new(&groups, numbers, n, err);
  if (status == LN_OK && (sides == NULL || order == NULL || reach == NULL)) status = fail_scratch(n, err);
  if (status == LN_OK && groups.runs == 1)
    status =
        ln_fail(err, LN_EARG, "split: all %lld images are of one group, which cannot be on both sides", (long long)n);
  if (status == LN_OK) {
    ln_rng_permutation(order, groups.runs, (LnRng){seed, 0});
    reach_sums(reach, n - 1, train, &groups, order);
    for (int64_t i = 0; i < n; i++) sides[i] = TEST;
    take_groups(sides, nearest_sum(reach, n - 1, train), reach, &groups, order);
    collect(indices, n_train, n_used, sides, n);
  }
  ln_free(reach), ln_free(order), ln_free(sides), sorted_free(&groups);
  return status;
}

/* A run of neighbours: places in the sorted order, and those of its whole sequence. */
typedef struct Run {
  int64_t first, end, sequence_first, sequence_end;
} Run;

static int64_t cut_runs(Run *runs, const Sorted *sequences, int64_t block) {
  int64_t count = 0;
  for (int64_t s = 0; s < sequences->runs; s++) {
    int64_t first = sequences->first[s], end = sequences->first[s + 1];
    for (int64_t at = first, next; at < end; at = next) {
      next = block < end - at ? at + block : end;
      runs[count++] = (Run){at, next, first, end};
    }
  }
  return count;
}

/* Give a run to the test side, taking `gap` images on either side away from training. Returns how many training
 * loses. */
static int64_t give_run(Side *sides, const Run *run, int64_t gap, const struct Entry *entries) {
  int64_t lost = 0;
  int64_t low = run->first - run->sequence_first > gap ? run->first - gap : run->sequence_first;
  int64_t high = run->sequence_end - run->end > gap ? run->end + gap : run->sequence_end;
  for (int64_t at = low; at < high; at++) {
    Side *side = &sides[entries[at].index];
    lost += *side == TRAIN;
    if (at >= run->first && at < run->end)
      *side = TEST;
    else if (*side == TRAIN)
      *side = LEFT_OUT;
  }
  return lost;
}

/* Give runs to the test side in this order, `most` of them at most; returns after how many training was nearest to
 * `train`. */
static int64_t deal_runs(Side *sides, int64_t n, int64_t train, int64_t most, const Run *runs, const int64_t *order,
                         int64_t gap, const struct Entry *entries) {
  int64_t left = n, best = 0, distance = INT64_MAX;
  for (int64_t i = 0; i < n; i++) sides[i] = TRAIN;
  for (int64_t given = 1; given <= most; given++) {
    left -= give_run(sides, &runs[order[given - 1]], gap, entries);
    if (left == 0) break;
    if (llabs(left - train) < distance) best = given, distance = llabs(left - train);
  }
  return best;
}

static LnStatus split_runs(Side *sides, Run *runs, int64_t *order, const Sorted *sequences, int64_t n, int64_t train,
                           int64_t block, int64_t gap, uint64_t seed, LnError *err) {
  int64_t count = cut_runs(runs, sequences, block);
  ln_rng_permutation(order, count, (LnRng){seed, 0});
  int64_t best = deal_runs(sides, n, train, count, runs, order, gap, sequences->entries);
  if (best == 0)
    return ln_fail(err, LN_EARG, "split: blocks of %lld with a gap of %lld leave nothing of %lld images to train on",
                   (long long)block, (long long)gap, (long long)n);
  deal_runs(sides, n, train, best, runs, order, gap, sequences->entries);
  return LN_OK;
}

LnStatus ln_split_block(int64_t *indices, int64_t *n_train, int64_t *n_used, const int64_t *numbers, int64_t n,
                        int64_t train, int64_t block, int64_t gap, uint64_t seed, LnError *err) {
  LN_TRY(check_train(n, train, err));
  if (block < 1) return ln_fail(err, LN_EARG, "split: option 'block' must be at least 1, got %lld", (long long)block);
  if (gap < 0) return ln_fail(err, LN_EARG, "split: option 'gap' must be at least 0, got %lld", (long long)gap);
  Sorted sequences;
  Side *sides = ln_alloc((size_t)n * sizeof *sides);
  Run *runs = ln_alloc((size_t)n * sizeof *runs);
  int64_t *order = ln_alloc((size_t)n * sizeof *order);
  LnStatus status = sorted_new(&sequences, numbers, n, err);
  if (status == LN_OK && (sides == NULL || runs == NULL || order == NULL)) status = fail_scratch(n, err);
  if (status == LN_OK) status = split_runs(sides, runs, order, &sequences, n, train, block, gap, seed, err);
  if (status == LN_OK) collect(indices, n_train, n_used, sides, n);
  ln_free(order), ln_free(runs), ln_free(sides), sorted_free(&sequences);
  return status;
}
