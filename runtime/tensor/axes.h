/* Inside tensor/: the dimensions of a strided loop as a list, and a place that is moved through them. */
#ifndef LUNET_TENSOR_AXES_H
#define LUNET_TENSOR_AXES_H

#include "base/shape.h"

typedef struct LnAxis {
  int64_t size;
  int64_t stride; /* in what is read, in floats */
  int64_t out;    /* in what is written, in elements; 0 if that is not asked for */
} LnAxis;

typedef struct LnAxes {
  int n; /* outermost first */
  LnAxis axis[LN_MAX_DIMS];
} LnAxes;

typedef struct LnPlace {
  int64_t index[LN_MAX_DIMS];
  int64_t offset, out;
} LnPlace;

int64_t ln_axes_count(const LnAxes *axes);
/* Sizes of 1 are left out; an axis goes on where the one before it ends if both strides allow it. */
void ln_axes_add(LnAxes *axes, LnAxis axis);
/* By falling stride, so that neighbours in memory come one after the other; then merged. */
void ln_axes_sort(LnAxes *axes);
/* The place of element `flat`, counted in the order of the axes; and the one after a place. */
LnPlace ln_place(const LnAxes *axes, int64_t flat);
void ln_place_step(LnPlace *place, const LnAxes *axes);

#endif
