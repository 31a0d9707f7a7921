/* What the tests of this folder share. */
#ifndef LUNET_TESTS_AUGMENT_SUITE_H
#define LUNET_TESTS_AUGMENT_SUITE_H

#include "augment/augment.h"
#include "support/known.h"

/* x changed by an item made from JSON, as the draw says. */
LnTensor *changed(const LnAugmentType *type, const char *options, LnTensor *x, uint64_t stream);
/* One channel of height x width whose pixels are 0, 1, 2, ..., N times. */
LnTensor *counted(int64_t n, int64_t height, int64_t width);
bool same_bits(const LnTensor *a, const LnTensor *b);

#endif
