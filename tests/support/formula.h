/* Inputs and weights of reference cases, made by a formula that C and Python (tests/reference/formula.py) evaluate to
 * the same bits, so that only results need storing. */
#ifndef LUNET_TESTS_FORMULA_H
#define LUNET_TESTS_FORMULA_H

#include <stdint.h>

#include "tensor/tensor.h"

/* The i-th number in [low, high) of the sequence `salt`. */
float test_formula(int64_t i, uint32_t salt, double low, double high);
/* out[i] = the i-th number. */
void test_formula_fill(float *out, int64_t n, uint32_t salt, double low, double high);
/* A contiguous tensor filled so. */
LnTensor *test_formula_tensor(LnShape shape, uint32_t salt, double low, double high);

/* |got - want| <= tolerance * the largest |want|, for a whole array. */
void ck_assert_near(const char *what, const float *got, const double *want, int64_t n, double tolerance);

#endif
