/* Patches: see patches.h. unfold and fold are each other's adjoint. */
#include "tensor/patches.h"

#include <inttypes.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "tensor/record.h"

enum { FEW = 1 << 15 }; /* elements of columns that are not worth several threads */

/* One plane of an image and its rows of the columns. */
typedef struct Plane {
  LnPatches patches;
  int64_t size[2];   /* of the image */
  int64_t places[2]; /* of the kernel, down and across */
  bool fold;
  float *image, *columns; /* of all planes; contiguous */
} Plane;

/* How often the kernel fits into `size`, at least once; dim: 0 height, 1 width. */
static LnStatus count_places(int64_t *places, const LnPatches *patches, int64_t size, int dim, const char *what,
                             LnError *err) {
  static const char *const names[] = {"height", "width"};
  int64_t k = patches->kernel[dim], reach, padded;
  if (k < 1 || patches->stride[dim] < 1 || patches->dilation[dim] < 1 || patches->padding[dim] < 0)
    return ln_fail(err, LN_EARG, "%s: kernel, stride and dilation must be at least 1, padding 0; for the %s they are %"
                   PRId64 ", %" PRId64 ", %" PRId64 " and %" PRId64, what, names[dim], k, patches->stride[dim],
                   patches->dilation[dim], patches->padding[dim]);
  if (__builtin_mul_overflow(k - 1, patches->dilation[dim], &reach) || reach > INT64_MAX / 4) reach = INT64_MAX / 4;
  if (patches->padding[dim] > INT64_MAX / 16 || size > INT64_MAX / 4)
    return ln_fail(err, LN_ESHAPE, "%s: a padding of %" PRId64 " is too much", what, patches->padding[dim]);
  padded = size + 2 * patches->padding[dim];
  if (reach + 1 > padded)
    return ln_fail(err, LN_ESHAPE,
                   "%s: a kernel of %" PRId64 " in steps of %" PRId64 " does not fit into a %s of %" PRId64
                   " with a padding of %" PRId64,
                   what, k, patches->dilation[dim], names[dim], size, patches->padding[dim]);
  *places = (padded - reach - 1) / patches->stride[dim] + 1;
  return LN_OK;
}

/* The part of a row of places whose pixel, `first` at the first place, lies in 0..size-1. */
static void inside(int64_t *from, int64_t *to, int64_t first, int64_t stride, int64_t size, int64_t places) {
  *from = first >= 0 ? 0 : (-first + stride - 1) / stride;
  *to = first >= size ? 0 : (size - first + stride - 1) / stride;
  if (*to > places) *to = places;
  if (*from > *to) *from = *to;
}

/* One row of the columns: the element (ky, kx) of the kernel at all places. */
static void move_row(const Plane *p, float *image, float *row, int64_t ky, int64_t kx) {
  const int64_t stride = p->patches.stride[1], width = p->size[1], across = p->places[1];
  int64_t top = ky * p->patches.dilation[0] - p->patches.padding[0], from, to;
  int64_t left = kx * p->patches.dilation[1] - p->patches.padding[1];
  inside(&from, &to, left, stride, width, across);
  for (int64_t i = 0; i < p->places[0]; i++, row += across) {
    int64_t y = top + i * p->patches.stride[0];
    if (y < 0 || y >= p->size[0] || from == to) continue; /* zeros already, or nothing to add */
    float *pixels = image + y * width + left;
    if (p->fold)
      for (int64_t j = from; j < to; j++) pixels[j * stride] += row[j];
    else if (stride == 1)
      memcpy(row + from, pixels + from, (size_t)(to - from) * sizeof *row);
    else
      for (int64_t j = from; j < to; j++) row[j] = pixels[j * stride];
  }
}

/* A task: plane `index`, of sample and channel. */
static void move_plane(void *context, int64_t index, int worker) {
  const Plane *p = context;
  const int64_t kernel = p->patches.kernel[0] * p->patches.kernel[1], count = p->places[0] * p->places[1];
  float *image = p->image + index * p->size[0] * p->size[1];
  (void)worker;
  for (int64_t k = 0; k < kernel && !ln_interrupted(); k++)
    move_row(p, image, p->columns + (index * kernel + k) * count, k / p->patches.kernel[1], k % p->patches.kernel[1]);
}

