/* Random numbers for the images of a batch. What an image gets depends on the generator and on its number in its set
 * alone, so that neither threads nor the way a set is cut into batches make a difference. */
#ifndef LUNET_DATA_DRAW_H
#define LUNET_DATA_DRAW_H

#include "base/rng.h"
#include "tensor/tensor.h"

/* *out: the shape, N,...; numbers: of the N images, from 0 or any. */
LnStatus ln_draw_normal(LnTensor **out, LnShape shape, LnRng rng, const int64_t *numbers, LnError *err);
LnStatus ln_draw_uniform(LnTensor **out, LnShape shape, double low, double high, LnRng rng, const int64_t *numbers,
                         LnError *err);
/* Whole numbers low .. high, both included, at most 2^24 apart. */
LnStatus ln_draw_integer(LnTensor **out, LnShape shape, int64_t low, int64_t high, LnRng rng, const int64_t *numbers,
                         LnError *err);
/* Poisson numbers of these rates, N,...; see ln_rng_fill_poisson_of. */
LnStatus ln_draw_poisson(LnTensor **out, LnTensor *rates, LnRng rng, const int64_t *numbers, LnError *err);

#endif
