/* Sorting along a dimension, the greatest k, and different elements: see order.h, and radix.h for how. */
#include <inttypes.h>
#include <math.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "tensor/lines.h"
#include "tensor/order.h"
#include "tensor/radix.h"
#include "tensor/record.h"

/* ---- What sorting works with ---- */

typedef struct Sorting {
  LnLines lines;       /* and those of the places */
  float *values;       /* laid out like the places; may be NULL */
  bool descending;
  uint64_t *memory;    /* for the items of each worker */
} Sorting;

static LnStatus check_places(const LnTensor *t, int dim, const char *name, LnError *err) {
  LN_TRY(ln_tensor_check_dim(t, dim, name, err));
  if (t->shape.d[dim] <= 1 << 24) return LN_OK;
  return ln_fail(err, LN_ESHAPE,
                 "%s: dimension %d of shape %s has more than %d elements; positions beyond are not exact "
                 "in float32",
                 name, dim + 1, LN_SHAPE_TEXT(t->shape), 1 << 24);
}

static LnStatus take_memory(Sorting *sorting, const char *name, LnError *err) {
  size_t words = (size_t)ln_lines_workers(&sorting->lines) * (size_t)ln_items_memory(sorting->lines.n);
  sorting->memory = ln_alloc(words * sizeof *sorting->memory);
  return sorting->memory != NULL ? LN_OK : ln_fail_memory(err, name, words * sizeof *sorting->memory);
}

static LnItems items_of(const Sorting *sorting, int worker) {
  int64_t n = sorting->lines.n;
  return ln_items_in(sorting->memory + worker * ln_items_memory(n), n);
}

/* The elements of ordered items. What keys do not tell apart, zeros and kinds of NaN, is looked up. */
static void find_elements(float *restrict out, const uint64_t *restrict item, int64_t n, const float *x, int64_t step,
                          bool descending) {
  int32_t odd = 0;
  for (int64_t i = 0; i < n; i++) {
    float value = ln_key_value((uint32_t)(item[i] >> 32), descending);
    odd |= !(value < 0) & !(value > 0);
    out[i] = value;
  }
  for (int64_t i = 0; i < n && odd; i++)
    if (out[i] == 0 || isnan(out[i])) out[i] = x[(int64_t)(uint32_t)item[i] * step];
}

/* Ordered items of one line become elements and places. */
typedef struct Writing {
  const Sorting *sorting;
  const uint64_t *item;
  const float *x;
  float *places;
} Writing;

enum {
  WRITTEN = 1 << 16, /* items of a task */
  SOME = 256,        /* that are worked at together */
};

static void write_values(const Writing *writing, float *values, int64_t first, int64_t n) {
  float found[SOME];
  const LnLines *lines = &writing->sorting->lines;
  bool descending = writing->sorting->descending;
  if (lines->step_out == 1) {
    find_elements(values + first, writing->item + first, n, writing->x, lines->step, descending);
    return;
  }
  find_elements(found, writing->item + first, n, writing->x, lines->step, descending);
  for (int64_t i = 0; i < n; i++) values[(first + i) * lines->step_out] = found[i];
}

static void write_places(float *places, int64_t step, const uint64_t *item, int64_t first, int64_t n) {
  if (step == 1)
    for (int64_t i = first; i < first + n; i++) places[i] = (float)((int32_t)(uint32_t)item[i] + 1);
  else
    for (int64_t i = first; i < first + n; i++) places[i * step] = (float)((int32_t)(uint32_t)item[i] + 1);
}

static void write_some(void *context, int64_t index, int worker) {
  const Writing *writing = context;
  const Sorting *sorting = writing->sorting;
  int64_t last = (index + 1) * WRITTEN;
  float *values = sorting->values != NULL ? sorting->values + (writing->places - sorting->lines.out) : NULL;
  (void)worker;
  if (last > sorting->lines.n_out) last = sorting->lines.n_out;
  for (int64_t i = index * WRITTEN; i < last; i += SOME) {
    int64_t n = last - i < SOME ? last - i : SOME;
    if (values != NULL) write_values(writing, values, i, n);
    write_places(writing->places, sorting->lines.step_out, writing->item, i, n);
  }
}