static LnStatus move_planes(Plane *plane, int64_t planes, int64_t count, LnError *err) {
  if (count > FEW) return ln_parallel_stoppable(planes, move_plane, plane, err);
  for (int64_t i = 0; count > 0 && i < planes; i++) move_plane(plane, i, 0);
  return ln_interrupt_check(err);
}

static LnStatus unfold_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const LnShape x = of->in[0]->shape;
  return ln_tensor_fold(&din[0], of->dout[0], of->args, &x.d[x.n - 2], false, err);
}

/* Places, and the shape of the columns of an image. */
static LnStatus columns_shape(LnShape *shape, int64_t places[2], LnShape image, const LnPatches *patches,
                              const char *what, LnError *err) {
  int64_t kernel, count;
  for (int i = 0; i < 2; i++) LN_TRY(count_places(&places[i], patches, image.d[image.n - 2 + i], i, what, err));
  *shape = (LnShape){.n = image.n - 1};
  if (image.n == 4) shape->d[0] = image.d[0];
  if (__builtin_mul_overflow(patches->kernel[0], patches->kernel[1], &kernel) ||
      __builtin_mul_overflow(kernel, image.d[image.n - 3], &shape->d[shape->n - 2]) ||
      __builtin_mul_overflow(places[0], places[1], &shape->d[shape->n - 1]))
    return ln_fail(err, LN_ESHAPE, "%s: the columns of an image of shape %s have too many elements", what,
                   LN_SHAPE_TEXT(image));
  return ln_tensor_check_shape(&count, *shape, what, err);
}

