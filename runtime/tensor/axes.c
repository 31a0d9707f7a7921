/* Lists of dimensions: see axes.h. */
#include "tensor/axes.h"

#include <stddef.h>

int64_t ln_axes_count(const LnAxes *axes) {
  int64_t count = 1;
  for (int i = 0; i < axes->n; i++) count *= axes->axis[i].size;
  return count;
}

void ln_axes_add(LnAxes *axes, LnAxis axis) {
  LnAxis *last = axes->n > 0 ? &axes->axis[axes->n - 1] : NULL;
  if (axis.size == 1) return;
  if (last != NULL && last->stride == axis.stride * axis.size && last->out == axis.out * axis.size)
    *last = (LnAxis){last->size * axis.size, axis.stride, axis.out};
  else
    axes->axis[axes->n++] = axis;
}

static int64_t length_of(int64_t stride) {
  return stride < 0 ? -stride : stride;
}

void ln_axes_sort(LnAxes *axes) {
  LnAxes sorted = {0};
  for (int i = 1; i < axes->n; i++) { /* by insertion: there are few */
    LnAxis axis = axes->axis[i];
    int k = i;
    for (; k > 0 && length_of(axes->axis[k - 1].stride) < length_of(axis.stride); k--)
      axes->axis[k] = axes->axis[k - 1];
    axes->axis[k] = axis;
  }
  for (int i = 0; i < axes->n; i++) ln_axes_add(&sorted, axes->axis[i]);
  *axes = sorted;
}

LnPlace ln_place(const LnAxes *axes, int64_t flat) {
  LnPlace place = {{0}, 0, 0};
  for (int i = axes->n - 1; i >= 0; i--) {
    const LnAxis *axis = &axes->axis[i];
    place.index[i] = flat % axis->size;
    place.offset += place.index[i] * axis->stride;
    place.out += place.index[i] * axis->out;
    flat /= axis->size;
  }
  return place;
}

void ln_place_step(LnPlace *place, const LnAxes *axes) {
  for (int i = axes->n - 1; i >= 0; i--) {
    const LnAxis *axis = &axes->axis[i];
    place->offset += axis->stride, place->out += axis->out;
    if (++place->index[i] < axis->size) return;
    place->index[i] = 0;
    place->offset -= axis->size * axis->stride, place->out -= axis->size * axis->out;
  }
}
