/* The list of metrics, and applying one to a stack of images. */
#include "metric/metric.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"

static const LnType *const types[] = {
#define X(name) &ln_metric_##name.type,
#include "metric/metric.def"
#undef X
    NULL};

const LnKind ln_metric_kind = {.name = "metric", .doc = "how close an image is to its reference", .types = types};

/* Everything a task needs to evaluate image i. */
typedef struct Job {
  const LnMetricType *type;
  const void *options;
  const float *image, *reference; /* contiguous */
  LnShape sample;                 /* C,H,W */
  int64_t pixels;                 /* in a sample */
  double *values;                 /* one an image */
} Job;

static LnStatus evaluate(void *context, int64_t i, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  return job->type->eval(job->options, &job->values[i], job->image + i * job->pixels, job->reference + i * job->pixels,
                         job->sample, err);
}

/* Looks for the reason of a value that is no number; PSNR of identical images is rightly infinite, for one. */
static LnStatus check_finite(const Job *job, const float *data, int64_t i, const char *which, LnError *err) {
  const float *sample = data + i * job->pixels;
  int64_t height = job->sample.d[1], width = job->sample.d[2];
  for (int64_t k = 0; k < job->pixels; k++) {
    if (isfinite(sample[k])) continue;
    return ln_fail(err, LN_ENUMERIC, "%s: %s %lld is %s at channel %lld, row %lld, column %lld", job->type->type.name,
                   which, (long long)i + 1, isnan(sample[k]) ? "NaN" : "infinite",
                   (long long)(k / (height * width)) + 1, (long long)(k / width % height) + 1,
                   (long long)(k % width) + 1);
  }
  return LN_OK;
}

static LnStatus run(Job *job, int64_t n, LnError *err) {
  LN_TRY(ln_parallel_try(n, evaluate, job, err));
  for (int64_t i = 0; i < n; i++) {
    if (isfinite(job->values[i])) continue;
    LN_TRY(check_finite(job, job->image, i, "image", err));
    LN_TRY(check_finite(job, job->reference, i, "reference", err));
  }
  return LN_OK;
}

static LnStatus check_shapes(const char *name, LnShape image, LnShape reference, LnError *err) {
  if (!ln_shape_equal(image, reference))
    return ln_fail(err, LN_ESHAPE, "%s: image is %s but reference is %s", name, LN_SHAPE_TEXT(image),
                   LN_SHAPE_TEXT(reference));
  if (image.n < 2 || image.n > 4 || ln_shape_count(image) == 0)
    return ln_fail(err, LN_ESHAPE, "%s: expected images N,C,H,W or C,H,W or H,W, got %s", name, LN_SHAPE_TEXT(image));
  return LN_OK;
}

/* As run, and the results put where the caller wants them. */
static LnStatus collect(LnTensor **per_image, double *mean, Job *job, int64_t n, LnError *err) {
  LnTensor *out = NULL;
  LN_TRY(run(job, n, err));
  if (per_image != NULL) {
    LN_TRY(ln_tensor_new(&out, LN_SHAPE(n), err));
    for (int64_t i = 0; i < n; i++) out->data[i] = (float)job->values[i];
    *per_image = out;
  }
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += job->values[i];
  if (mean != NULL) *mean = sum / (double)n;
  return LN_OK;
}

LnStatus ln_metric_apply(LnTensor **per_image, double *mean, LnItem *metric, LnTensor *image, LnTensor *reference,
                         LnError *err) {
  const LnMetricType *type = (const LnMetricType *)ln_item_type(metric);
  LnShape shape = image->shape;
  LN_TRY(check_shapes(type->type.name, shape, reference->shape, err));
  int64_t n = shape.n == 4 ? shape.d[0] : 1;
  LnShape sample = LN_SHAPE(shape.n == 2 ? 1 : shape.d[shape.n - 3], shape.d[shape.n - 2], shape.d[shape.n - 1]);
  LnTensor *x = NULL, *y = NULL;
  double *values = ln_calloc((size_t)n, sizeof *values);
  LnStatus status = values == NULL ? ln_fail_memory(err, type->type.name, (size_t)n * sizeof *values) : LN_OK;
  if (status == LN_OK) status = ln_tensor_as_contiguous(&x, image, err);
  if (status == LN_OK) status = ln_tensor_as_contiguous(&y, reference, err);
  if (status == LN_OK) {
    Job job = {.type = type,
               .options = ln_item_options(metric),
               .image = x->data,
               .reference = y->data,
               .sample = sample,
               .pixels = ln_shape_count(sample),
               .values = values};
    status = collect(per_image, mean, &job, n, err);
  }
  ln_tensor_unref(x);
  ln_tensor_unref(y);
  ln_free(values);
  return status;
}
