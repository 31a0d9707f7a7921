/* What the tests of this folder share. */
#ifndef LUNET_TESTS_TENSOR_SUITE_H
#define LUNET_TESTS_TENSOR_SUITE_H

#include "support/support.h"

/* 0, 1, 2, ... in element order. */
LnTensor *counting(LnShape shape);

/* The tensor has this shape and, in element order, these elements (exactly, NaN equal to NaN). Releases t. */
void check_tensor(LnTensor *t, LnShape shape, const float *want);
#define CHECK_TENSOR(t, shape, ...) check_tensor(t, shape, (const float[]){__VA_ARGS__})

#endif
