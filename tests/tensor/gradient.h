/* Gradients of an operation against finite differences, for every operation that a tape records. */
#ifndef LUNET_TESTS_TENSOR_GRADIENT_H
#define LUNET_TESTS_TENSOR_GRADIENT_H

#include "tensor/suite.h"

/* Applies the operation to inputs x[0], x[1], ...; one that has several results gives all, in one row: concat them. */
typedef LnStatus GradientOp(LnTensor **y, LnTensor *const *x, LnError *err);

/* The gradients of the sum of y times a formula, of all n inputs, differ from finite differences (five points, in steps
 * of `step`) by at most `tolerance` of the largest one. Then every allocation of it all fails once: nothing may leak. */
void check_gradients(GradientOp *op, LnTensor *const *x, int n, double step, double tolerance);

/* The gradient of the sum of y times test_formula(i, 99, -1, 1), for stored numbers of PyTorch:
 * (y * torch.tensor(formula(y.shape, 99, -1, 1))).sum().backward(). Caller's reference. */
LnTensor *gradient_of(GradientOp *op, LnTensor *const *x, int n, int which);

#endif
