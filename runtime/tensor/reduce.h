/* Reductions over any dimensions: tensor.h has those over one dimension or all. */
#ifndef LUNET_TENSOR_REDUCE_H
#define LUNET_TENSOR_REDUCE_H

#include "tensor/tensor.h"

#define LN_ALL_DIMS UINT32_MAX

typedef struct LnReduction {
  LnReduce op;
  uint32_t dims; /* bit i: over dimension i */
  bool keep;     /* these dimensions stay, with size 1 */
  bool unbiased; /* VAR, STD: divide by n - 1 */
  double order;  /* NORM: > 0, may be infinite */
} LnReduction;

/* Sums are in double, in an order that depends on the layout alone. Of no elements: SUM, COUNT and NORM are 0, PROD is
 * 1, ANY is 0, ALL is 1; MEAN, VAR and STD are NaN; the others, and NORM of infinite order, are errors. ARGMIN, ARGMAX:
 * over one dimension or all. NaN: it is the extreme, as in NumPy, and not zero. Gradients: equal extremes share theirs
 * evenly (torch.amax); STD and NORM have none where they are 0. */
LnStatus ln_tensor_reduce_over(LnTensor **out, LnReduction how, const LnTensor *a, LnError *err);
/* Of all elements, whatever how.dims says, as a number in double. */
LnStatus ln_tensor_reduce_to(double *out, LnReduction how, const LnTensor *a, LnError *err);

#endif