LnStatus ln_tensor_unfold(LnTensor **out, const LnTensor *x, const LnPatches *patches, LnError *err) {
  if (x->shape.n != 3 && x->shape.n != 4)
    return ln_fail(err, LN_ESHAPE, "unfold: needs N,C,H,W or C,H,W, got shape %s", LN_SHAPE_TEXT(x->shape));
  const int64_t *size = &x->shape.d[x->shape.n - 2];
  Plane plane = {.patches = *patches, .size = {size[0], size[1]}};
  LnShape shape;
  LnTensor *image, *y;
  LN_TRY(columns_shape(&shape, plane.places, x->shape, patches, "unfold", err));
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnStatus status = ln_tensor_packed(&image, x, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  plane.image = image->data, plane.columns = y->data;
  status = move_planes(&plane, (x->shape.n == 4 ? x->shape.d[0] : 1) * x->shape.d[x->shape.n - 3],
                       ln_shape_count(shape), err);
  ln_tensor_unref(image);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  y->mask = x->mask;
  return ln_tape_finish(out, y, &(LnOperation){"unfold", unfold_adjoint, LN_INPUTS(x), LN_ARGS(*patches)}, err);
}

/* In how many patches the pixels of one row or column lie: of those of one dimension. */
static void count_cover(float *cover, const LnPatches *patches, int64_t size, int64_t places, int dim) {
  memset(cover, 0, (size_t)size * sizeof *cover);
  for (int64_t k = 0; k < patches->kernel[dim]; k++) {
    int64_t first = k * patches->dilation[dim] - patches->padding[dim], from, to;
    inside(&from, &to, first, patches->stride[dim], size, places);
    for (int64_t i = from; i < to; i++) cover[first + i * patches->stride[dim]]++;
  }
}

/* Divide images by how many patches each pixel is in: the product of those of its row and of its column. */
static LnStatus divide_by_cover(LnTensor *image, const Plane *plane, LnError *err) {
  const int64_t h = plane->size[0], w = plane->size[1], count = ln_shape_count(image->shape);
  if (count == 0) return LN_OK; /* the kernel may have any size then */
  float *down = ln_alloc((size_t)(h + w) * sizeof *down);
  if (down == NULL) return ln_fail_memory(err, "fold", (size_t)(h + w) * sizeof *down);
  float *across = down + h;
  count_cover(down, &plane->patches, h, plane->places[0], 0);
  count_cover(across, &plane->patches, w, plane->places[1], 1);
  for (int64_t i = 0; i < count / w; i++)
    for (int64_t j = 0; j < w; j++) {
      float cover = down[i % h] * across[j];
      if (cover > 1) image->data[i * w + j] /= cover;
    }
  ln_free(down);
  return LN_OK;
}

typedef struct FoldArgs {
  Plane plane; /* whose memory is another's by then */
  bool average;
} FoldArgs;

static LnStatus fold_adjoint(LnTensor **din, const LnRecord *of, LnError *err) {
  const FoldArgs *args = of->args;
  LnTensor *g;
  LN_TRY(ln_tensor_clone(&g, of->dout[0], err));
  LnStatus status = args->average ? divide_by_cover(g, &args->plane, err) : LN_OK;
  if (status == LN_OK) status = ln_tensor_unfold(&din[0], g, &args->plane.patches, err);
  ln_tensor_unref(g);
  return status;
}

/* The shape of the images that columns fold to. */
static LnStatus image_shape(LnShape *image, const LnTensor *columns, Plane *plane, LnError *err) {
  const LnPatches *patches = &plane->patches;
  LnShape got = columns->shape, want;
  if (got.n != 2 && got.n != 3)
    return ln_fail(err, LN_ESHAPE, "fold: needs columns N,C*KH*KW,P or C*KH*KW,P, got shape %s", LN_SHAPE_TEXT(got));
  if (plane->size[0] < 0 || plane->size[1] < 0)
    return ln_fail(err, LN_EARG, "fold: an image of %" PRId64 "x%" PRId64 " pixels", plane->size[0], plane->size[1]);
  int64_t kernel = 1;
  if (patches->kernel[0] > 0 && patches->kernel[1] > 0 &&
      __builtin_mul_overflow(patches->kernel[0], patches->kernel[1], &kernel))
    kernel = INT64_MAX;
  *image = (LnShape){.n = got.n + 1};
  if (got.n == 3) image->d[0] = got.d[0];
  image->d[image->n - 3] = kernel > 0 ? got.d[got.n - 2] / kernel : 0;
  image->d[image->n - 2] = plane->size[0], image->d[image->n - 1] = plane->size[1];
  LN_TRY(columns_shape(&want, plane->places, *image, patches, "fold", err));
  if (!ln_shape_equal(got, want))
    return ln_fail(err, LN_ESHAPE,
                   "fold: columns of shape %s, but the patches of %" PRId64 "x%" PRId64
                   " pixels with a "
                   "kernel of %" PRId64 "x%" PRId64 " have a multiple of %" PRId64 " rows and %" PRId64 " columns",
                   LN_SHAPE_TEXT(got), plane->size[0], plane->size[1], patches->kernel[0], patches->kernel[1], kernel,
                   want.d[want.n - 1]);
  return LN_OK;
}

LnStatus ln_tensor_fold(LnTensor **out, const LnTensor *columns, const LnPatches *patches, const int64_t size[2],
                        bool average, LnError *err) {
  FoldArgs args = {.plane = {.patches = *patches, .size = {size[0], size[1]}, .fold = true}, .average = average};
  Plane *plane = &args.plane;
  LnShape shape;
  LnTensor *rows, *y;
  LN_TRY(image_shape(&shape, columns, plane, err));
  LN_TRY(ln_tensor_new(&y, shape, err));
  LnStatus status = ln_tensor_packed(&rows, columns, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  plane->image = y->data, plane->columns = rows->data;
  status = move_planes(plane, (shape.n == 4 ? shape.d[0] : 1) * shape.d[shape.n - 3], ln_shape_count(columns->shape),
                       err);
  ln_tensor_unref(rows);
  if (status == LN_OK && average) status = divide_by_cover(y, plane, err);
  if (status != LN_OK) return ln_tensor_unref(y), status;
  return ln_tape_finish(out, y, &(LnOperation){"fold", fold_adjoint, LN_INPUTS(columns), LN_ARGS(args)}, err);
}