static void write_items(const Sorting *sorting, const LnItems *items, const float *x, float *places) {
  Writing writing = {sorting, items->item, x, places};
  if (ln_interrupted()) return;
  ln_parallel((sorting->lines.n_out + WRITTEN - 1) / WRITTEN, write_some, &writing);
}

static void sort_line(void *context, int64_t line, int worker) {
  const Sorting *sorting = context;
  LnItems items = items_of(sorting, worker);
  float *places;
  const float *x = ln_line(&sorting->lines, line, &places);
  ln_items_order(&items, x, sorting->lines.step, sorting->descending);
  write_items(sorting, &items, x, places);
}

/* Only the first k are put in order: those below the k-th key, and of those with that key the first. */
static void topk_line(void *context, int64_t line, int worker) {
  const Sorting *sorting = context;
  LnItems items = items_of(sorting, worker);
  int64_t n = items.n, k = sorting->lines.n_out, below = 0, m = 0;
  uint32_t *keys = (uint32_t *)(void *)items.room, last[2];
  float *places;
  const float *x = ln_line(&sorting->lines, line, &places);
  if (k == 0) return;
  ln_items_fill(&items, x, sorting->lines.step, sorting->descending);
  for (int64_t i = 0; i < n; i++) keys[i] = (uint32_t)(items.item[i] >> 32);
  ln_keys_select(last, keys, keys + n, n, k - 1);
  for (int64_t i = 0; i < n; i++) below += keys[i] < last[0];
  for (int64_t i = 0, equal = 0; i < n && m < k; i++) {
    if (keys[i] > last[0] || (keys[i] == last[0] && equal++ >= k - below)) continue;
    items.item[m++] = items.item[i];
  }
  items.n = k;
  ln_items_sort(&items);
  write_items(sorting, &items, x, places);
}

/* ---- Sorting and the greatest k ---- */

/* Each element's gradient goes back to its place. */
static LnStatus sort_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  int dim = *(const int *)of->args;
  LnTensor *g = NULL, *x;
  LN_TRY(ln_tensor_new(&x, of->in[0]->shape, err));
  LnStatus status = ln_tensor_as_contiguous(&g, of->dout[0], err); /* laid out as the places are */
  if (status != LN_OK) return ln_tensor_unref(x), status;
  LnLines lines = ln_lines(x, of->out[1], dim);
  for (int64_t i = 0; i < lines.count && !ln_interrupted(); i++) {
    float *places, *dx = x->data + (ln_line(&lines, i, &places) - lines.data);
    const float *dy = g->data + (places - lines.out);
    for (int64_t k = 0; k < lines.n_out; k++)
      dx[((int64_t)places[k * lines.step_out] - 1) * lines.step] = dy[k * lines.step_out];
  }
  ln_tensor_unref(g);
  din[0] = x;
  return LN_OK;
}

typedef struct Ordered {
  LnTensor *values, *places;
} Ordered;

static LnStatus order_lines(Ordered made, const LnTensor *t, int dim, bool descending, const char *name,
                            LnLineTask *task, LnError *err) {
  Sorting sorting = {.lines = ln_lines(t, made.places, dim), .descending = descending,
                     .values = made.values != NULL ? made.values->data : NULL};
  LN_TRY(take_memory(&sorting, name, err));
  LnStatus status = ln_lines_run(&sorting.lines, task, &sorting, err);
  ln_free(sorting.memory);
  return status;
}

