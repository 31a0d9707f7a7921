/* Inside tensor/: what reductions are made of. Sums of terms, or extremes, of all lines of a tensor along some of its
 * dimensions, by the kernels of reduce_tmpl.c and on all threads.
 *
 * Long lines are cut into pieces, at places that depend on the layout alone, and what pieces give is put together in
 * their order: the same bits, whatever the number of threads. */
#ifndef LUNET_TENSOR_ACCUMULATE_H
#define LUNET_TENSOR_ACCUMULATE_H

#include "kernels/kernels.h"
#include "tensor/tensor.h"

typedef struct LnAccumulation {
  bool extreme;           /* else a sum */
  LnTerm term;            /* of sums */
  LnExtreme which;        /* of extremes */
  const double *numbers;  /* of terms: one a line, in the order of the results; NULL: `number` */
  double number;
} LnAccumulation;

/* The lines of t along the dimensions whose bits are set in dims; those of none are single elements.
 * values: one a line, in element order. places, unless NULL: of extremes, the first position, from 0, along the line;
 * the dimensions must then be one or all. Lines of extremes must not be empty. One line needs no memory, so that it
 * cannot fail but by an interrupt. */
enum { LN_ACCUMULATE_FEW = 256 };
LnStatus ln_accumulate(double *values, double *places, const LnTensor *t, uint32_t dims, const LnAccumulation *what,
                       LnError *err);

#endif
