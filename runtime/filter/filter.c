/* The list of filters, and applying one to a stack of images. */
#include "filter/filter.h"

#include <math.h>

#include "base/finite.h"
#include "base/parallel.h"

static const LnType *const types[] = {
#define X(name) &ln_filter_##name.type,
#include "filter/filter.def"
#undef X
    NULL};

const LnKind ln_filter_kind = {
    .name = "filter",
    .noun = "filter",
    .plural = "filters",
    .doc = "classical ways to remove noise. Grey levels run from 0 to 1: sigma is the noise's standard deviation on "
           "that scale, in all but gaussian, whose sigma is the blur's, in pixels",
    .example = "local filter = %s\n"
               "filter(noisy)\n"
               "ln.metric.psnr{}(filter(noisy), clean)",
    .use = "filter(x), a filtered copy of the images N,C,H,W, C,H,W or H,W",
    .types = types,
};

/* Everything a task needs to filter part i: a plane, or an image with its channels. */
typedef struct Job {
  const LnFilterType *type;
  const void *options;
  const float *x;
  float *y;
  int64_t channels, height, width;
} Job;

static LnStatus filter_part(void *context, int64_t i, int worker, LnError *err) {
  (void)worker;
  const Job *job = context;
  int64_t offset = i * job->channels * job->height * job->width;
  return job->type->apply(job->options, job->y + offset, job->x + offset, job->channels, job->height, job->width, err);
}

static LnStatus refuse_pixel(const char *name, const float *x, LnShape shape, LnError *err) {
  int64_t at = 0, height = shape.d[shape.n - 2], width = shape.d[shape.n - 1];
  while (isfinite(x[at])) at++;
  int64_t channels = shape.n > 2 ? shape.d[shape.n - 3] : 1, plane = at / (height * width);
  return ln_fail(err, LN_ENUMERIC, "%s: image %lld is %s at channel %lld, row %lld, column %lld", name,
                 (long long)(plane / channels) + 1, isnan(x[at]) ? "NaN" : "infinite",
                 (long long)(plane % channels) + 1, (long long)(at / width % height) + 1, (long long)(at % width) + 1);
}

static LnStatus run(float *y, LnItem *filter, const LnTensor *x, LnError *err) {
  LnShape shape = x->shape;
  const LnFilterType *type = (const LnFilterType *)ln_item_type(filter);
  int64_t count = ln_shape_count(shape), height = shape.d[shape.n - 2], width = shape.d[shape.n - 1];
  if (!ln_all_finite(x->data, count)) return refuse_pixel(type->type.name, x->data, shape, err);
  const void *options = ln_item_options(filter);
  bool joint = shape.n > 2 && type->joint != NULL && type->joint(options);
  int64_t channels = joint ? shape.d[shape.n - 3] : 1;
  Job job = {.type = type, .options = options, .x = x->data, .y = y,
             .channels = channels, .height = height, .width = width};
  return ln_parallel_try(count / (channels * height * width), filter_part, &job, err);
}

LnStatus ln_filter_apply(LnTensor **out, LnItem *filter, LnTensor *x, LnError *err) {
  const char *name = ln_item_type(filter)->name;
  if (x->shape.n < 2 || x->shape.n > 4 || ln_shape_count(x->shape) == 0)
    return ln_fail(err, LN_ESHAPE, "%s: expected images N,C,H,W or C,H,W or H,W, got %s", name,
                   LN_SHAPE_TEXT(x->shape));
  LnTensor *in = NULL, *y = NULL;
  LnStatus status = ln_tensor_as_contiguous(&in, x, err);
  if (status == LN_OK) status = ln_tensor_new(&y, x->shape, err);
  if (status == LN_OK) status = run(y->data, filter, in, err);
  ln_tensor_unref(in);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  *out = y;
  return LN_OK;
}
