/* The list of metrics, and applying one to a stack of images. */
#include "metric/metric.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "metric/mask.h"

static const LnType *const types[] = {
#define X(name) &ln_metric_##name.type,
#include "metric/metric.def"
#undef X
    NULL};

const LnKind ln_metric_kind = {
    .name = "metric",
    .noun = "metric",
    .plural = "metrics",
    .doc = "how close an image is to its reference",
    .example = "local metric = %s\n"
               "metric(noisy, clean)",
    .use = "metric(images, references), both N,C,H,W: the mean, and a tensor with the value of each image; "
           "metric(images, references, { mask = m }): over the pixels where m, H,W or N,1,H,W, is 1",
    .types = types,
};

/* Everything a task needs to evaluate image i. */
typedef struct Job {
  const LnMetricType *type;
  LnItem *metric;
  LnTensor *image, *reference, *mask; /* contiguous; mask: NULL, or it fits */
  LnShape sample;                     /* C,H,W */
  int64_t n, pixels;                  /* images; pixels in a sample */
  double *values;                     /* what comes out: one an image, */
  float *map;                         /* or one a pixel */
} Job;

static LnMetricPair pair_of(const Job *job, int64_t i) {
  return (LnMetricPair){.image = job->image->data + i * job->pixels,
                        .reference = job->reference->data + i * job->pixels,
                        .mask = ln_mask_of(job->mask, i),
                        .shape = job->sample,
                        .number = i + 1};
}

static LnStatus check_shapes(const char *name, LnShape image, LnShape reference, LnError *err) {
  if (!ln_shape_equal(image, reference))
    return ln_fail(err, LN_ESHAPE, "%s: image is %s but reference is %s", name, LN_SHAPE_TEXT(image),
                   LN_SHAPE_TEXT(reference));
  if (image.n < 2 || image.n > 4 || ln_shape_count(image) == 0)
    return ln_fail(err, LN_ESHAPE, "%s: expected images N,C,H,W or C,H,W or H,W, got %s", name, LN_SHAPE_TEXT(image));
  return LN_OK;
}

/* The mask of the call, else the item's own, else NULL. */
static LnTensor *mask_of(LnItem *metric, LnTensor *mask) {
  LnValue own = ln_param_get(ln_item_options(metric), ln_param_find(ln_item_type(metric)->params, "mask"));
  return mask != NULL || own.kind != LN_OBJECT ? mask : (LnTensor *)own.object;
}

/* Call finish whatever comes of it. */
static LnStatus start(Job *job, LnItem *metric, LnTensor *image, LnTensor *reference, LnTensor *mask, LnError *err) {
  LnShape shape = image->shape;
  *job = (Job){.type = (const LnMetricType *)ln_item_type(metric), .metric = metric};
  const char *name = job->type->type.name;
  LN_TRY(check_shapes(name, shape, reference->shape, err));
  job->n = shape.n == 4 ? shape.d[0] : 1;
  job->sample = LN_SHAPE(shape.n == 2 ? 1 : shape.d[shape.n - 3], shape.d[shape.n - 2], shape.d[shape.n - 1]);
  job->pixels = ln_shape_count(job->sample);
  LN_TRY(ln_tensor_as_contiguous(&job->image, image, err));
  LN_TRY(ln_tensor_as_contiguous(&job->reference, reference, err));
  mask = mask_of(metric, mask);
  if (mask == NULL) return LN_OK;
  LN_TRY(ln_tensor_as_contiguous(&job->mask, mask, err));
  return ln_mask_check(job->mask, name, job->n, job->sample.d[1], job->sample.d[2], err);
}

static void finish(Job *job) {
  ln_tensor_unref(job->image), ln_tensor_unref(job->reference), ln_tensor_unref(job->mask);
  ln_free(job->values);
}

static LnStatus check_range(const Job *job, const LnMetricPair *pair, LnError *err) {
  if (job->type->range == NULL) return LN_OK;
  double range = job->type->range(ln_item_options(job->metric));
  return ln_pair_check_range(pair, job->type->type.name, range, ln_item_given(job->metric, "range"), err);
}

static LnStatus evaluate(void *context, int64_t i, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  LnMetricPair pair = pair_of(job, i);
  LN_TRY(check_range(job, &pair, err));
  return job->type->eval(ln_item_options(job->metric), &job->values[i], &pair, err);
}

/* The value of each image. One that is no number has a reason; PSNR of identical images is rightly infinite. */
static LnStatus evaluate_all(Job *job, LnError *err) {
  const char *name = job->type->type.name;
  job->values = ln_calloc((size_t)job->n, sizeof *job->values);
  if (job->values == NULL) return ln_fail_memory(err, name, (size_t)job->n * sizeof *job->values);
  LN_TRY(ln_parallel_try(job->n, evaluate, job, err));
  for (int64_t i = 0; i < job->n; i++) {
    if (isfinite(job->values[i])) continue;
    LnMetricPair pair = pair_of(job, i);
    LN_TRY(ln_pair_check_finite(&pair, name, err));
    pair.mask = NULL; /* a window may have reached beyond */
    if (isnan(job->values[i])) LN_TRY(ln_pair_check_finite(&pair, name, err));
  }
  return LN_OK;
}

/* Results put where the caller wants them. */
static LnStatus collect(LnTensor **per_image, double *mean, const Job *job, LnError *err) {
  LnTensor *out = NULL;
  if (per_image != NULL) {
    LN_TRY(ln_tensor_new(&out, LN_SHAPE(job->n), err));
    for (int64_t i = 0; i < job->n; i++) out->data[i] = (float)job->values[i];
    *per_image = out;
  }
  double sum = 0;
  for (int64_t i = 0; i < job->n; i++) sum += job->values[i];
  if (mean != NULL) *mean = sum / (double)job->n;
  return LN_OK;
}

LnStatus ln_metric_apply_masked(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image,
                                LnTensor *reference, LnTensor *mask, LnError *err) {
  Job job;
  LnStatus status = start(&job, metric, image, reference, mask, err);
  if (status == LN_OK) status = evaluate_all(&job, err);
  if (status == LN_OK) status = collect(per_image, mean, &job, err);
  finish(&job);
  return status;
}

LnStatus ln_metric_apply(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image, LnTensor *reference,
                         LnError *err) {
  return ln_metric_apply_masked(per_image, mean, metric, image, reference, NULL, err);
}

static LnStatus draw_map(void *context, int64_t i, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  LnMetricPair pair = pair_of(job, i);
  LN_TRY(ln_pair_check_finite(&pair, job->type->type.name, err));
  LN_TRY(check_range(job, &pair, err));
  return job->type->map(ln_item_options(job->metric), job->map + i * job->pixels, &pair, err);
}

LnStatus ln_metric_map(LnTensor **out, LnItem *metric, LnTensor *image, LnTensor *reference, LnError *err) {
  Job job = {0};
  LnTensor *map = NULL;
  LnStatus status = start(&job, metric, image, reference, NULL, err);
  ln_tensor_unref(job.mask), job.mask = NULL; /* a map is of all pixels */
  if (status == LN_OK && job.type->map == NULL)
    status = ln_fail(err, LN_EARG, "%s: has no map; ssim has one", job.type->type.name);
  if (status == LN_OK) status = ln_tensor_new(&map, image->shape, err);
  if (status == LN_OK) job.map = map->data, status = ln_parallel_try(job.n, draw_map, &job, err);
  finish(&job);
  if (status != LN_OK) return ln_tensor_unref(map), status;
  *out = map;
  return LN_OK;
}
