/* Sliding cosine transform: every block of the image is transformed, coefficients below threshold * sigma become 0, and
 * each pixel becomes the mean of what the blocks that it lies in, transformed back, say of it.
 *
 * The transform downwards is the same for all columns, so a row of blocks is transformed downwards once, column by
 * column; then along the row, block by block, shrunk and back, and overlapping blocks are added up before the way back
 * upwards (kernels/sliding_dct_tmpl.c). That takes a few dozen multiplications of vectors a pixel.
 *
 * Sources: Yaroslavsky, "Local adaptive image restoration and enhancement with the use of DFT and DCT in a running
 * window", SPIE 2825, 1996; Yu, Sapiro, "DCT image denoising: a simple and effective image denoising algorithm", Image
 * Processing On Line 1, 2011. */
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/edge.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

typedef struct Dct {
  double sigma, threshold;
  int64_t block, step;
  int edge;
} Dct;

enum { NONE, REFLECT };
static const char *const edges[] = {"none", "reflect", NULL};

/* A plane's work: its image, maybe with a border, and blocks of size[0] x size[1], as large as it at most. */
typedef struct Plane {
  const LnKernels *kernels;
  const float *x;
  int64_t height, width, border;
  int size[2];
  int64_t step, stride; /* of the kernel's rows */
  float *sums, *image;  /* height x width; image: x with its border, if there is one */
  float *back, *work;   /* size[0] rows of the image's width; the kernel's */
  float *down, *mask, *line; /* a row each */
  float basis[2][LN_DCT_MOST * LN_DCT_MOST], columns[LN_DCT_MOST * LN_DCT_MOST]; /* columns: the first one transposed */
  float threshold;
} Plane;

/* Row k: the basis function of frequency k, of length 1. */
static void make_basis(float *basis, int size) {
  for (int k = 0; k < size; k++)
    for (int j = 0; j < size; j++)
      basis[k * size + j] = (float)(sqrt((k == 0 ? 1.0 : 2.0) / size) * cos(acos(-1) * (2 * j + 1) * k / (2 * size)));
}

/* Whether a block begins at place i of n: every step-th, and the last. */
static bool begins(int64_t i, int64_t n, int64_t step) {
  return i % step == 0 || i == n - 1;
}

static size_t floats_of(const Plane *p) {
  int64_t image = p->height * p->width, most = LN_DCT_MOST;
  return (size_t)((p->border > 0 ? 2 : 1) * image + most * p->width + most * p->stride + 3 * p->width);
}

static void prepare(Plane *p, float *memory, const float *x) {
  p->sums = memory, p->image = p->sums + p->height * p->width;
  p->back = p->image + (p->border > 0 ? p->height * p->width : 0);
  p->work = p->back + LN_DCT_MOST * p->width;
  p->down = p->work + LN_DCT_MOST * p->stride;
  p->mask = p->down + p->width, p->line = p->mask + p->width;
  int64_t b = p->border;
  if (b > 0)
    ln_edge_surround(p->image + b * p->width + b, p->width, x, LN_EDGE_REFLECT, p->height - 2 * b, p->width - 2 * b, b);
  p->x = b > 0 ? p->image : x;
  for (int i = 0; i < 2; i++) make_basis(p->basis[i], p->size[i]);
  for (int k = 0; k < p->size[0]; k++)
    for (int j = 0; j < p->size[0]; j++) p->columns[j * p->size[0] + k] = p->basis[0][k * p->size[0] + j];
  int64_t blocks = p->width - p->size[1] + 1;
  for (int64_t c = 0; c < blocks; c++) p->mask[c] = begins(c, blocks, p->step);
}

/* All blocks whose first row is `top`. */
static void denoise_blocks(const Plane *p, int64_t top) {
  const float *rows[LN_DCT_MOST], *back[LN_DCT_MOST];
  const float *mask = p->step > 1 ? p->mask : NULL;
  int size = p->size[0];
  for (int r = 0; r < size; r++) rows[r] = p->x + (top + r) * p->width, back[r] = p->back + r * p->width;
  for (int k = 0; k < size; k++) {
    p->kernels->sum_rows(p->down, rows, p->basis[0] + k * size, size, p->width);
    p->kernels->sliding_dct(p->back + k * p->width, p->down, p->work, p->stride, p->basis[1], p->size[1], p->threshold,
                            mask, p->width - p->size[1] + 1);
  }
  for (int r = 0; r < size; r++) {
    p->kernels->sum_rows(p->line, back, p->columns + r * size, size, p->width);
    p->kernels->add(p->sums + (top + r) * p->width, p->line, p->width);
  }
}

