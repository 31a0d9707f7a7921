/* Inside tensor/: systems of linear equations, a x = b, for what solves them. */
#ifndef LUNET_TENSOR_SYSTEMS_H
#define LUNET_TENSOR_SYSTEMS_H

#include "tensor/matrices.h"
#include "tensor/record.h"

/* Both sides, brought to one batch. */
typedef struct LnSystems {
  LnMatrices a, b;
  LnTensor *x; /* r,n of each system: columns of x by rows */
  bool vector; /* b is one */
} LnSystems;

/* b: a vector, or matrices with a column a system. square: a must be. Makes x. */
LnStatus ln_systems(LnSystems *s, const char *what, LnTensor *a, LnTensor *b, bool square, LnError *err);
/* The solutions as users get them, in b's form, recorded; or, with a status that is a failure, x is released. */
LnStatus ln_systems_finish(LnTensor **out, LnSystems *s, LnStatus status, const LnOperation *op, LnError *err);

#endif
