/* Layers made at run time, written in C, for tests: each has a built-in twin. */
#ifndef LUNET_TESTS_SUPPORT_CUSTOM_H
#define LUNET_TESTS_SUPPORT_CUSTOM_H

#include "nn/custom.h"

/* What the functions do, and what they were asked for. One for a test; zeroed at first. */
typedef struct TestCustom {
  bool fail_forward, fail_backward;  /* LN_EARG, "no" */
  bool wrong_y, wrong_dx, wrong_dw;  /* a shape that nobody expects */
  int forwards, backwards, held;     /* held: what forward has saved and nobody has forgotten */
  LnStatus (*inside)(void *context, LnError *err); /* called by forward, unless it is NULL */
  void *context;                     /* of `inside` */
  int64_t outputs;                   /* set by test_custom_mix */
} TestCustom;

/* max(x, 0), as relu; it has no tensors. */
LnStatus test_custom_relu(LnItem **out, TestCustom *test, LnError *err);
/* y[o] = sum over i of w[o, i] x[i], as conv2d{ out, kernel = 1, bias = false }, from `in` channels. With `state`, a
 * further tensor "seen" (1), in which training counts samples. */
LnStatus test_custom_mix(LnItem **out, TestCustom *test, int64_t outputs, int64_t inputs, bool state, LnError *err);

#endif