/* How many blocks hold place i of n. */
static int64_t covering(int64_t i, int64_t n, int64_t size, int64_t step) {
  int64_t count = 0, first = i - size + 1 > 0 ? i - size + 1 : 0, last = i < n - size ? i : n - size;
  for (int64_t at = first; at <= last; at++) count += begins(at, n - size + 1, step);
  return count;
}

static void divide(const Plane *p, float *y) {
  int64_t width = p->width - 2 * p->border;
  for (int64_t c = 0; c < p->width; c++) p->line[c] = (float)covering(c, p->width, p->size[1], p->step);
  for (int64_t r = p->border; r < p->height - p->border; r++) {
    float rows = (float)covering(r, p->height, p->size[0], p->step);
    const float *sums = p->sums + r * p->width + p->border, *columns = p->line + p->border;
    float *to = y + (r - p->border) * width;
    for (int64_t c = 0; c < width; c++) to[c] = sums[c] / (rows * columns[c]);
  }
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const Dct *o = options;
  Plane p = {.kernels = ln_kernels(), .step = o->step, .threshold = (float)(o->threshold * o->sigma)};
  p.border = o->edge == NONE ? 0 : o->block - 1;
  p.height = height + 2 * p.border, p.width = width + 2 * p.border;
  p.size[0] = (int)(o->block < p.height ? o->block : p.height);
  p.size[1] = (int)(o->block < p.width ? o->block : p.width);
  if (p.step > p.size[0] || p.step > p.size[1]) p.step = p.size[0] < p.size[1] ? p.size[0] : p.size[1];
  p.stride = p.width + 2 * LN_DCT_MOST;
  float *memory = ln_calloc(floats_of(&p), sizeof(float));
  if (memory == NULL) return ln_fail_memory(err, "dct", floats_of(&p) * sizeof(float));
  prepare(&p, memory, x);
  int64_t blocks = p.height - p.size[0] + 1;
  for (int64_t top = 0; top < blocks && !ln_interrupted(); top++)
    if (begins(top, blocks, p.step)) denoise_blocks(&p, top);
  divide(&p, y);
  ln_free(memory);
  return LN_OK;
}

static LnStatus check(const void *options, LnError *err) {
  const Dct *o = options;
  if (o->step > o->block)
    return ln_fail(err, LN_EARG, "dct: blocks of %lld pixels leave gaps with step %lld", (long long)o->block,
                   (long long)o->step);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "sigma", .kind = LN_PARAM_FLOAT, .offset = offsetof(Dct, sigma), .def = 0.1, .max = 1e6,
     .help = LN_FILTER_SIGMA_HELP "; 0 changes nothing", .flags = LN_POSITIONAL},
    {.name = "block", .kind = LN_PARAM_INT, .offset = offsetof(Dct, block), .def = 8, .min = 2, .max = LN_DCT_MOST,
     .help = "side of the blocks in pixels"},
    {.name = "step", .kind = LN_PARAM_INT, .offset = offsetof(Dct, step), .def = 1, .min = 1, .max = LN_DCT_MOST,
     .help = "pixels from block to block; more are faster, and worse"},
    {.name = "threshold", .kind = LN_PARAM_FLOAT, .offset = offsetof(Dct, threshold), .def = 3, .max = 1e6,
     .help = "in sigma: what is below becomes 0, a block's mean too"},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Dct, edge), .def = NONE,
     .help = "none: blocks lie inside the image; reflect: it goes on mirrored, so that edges are covered as often",
     .choices = edges},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"block\": 5, \"threshold\": 2.5, \"edge\": \"reflect\"}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"sigma\": 0.05, \"block\": 4, \"step\": 3}", .inputs = {LN_SHAPE(1, 6, 7)}},
    {0}};

const LnFilterType ln_filter_dct = {
    .type = {.kind = "filter",
             .name = "dct",
             .doc = "Sliding cosine transform: coefficients of a block below threshold * sigma become 0.\n"
                    "Each pixel becomes the mean of what the blocks that it lies in then say of it.\n"
                    "Agrees with OpenCV's xphoto.dctDenoising(image, sigma, block), except for its last row and\n"
                    "column, where that has no blocks.\n"
                    "Sources: Yaroslavsky, Egiazarian, Astola, Transform domain image restoration methods: review,\n"
                    "comparison, and interpretation, SPIE 4304, 2001;\n"
                    "Yu, Sapiro, DCT image denoising: a simple and effective image denoising algorithm, IPOL 2011.",
             .size = sizeof(Dct),
             .params = params,
             .cases = cases,
             .check = check},
    .apply = apply,
};
