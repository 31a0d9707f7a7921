/* What the tests of this folder share. */
#ifndef LUNET_TESTS_NOISE_SUITE_H
#define LUNET_TESTS_NOISE_SUITE_H

#include "noise/noise.h"
#include "support/known.h"

/* A noisy copy of x. */
LnTensor *corrupted(LnItem *noise, LnTensor *x, uint64_t stream);
/* A tensor of one value. */
LnTensor *constant(LnShape shape, double value);
bool same_bits(const LnTensor *a, const LnTensor *b);

#endif
