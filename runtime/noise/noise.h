/* Noise: one file an item, listed in noise.def.
 *
 * A noise says what a fully corrupted pixel is: f(x) = x + n for additive noise, 0 or 1 for salt and pepper, a fixed
 * value for masking. How much of it an image gets is the same for all (LN_NOISE_PARAMS):
 *
 *   mode "scale"     y = x + p (f(x) - x) on every pixel; for additive noise x + p n, as in Gondara 2016. The default
 *                    of additive noises.
 *   mode "fraction"  y = f(x) on a share p of the pixels, each drawn on its own (and each channel on its own), y = x on
 *                    the rest. The default of noises that replace pixels.
 *   clip             keeps y in [0, 1]; off by default, as in the paper.
 *   seed             of the random numbers.
 *
 * NaN stays NaN, except where a fraction of the pixels is replaced. */
#ifndef LUNET_NOISE_NOISE_H
#define LUNET_NOISE_NOISE_H

#include <stdbool.h>

#include "base/rng.h"
#include "base/type.h"
#include "tensor/tensor.h"

/* First member of every noise's options. */
typedef struct LnNoiseOptions {
  double p;
  int mode; /* LnNoiseMode */
  bool clip;
  int64_t seed;
} LnNoiseOptions;

typedef enum LnNoiseMode { LN_NOISE_SCALE, LN_NOISE_FRACTION } LnNoiseMode;
extern const char *const ln_noise_modes[];

/* The options that all noises share, for a struct whose first member is `LnNoiseOptions common`. */
#define LN_NOISE_PARAMS(Options, p_default, mode_default)                                                             \
  {.name = "p", .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, common.p), .def = p_default, .max = 1,            \
   .help = "how much: factor of the noise (mode 'scale') or share of the pixels (mode 'fraction')",                   \
   .flags = LN_POSITIONAL},                                                                                           \
  {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, common.mode), .def = mode_default,            \
   .choices = ln_noise_modes, .help = "'scale': p times the noise on every pixel; 'fraction': all of it on a share p"},\
  {.name = "clip", .kind = LN_PARAM_BOOL, .offset = offsetof(Options, common.clip),                                   \
   .help = "keep the result in 0..1"},                                                                                \
  {.name = "seed", .kind = LN_PARAM_INT, .offset = offsetof(Options, common.seed), .def = 1, .max = 0x1p53,           \
   .help = "seed of the random numbers: the same seed gives the same noise"}

enum { LN_NOISE_PIECE = 1024 }; /* most pixels in one go */

typedef struct LnNoiseType {
  LnType type;
  /* y = f(x) for n pixels, LN_NOISE_PIECE at most, the first of which is pixel `first` of its sample. Random number i of
   * rng belongs to pixel i; a noise that needs several takes more generators, derived from it. x and y do not overlap.
   * Cannot fail. */
  void (*corrupt)(const void *options, float *y, const float *x, int64_t n, LnRng rng, uint64_t first);
  /* Instead, where pixels depend on their neighbours: y = f(x) for a channel, H,W, with a generator of its own.
   * scratch: as many floats as scratch_floats says. */
  void (*corrupt_plane)(const void *options, float *y, const float *x, int64_t height, int64_t width, LnRng rng,
                        float *scratch);
  int64_t (*scratch_floats)(const void *options, int64_t height, int64_t width);
  /* Mean and variance of f(x); NULL if there is no closed form, or pixels are not independent. */
  void (*expect)(const void *options, double x, double *mean, double *variance);
} LnNoiseType;

/* A noisy copy. x: N,C,H,W, C,H,W or H,W. The noise of a pixel depends on the seed, `stream`, the number of its sample
 * and its place in it alone; callers count `stream` up from one image set to the next. numbers: of the samples, from 0,
 * where x is some of a set; NULL for 0, 1, 2, ... noise: also a chain. */
LnStatus ln_noise_apply(LnTensor **out, LnItem *noise, LnTensor *x, uint64_t stream, LnError *err);
LnStatus ln_noise_apply_to(LnTensor **out, LnItem *noise, LnTensor *x, uint64_t stream, const int64_t *numbers,
                           LnError *err);

/* Mean and variance of a noisy pixel whose clean value is x, without clipping; false if there is no closed form. */
bool ln_noise_expect(double *mean, double *variance, LnItem *noise, double x);

#define X(name) extern const LnNoiseType ln_noise_##name;
#include "noise/noise.def"
#undef X

extern const LnKind ln_noise_kind;
extern const LnNoiseType ln_noise_chain; /* in no list: made by ln_chain_new */

#endif
