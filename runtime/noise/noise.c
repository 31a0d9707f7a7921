/* The list of noises, and what they share: how much of a noise an image gets. See noise.h. */
#include "noise/noise.h"

#include "base/parallel.h"

static const LnType *const types[] = {
#define X(name) &ln_noise_##name.type,
#include "noise/noise.def"
#undef X
    NULL};

const LnKind ln_noise_kind = {
    .name = "noise",
    .noun = "noise",
    .plural = "noises",
    .doc = "how images are corrupted",
    .use = "noise(x), a noisy copy of the tensor. Every call draws other numbers, counted from the seed: "
           "a script that runs again gets the same ones. noise(x, n) is the draw of that number, from 0",
    .types = types,
};

enum {
  PIECE = 1024,       /* pixels corrupted in one go, on the stack */
  SHARE = 16 * PIECE, /* pixels of one task */
};

/* Random numbers of a sample: the noise, and which pixels get it. */
enum { STREAM_NOISE, STREAM_CHOICE };

/* A run over all samples: task i is share i % shares of sample i / shares. */
typedef struct Run {
  const LnNoiseType *type;
  const LnNoiseOptions *options;
  const float *x;
  float *y;
  int64_t pixels; /* of a sample */
  int64_t shares; /* of a sample */
  LnRng rng;
} Run;

static void mix(float *y, const float *x, const float *full, int64_t n, const Run *run, LnRng rng, uint64_t first) {
  const float p = (float)run->options->p;
  if (run->options->mode == LN_NOISE_SCALE) {
    for (int64_t i = 0; i < n; i++) y[i] = x[i] + p * (full[i] - x[i]);
  } else {
    float choice[PIECE];
    ln_rng_fill_uniform(choice, n, ln_rng_derive(rng, STREAM_CHOICE), first);
    for (int64_t i = 0; i < n; i++) y[i] = choice[i] < p ? full[i] : x[i];
  }
  if (run->options->clip)
    for (int64_t i = 0; i < n; i++) y[i] = y[i] < 0 ? 0 : y[i] > 1 ? 1 : y[i];
}

static void corrupt_share(void *context, int64_t index, int worker) {
  const Run *run = context;
  const int64_t sample = index / run->shares, begin = index % run->shares * SHARE;
  const int64_t end = begin + SHARE < run->pixels ? begin + SHARE : run->pixels;
  const LnRng rng = ln_rng_derive(run->rng, (uint64_t)sample), noise = ln_rng_derive(rng, STREAM_NOISE);
  (void)worker;
  for (int64_t first = begin; first < end; first += PIECE) {
    float full[PIECE];
    int64_t at = sample * run->pixels + first, n = end - first < PIECE ? end - first : PIECE;
    run->type->corrupt(run->options, full, run->x + at, n, noise, (uint64_t)first);
    mix(run->y + at, run->x + at, full, n, run, rng, (uint64_t)first);
  }
}

LnStatus ln_noise_apply(LnTensor **out, LnItem *noise, LnTensor *x, uint64_t stream, LnError *err) {
  const LnType *type = ln_item_type(noise);
  if (x->shape.n < 2 || x->shape.n > 4)
    return ln_fail(err, LN_ESHAPE, "%s: needs images as NxCxHxW, CxHxW or HxW, got %s", type->name,
                   LN_SHAPE_TEXT(x->shape));
  LnTensor *clean, *y;
  LN_TRY(ln_tensor_as_contiguous(&clean, x, err));
  LnStatus status = ln_tensor_new(&y, x->shape, err);
  if (status == LN_OK) {
    const int64_t samples = x->shape.n == 4 ? x->shape.d[0] : 1, all = ln_shape_count(x->shape);
    Run run = {.type = (const LnNoiseType *)type, .options = ln_item_options(noise), .x = clean->data, .y = y->data};
    run.pixels = samples > 0 ? all / samples : 0;
    run.shares = (run.pixels + SHARE - 1) / SHARE;
    run.rng = (LnRng){(uint64_t)run.options->seed, stream};
    status = ln_parallel_stoppable(samples * run.shares, corrupt_share, &run, err);
    if (status == LN_OK)
      *out = y;
    else
      ln_tensor_unref(y);
  }
  ln_tensor_unref(clean);
  return status;
}

bool ln_noise_expect(double *mean, double *variance, LnItem *noise, double x) {
  const LnNoiseType *type = (const LnNoiseType *)ln_item_type(noise);
  const LnNoiseOptions *options = ln_item_options(noise);
  double full_mean, full_variance, p = options->p;
  if (type->expect == NULL) return false;
  type->expect(options, x, &full_mean, &full_variance);
  double shift = full_mean - x;
  *mean = x + p * shift;
  *variance = options->mode == LN_NOISE_SCALE ? p * p * full_variance
                                              : p * full_variance + p * (1 - p) * shift * shift;
  return true;
}
