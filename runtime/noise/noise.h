/* Noise: one file an item, listed in noise.def.
 *
 * Every noise has the options p, mode and clip (LN_NOISE_PARAMS): mode "scale" adds p times the noise to every pixel, as
 * the paper does; mode "fraction" applies the noise in full to a share p of the pixels; clip keeps the result in [0, 1]. */
#ifndef LUNET_NOISE_NOISE_H
#define LUNET_NOISE_NOISE_H

#include "base/rng.h"
#include "base/type.h"

typedef struct LnNoiseType {
  LnType type;
  /* y = one noisy sample. x, y: contiguous, C,H,W in [0, 1] nominally; y may be x. rng is the sample's own. Cannot fail. */
  void (*apply)(const void *options, float *y, const float *x, LnShape sample, LnRng rng);
  /* Mean and variance of a noisy pixel whose clean value is x, without clipping; NULL if there is no closed form. */
  void (*expect)(const void *options, double x, double *mean, double *variance);
} LnNoiseType;

#define X(name) extern const LnNoiseType ln_noise_##name;
#include "noise/noise.def"
#undef X

extern const LnKind ln_noise_kind;

#endif