static LnStatus order(LnTensor **values, LnTensor **places, const LnTensor *t, int64_t k, int dim, bool descending,
                      const char *name, LnLineTask *task, LnError *err) {
  Ordered made = {NULL, NULL};
  LnShape shape = t->shape;
  shape.d[dim] = k;
  LnStatus status = ln_tensor_new_unfilled(&made.places, shape, err);
  if (status == LN_OK && values != NULL) status = ln_tensor_new_unfilled(&made.values, shape, err);
  if (status == LN_OK) status = order_lines(made, t, dim, descending, name, task, err);
  if (status == LN_OK && values == NULL)
    status = ln_tape_record(&made.places, 1, &(LnOperation){name, NULL, LN_INPUTS(t)}, err);
  else if (status == LN_OK)
    status = ln_tape_record((LnTensor *const[]){made.values, made.places}, 2,
                            &(LnOperation){name, sort_adjoint, LN_INPUTS(t), LN_ARGS(dim)}, err);
  if (status != LN_OK) return ln_tensor_unref(made.values), ln_tensor_unref(made.places), status;
  if (values != NULL) *values = made.values;
  *places = made.places;
  return LN_OK;
}

LnStatus ln_tensor_sort(LnTensor **values, LnTensor **places, const LnTensor *t, int dim, bool descending,
                        LnError *err) {
  const char *name = values != NULL ? "sort" : "argsort";
  LN_TRY(check_places(t, dim, name, err));
  return order(values, places, t, t->shape.d[dim], dim, descending, name, sort_line, err);
}

LnStatus ln_tensor_topk(LnTensor **values, LnTensor **places, const LnTensor *t, int64_t k, int dim, bool smallest,
                        LnError *err) {
  LN_TRY(check_places(t, dim, "topk", err));
  if (k < 0 || k > t->shape.d[dim])
    return ln_fail(err, LN_EARG, "topk: %" PRId64 " of dimension %d of shape %s, which has %" PRId64, k, dim + 1,
                   LN_SHAPE_TEXT(t->shape), t->shape.d[dim]);
  return order(values, places, t, k, dim, !smallest, "topk", topk_line, err);
}

/* ---- Different elements ---- */

typedef struct Different {
  LnTensor *values, *counts, *inverse;
} Different;

static int64_t count_different(const LnItems *items) {
  int64_t m = items->n > 0;
  for (int64_t i = 1; i < items->n; i++) m += items->item[i] >> 32 != items->item[i - 1] >> 32;
  return m;
}

static LnStatus write_different(Different *made, const LnItems *items, const LnTensor *x, LnError *err) {
  int64_t m = count_different(items), at = -1;
  LN_TRY(ln_tensor_new(&made->values, LN_SHAPE(m), err));
  LN_TRY(ln_tensor_new(&made->counts, LN_SHAPE(m), err));
  LN_TRY(ln_tensor_new_unfilled(&made->inverse, x->shape, err));
  for (int64_t i = 0; i < items->n; i++) {
    if (i == 0 || items->item[i] >> 32 != items->item[i - 1] >> 32)
      find_elements(&made->values->data[++at], items->item + i, 1, x->data, 1, false);
    made->counts->data[at] += 1;
    made->inverse->data[(uint32_t)items->item[i]] = (float)(at + 1);
  }
  return LN_OK;
}

/* x: contiguous. */
static LnStatus find_different(Different *made, const LnTensor *x, LnError *err) {
  int64_t n = ln_shape_count(x->shape);
  Sorting sorting = {.lines = {.n = n, .count = 1}};
  LN_TRY(take_memory(&sorting, "unique", err));
  LnItems items = items_of(&sorting, 0);
  ln_items_order(&items, x->data, 1, false);
  LnStatus status = ln_interrupt_check(err);
  if (status == LN_OK) status = write_different(made, &items, x, err);
  ln_free(sorting.memory);
  return status;
}

