/* Every noise, filter, augmentation and metric with its default options, and some with others, on images of 64x64 and
 * 512x512, one thread. */
#include <stdio.h>

#include "bench.h"
#include "lunet.h"
#include "tensor/fft_plan.h"

typedef struct Work {
  const LnType *type;
  LnItem *item;
  LnShape shape; /* 1,H,W */
  LnTensor *x, *reference, *y;
} Work;

static void apply_noise(void *context) {
  LnError err;
  Work *w = context;
  LnTensor *y = NULL;
  BENCH_OK(ln_noise_apply(&y, w->item, w->x, 1, &err));
  ln_tensor_unref(y);
}

static void apply_augment(void *context) {
  LnError err;
  Work *w = context;
  LnTensor *y = NULL;
  BENCH_OK(ln_augment_apply(&y, w->item, w->x, (LnAugmentDraw){.stream = 1}, &err));
  ln_tensor_unref(y);
}

static void apply_filter(void *context) {
  LnError err;
  Work *w = context;
  const LnFilterType *type = (const LnFilterType *)(const void *)w->type;
  BENCH_OK(type->apply(ln_item_options(w->item), w->y->data, w->x->data, 1, w->shape.d[1], w->shape.d[2], &err));
}

static void eval_metric(void *context) {
  LnError err;
  Work *w = context;
  double value;
  const LnMetricType *type = (const LnMetricType *)(const void *)w->type;
  LnMetricPair pair = {.image = w->x->data, .reference = w->reference->data, .shape = w->shape, .number = 1};
  BENCH_OK(type->eval(ln_item_options(w->item), &value, &pair, &err));
}

static LnTensor *image(LnShape shape, uint64_t seed) {
  LnError err;
  LnTensor *t = NULL;
  BENCH_OK(ln_tensor_new(&t, shape, &err));
  ln_rng_fill_uniform(t->data, ln_shape_count(shape), (LnRng){seed, 0}, 0);
  return t;
}

/* label: what tells it from the item with default options, or "". */
static void measure(const Bench *bench, BenchWork *work, const LnType *type, const char *label, const char *options,
                    int64_t side) {
  LnError err;
  char name[80];
  Work w = {.type = type, .shape = LN_SHAPE(1, side, side)};
  snprintf(name, sizeof name, "%s %s%s, %dx%d", type->kind, type->name, label, (int)side, (int)side);
  if (!bench_wants(bench, name) || (type == &ln_filter_bls_gsm.type && !ln_fft_available())) return;
  BENCH_OK(ln_item_from_json(&w.item, type, options, &err));
  w.x = image(w.shape, 1), w.reference = image(w.shape, 2), w.y = image(w.shape, 3);
  ln_set_threads(1);
  BenchTime seconds = bench_time(bench, work, &w);
  bench_report(bench, &(BenchRow){.name = name, .threads = 1, .seconds = seconds, .pixels = (double)(side * side)});
  ln_tensor_unref(w.x), ln_tensor_unref(w.reference), ln_tensor_unref(w.y);
  ln_item_unref(w.item);
}

static const int64_t sides[] = {64, 512};

/* How long K-SVD takes depends on how much it has to say: the images are noise of standard deviation 0.29. */
static const char *usual_options(const LnType *type) {
  return type == &ln_filter_ksvd.type ? "{\"sigma\": 0.3}" : "{}";
}

static void measure_kind(const Bench *bench, const LnKind *kind, BenchWork *work) {
  for (int i = 0; kind->types[i] != NULL; i++)
    for (int k = 0; k < 2; k++) measure(bench, work, kind->types[i], "", usual_options(kind->types[i]), sides[k]);
}

static const struct {
  BenchWork *work;
  const LnType *type;
  const char *label, *options;
} variants[] = {
    {apply_filter, &ln_filter_median.type, " 5x5", "{\"size\": 5}"},
    {apply_filter, &ln_filter_wavelet.type, " full", "{\"cycle_spinning\": \"full\"}"},
    {apply_filter, &ln_filter_bilateral.type, " 7x7", "{\"window\": 7}"},
    {apply_filter, &ln_filter_tv.type, " primal-dual", "{\"algorithm\": \"primal_dual\"}"},
    {eval_metric, &ln_metric_ssim.type, " uniform 7", "{\"weights\": \"uniform\", \"window\": 7}"},
};

void bench_items(const Bench *bench) {
  measure_kind(bench, &ln_noise_kind, apply_noise);
  measure_kind(bench, &ln_filter_kind, apply_filter);
  measure_kind(bench, &ln_metric_kind, eval_metric);
  for (int i = 0; ln_augment_kind.types[i] != NULL; i++) { /* one has no default size */
    const LnType *type = ln_augment_kind.types[i];
    for (int k = 0; k < 2; k++) measure(bench, apply_augment, type, "", type->cases[0].options, sides[k]);
  }
  for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
    for (int k = 0; k < 2; k++)
      measure(bench, variants[i].work, variants[i].type, variants[i].label, variants[i].options, sides[k]);
}
