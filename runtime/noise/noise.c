/* The list of noises, and what they share: how much of a noise an image gets. See noise.h. */
#include "noise/noise.h"

#include "base/chain.h"
#include "base/memory.h"
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
    .example = "local noise = %s\n"
               "noise(clean)",
    .use = "noise(x), a noisy copy of the tensor. Every call draws other numbers, counted from the seed: "
           "a script that runs again gets the same ones. noise(x, n) is the draw of that number, from 0",
    .types = types,
};

enum {
  PIECE = LN_NOISE_PIECE, /* pixels corrupted in one go, on the stack */
  SHARE = 16 * PIECE,     /* pixels of one task */
};

/* Random numbers of a sample: the noise, and which pixels get it. */
enum { STREAM_NOISE, STREAM_CHOICE };

/* A run over all samples: task i is share i % shares of sample i / shares. Shares are runs of pixels, or the channels
 * where pixels depend on their neighbours. */
typedef struct Run {
  const LnNoiseType *type;
  const LnNoiseOptions *options;
  const float *x;
  float *y;
  const int64_t *numbers; /* of the samples; NULL: 0, 1, ... */
  int64_t pixels;         /* of a sample */
  int64_t shares;         /* of a sample */
  int64_t height, width;
  LnRng rng;
  float *scratch; /* of the first worker */
  int64_t scratch_floats;
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

static LnRng rng_of(const Run *run, int64_t sample) {
  return ln_rng_derive(run->rng, (uint64_t)(run->numbers == NULL ? sample : run->numbers[sample]));
}

static void corrupt_share(void *context, int64_t index, int worker) {
  const Run *run = context;
  const int64_t sample = index / run->shares, begin = index % run->shares * SHARE;
  const int64_t end = begin + SHARE < run->pixels ? begin + SHARE : run->pixels;
  const LnRng rng = rng_of(run, sample), noise = ln_rng_derive(rng, STREAM_NOISE);
  (void)worker;
  for (int64_t first = begin; first < end; first += PIECE) {
    float full[PIECE];
    int64_t at = sample * run->pixels + first, n = end - first < PIECE ? end - first : PIECE;
    run->type->corrupt(run->options, full, run->x + at, n, noise, (uint64_t)first);
    mix(run->y + at, run->x + at, full, n, run, rng, (uint64_t)first);
  }
}

static void corrupt_plane(void *context, int64_t index, int worker) {
  const Run *run = context;
  const int64_t sample = index / run->shares, channel = index % run->shares, size = run->height * run->width;
  const LnRng rng = rng_of(run, sample), noise = ln_rng_derive(ln_rng_derive(rng, STREAM_NOISE), (uint64_t)channel);
  const float *x = run->x + index * size;
  float *y = run->y + index * size;
  run->type->corrupt_plane(run->options, y, x, run->height, run->width, noise,
                           run->scratch + worker * run->scratch_floats);
  for (int64_t first = 0; first < size; first += PIECE) {
    int64_t n = size - first < PIECE ? size - first : PIECE;
    mix(y + first, x + first, y + first, n, run, rng, (uint64_t)(channel * size + first));
  }
}

static LnStatus run_pieces(Run *run, int64_t samples, LnError *err) {
  run->shares = (run->pixels + SHARE - 1) / SHARE;
  return ln_parallel_stoppable(samples * run->shares, corrupt_share, run, err);
}

static LnStatus run_planes(Run *run, int64_t samples, LnError *err) {
  run->shares = run->pixels / (run->height * run->width);
  run->scratch_floats = run->type->scratch_floats(run->options, run->height, run->width);
  size_t bytes = (size_t)ln_threads() * (size_t)run->scratch_floats * sizeof(float);
  run->scratch = ln_alloc(bytes);
  if (run->scratch == NULL) return ln_fail_memory(err, run->type->type.name, bytes);
  LnStatus status = ln_parallel_stoppable(samples * run->shares, corrupt_plane, run, err);
  ln_free(run->scratch);
  return status;
}

/* One noise, no chain, with the generator of the whole draw. */
static LnStatus apply_one(LnTensor **out, LnItem *noise, LnTensor *x, LnRng rng, const int64_t *numbers,
                          LnError *err) {
  LnTensor *clean, *y;
  LN_TRY(ln_tensor_as_contiguous(&clean, x, err));
  LnStatus status = ln_tensor_new_unfilled(&y, x->shape, err);
  if (status == LN_OK) {
    const LnShape s = x->shape;
    const int64_t samples = s.n == 4 ? s.d[0] : 1, all = ln_shape_count(s);
    Run run = {.type = (const LnNoiseType *)ln_item_type(noise), .options = ln_item_options(noise), .x = clean->data,
               .y = y->data, .numbers = numbers, .height = s.d[s.n - 2], .width = s.d[s.n - 1], .rng = rng};
    run.pixels = samples > 0 ? all / samples : 0;
    if (all > 0) status = (run.type->corrupt != NULL ? run_pieces : run_planes)(&run, samples, err);
    if (status == LN_OK)
      *out = y;
    else
      ln_tensor_unref(y);
  }
  ln_tensor_unref(clean);
  return status;
}

/* The first of a chain draws what it would draw alone; the others have generators named by their place, so that equal
 * seeds give unrelated numbers. */
static LnRng rng_of_link(LnItem *noise, uint64_t stream, int place) {
  const LnNoiseOptions *options = ln_item_options(noise);
  LnRng rng = {(uint64_t)options->seed, stream};
  return place == 0 ? rng : ln_rng_derive(rng, (uint64_t)place);
}

LnStatus ln_noise_apply_to(LnTensor **out, LnItem *noise, LnTensor *x, uint64_t stream, const int64_t *numbers,
                           LnError *err) {
  if (x->shape.n < 2 || x->shape.n > 4)
    return ln_fail(err, LN_ESHAPE, "%s: needs images as NxCxHxW, CxHxW or HxW, got %s", ln_item_type(noise)->name,
                   LN_SHAPE_TEXT(x->shape));
  LnTensor *y = ln_tensor_ref(x);
  for (int i = 0; i < ln_chain_count(noise); i++) {
    LnItem *link = ln_chain_link(noise, i);
    LnTensor *next = NULL;
    LnStatus status = apply_one(&next, link, y, rng_of_link(link, stream, i), numbers, err);
    ln_tensor_unref(y);
    if (status != LN_OK) return status;
    y = next;
  }
  *out = y;
  return LN_OK;
}

LnStatus ln_noise_apply(LnTensor **out, LnItem *noise, LnTensor *x, uint64_t stream, LnError *err) {
  return ln_noise_apply_to(out, noise, x, stream, NULL, err);
}

bool ln_noise_expect(double *mean, double *variance, LnItem *noise, double x) {
  if (ln_is_chain(noise)) return false;
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

const LnNoiseType ln_noise_chain = {
    .type = LN_CHAIN_TYPE("noise", "Noises one after another: the second corrupts what the first one gives."),
};
