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

const LnKind ln_metric_kind = {
    .name = "metric",
    .noun = "metric",
    .plural = "metrics",
    .doc = "how close an image is to its reference",
    .use = "metric(images, references), both N,C,H,W: the mean, and a tensor with the value of each image",
    .types = types,
};

/* Everything a task needs to evaluate image i. */
typedef struct Job {
  const LnMetricType *type;
  const void *options;
  const float *image, *reference; /* contiguous */
  LnShape sample;                 /* C,H,W */
  int64_t pixels;                 /* in a sample */
  double *values;                 /* one an image */
  double range;                   /* the data range, where the metric has one */
  bool range_given;               /* by the user */
} Job;

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

/* How far outside of the data range a reference may lie, as a share of the range. */
static const double tolerance = 0.01;

static bool within(const float *x, int64_t n, float low, float high) {
  bool outside = false;
  for (int64_t i = 0; i < n; i++) outside |= x[i] < low || x[i] > high;
  return !outside;
}

/* Images of 0 to 255 measured with a range of 1 give a number that looks right. The reference alone tells: noise may
 * lead anywhere. Where the user gave the range, what lies in it may begin below 0, as CT numbers do. */
static LnStatus check_range(const Job *job, const float *reference, int64_t i, LnError *err) {
  double slack = tolerance * job->range;
  if (within(reference, job->pixels, (float)-slack, (float)(job->range + slack))) return LN_OK;
  LN_TRY(check_finite(job, job->reference, i, "reference", err));
  float low = reference[0], high = low;
  for (int64_t k = 1; k < job->pixels; k++) {
    low = reference[k] < low ? reference[k] : low;
    high = reference[k] > high ? reference[k] : high;
  }
  if (job->range_given && (double)high - (double)low <= job->range + slack) return LN_OK;
  return ln_fail(err, LN_EARG,
                 "%s: reference %lld goes from %.4g to %.4g, but the data range is %.4g; give option 'range', the "
                 "largest possible value minus the smallest (255 for 8 bits)",
                 job->type->type.name, (long long)i + 1, (double)low, (double)high, job->range);
}

static LnStatus evaluate(void *context, int64_t i, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  if (job->type->range != NULL) LN_TRY(check_range(job, job->reference + i * job->pixels, i, err));
  return job->type->eval(job->options, &job->values[i], job->image + i * job->pixels, job->reference + i * job->pixels,
                         job->sample, err);
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
               .values = values,
               .range = type->range == NULL ? 0 : type->range(ln_item_options(metric)),
               .range_given = ln_item_given(metric, "range")};
    status = collect(per_image, mean, &job, n, err);
  }
  ln_tensor_unref(x);
  ln_tensor_unref(y);
  ln_free(values);
  return status;
}