LnStatus ln_tensor_unique(LnTensor **values, LnTensor **counts, LnTensor **inverse, const LnTensor *t, LnError *err) {
  Different made = {NULL, NULL, NULL};
  LnTensor *x = NULL, plain = *t;
  plain.trail = NULL;
  if (ln_shape_count(t->shape) > 1 << 24)
    return ln_fail(err, LN_ESHAPE,
                   "unique: shape %s has more than %d elements; positions beyond are not exact in float32",
                   LN_SHAPE_TEXT(t->shape), 1 << 24);
  if (!ln_tensor_contiguous(t)) LN_TRY(ln_tensor_clone(&x, &plain, err));
  LnStatus status = find_different(&made, x != NULL ? x : t, err);
  LnTensor *all[] = {made.values, made.counts, made.inverse};
  if (status == LN_OK) status = ln_tape_record(all, 3, &(LnOperation){"unique", NULL, LN_INPUTS(t)}, err);
  ln_tensor_unref(x);
  if (status != LN_OK) {
    for (int i = 0; i < 3; i++) ln_tensor_unref(all[i]);
    return status;
  }
  *values = made.values, *counts = made.counts, *inverse = made.inverse;
  return LN_OK;
}

/* ---- Searching ---- */

typedef struct Search {
  const uint32_t *keys; /* of what is searched */
  int64_t n;
  const LnTensor *values; /* contiguous */
  float *out;
  bool right;
} Search;

enum { SEARCHES = 1 << 12 }; /* of a task */

/* How many of n keys, which ascend, are below a key. */
static int64_t count_below(const uint32_t *keys, int64_t n, uint64_t key) {
  const uint32_t *first = keys;
  while (n > 1) {
    int64_t half = n / 2;
    first += first[half - 1] < key ? half : 0;
    n -= half;
  }
  return first - keys + (n > 0 && *first < key);
}

static void search_some(void *context, int64_t index, int worker) {
  const Search *search = context;
  int64_t last = (index + 1) * SEARCHES, count = ln_shape_count(search->values->shape);
  (void)worker;
  if (last > count) last = count;
  for (int64_t i = index * SEARCHES; i < last; i++) {
    uint64_t key = (uint64_t)ln_key_of(search->values->data[i], false) + search->right;
    search->out[i] = (float)(count_below(search->keys, search->n, key) + 1);
  }
}

static LnStatus search_all(float *out, const LnTensor *sorted, const LnTensor *values, bool right, LnError *err) {
  int64_t n = sorted->shape.d[0], tasks = (ln_shape_count(values->shape) + SEARCHES - 1) / SEARCHES;
  uint32_t *keys = ln_alloc((size_t)n * sizeof *keys);
  if (keys == NULL) return ln_fail_memory(err, "searchsorted", (size_t)n * sizeof *keys);
  for (int64_t i = 0; i < n; i++) keys[i] = ln_key_of(sorted->data[i * sorted->stride[0]], false);
  Search search = {keys, n, values, out, right};
  LnStatus status = ln_parallel_stoppable(tasks, search_some, &search, err);
  ln_free(keys);
  return status;
}

LnStatus ln_tensor_searchsorted(LnTensor **out, const LnTensor *sorted, const LnTensor *values, bool right,
                                LnError *err) {
  LnTensor *y, *copy = NULL, plain = *values;
  plain.trail = NULL;
  if (sorted->shape.n != 1)
    return ln_fail(err, LN_ESHAPE, "searchsorted: what is searched must have one dimension, got shape %s",
                   LN_SHAPE_TEXT(sorted->shape));
  if (sorted->shape.d[0] >= 1 << 24)
    return ln_fail(err, LN_ESHAPE, "searchsorted: shape %s has %d elements or more; positions beyond are not exact in "
                   "float32", LN_SHAPE_TEXT(sorted->shape), 1 << 24);
  LN_TRY(ln_tensor_new(&y, values->shape, err));
  LnStatus status = ln_tensor_contiguous(values) ? LN_OK : ln_tensor_clone(&copy, &plain, err);
  if (status == LN_OK) status = search_all(y->data, sorted, copy != NULL ? copy : values, right, err);
  ln_tensor_unref(copy);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"searchsorted", NULL, LN_INPUTS(sorted, values)}, err);
}
