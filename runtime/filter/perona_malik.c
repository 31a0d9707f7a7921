/* Perona-Malik diffusion: grey levels flow between neighbouring pixels, the less the more they differ.
 *
 *   x += step * sum over the four neighbours of g(d) d,  d = neighbour - x,
 *   g(d) = exp(-(d / kappa)^2)  or  1 / (1 + (d / kappa)^2)
 *
 * Nothing flows across the edge of the plane. Source: Perona, Malik, "Scale-space and edge detection using anisotropic
 * diffusion", IEEE Trans. PAMI 12, 1990. */
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "filter/filter.h"
#include "kernels/kernels.h"

typedef struct PeronaMalik {
  double kappa, step;
  int64_t iterations;
  int conductance;
} PeronaMalik;

enum { EXPONENTIAL, RECIPROCAL };
static const char *const conductances[] = {"exponential", "reciprocal", NULL};

/* What flows between a row and the ones above and below it, and between its pixels, with a zero at each end. */
typedef struct Flows {
  float *above, *below, *across;
} Flows;

static void diffuse(float *y, int64_t height, int64_t width, const PeronaMalik *o, Flows flows) {
  const LnKernels *kernels = ln_kernels();
  const float scale = (float)(1 / o->kappa), step = (float)o->step;
  const bool reciprocal = o->conductance == RECIPROCAL;
  memset(flows.above, 0, (size_t)width * sizeof(float));
  for (int64_t r = 0; r < height; r++) {
    float *row = y + r * width;
    if (r + 1 < height)
      kernels->diffusion_flows(flows.below, row, row + width, scale, reciprocal, width);
    else
      memset(flows.below, 0, (size_t)width * sizeof(float));
    kernels->diffusion_flows(flows.across + 1, row, row + 1, scale, reciprocal, width - 1);
    kernels->diffusion_step(row, flows.above, flows.below, flows.across, step, width);
    float *used = flows.above;
    flows.above = flows.below, flows.below = used;
  }
}

static LnStatus apply(const void *options, float *y, const float *x, int64_t channels, int64_t height, int64_t width,
                      LnError *err) {
  (void)channels; /* one */
  const PeronaMalik *o = options;
  size_t bytes = (size_t)(3 * width + 1) * sizeof(float);
  float *memory = ln_calloc(bytes, 1);
  if (memory == NULL) return ln_fail_memory(err, "perona_malik", bytes);
  Flows flows = {memory, memory + width, memory + 2 * width};
  memcpy(y, x, (size_t)(height * width) * sizeof(float));
  for (int64_t i = 0; i < o->iterations && !ln_interrupted(); i++) diffuse(y, height, width, o, flows);
  ln_free(memory);
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "kappa", .kind = LN_PARAM_FLOAT, .offset = offsetof(PeronaMalik, kappa), .def = 0.1, .min = 1e-6,
     .max = 1e6, .help = "difference of neighbours from which on an edge is kept, " LN_FILTER_GREY,
     .flags = LN_POSITIONAL},
    {.name = "iterations", .kind = LN_PARAM_INT, .offset = offsetof(PeronaMalik, iterations), .def = 10, .max = 100000,
     .help = "how many steps: the more, the smoother"},
    {.name = "step", .kind = LN_PARAM_FLOAT, .offset = offsetof(PeronaMalik, step), .def = 0.2, .max = 0.25,
     .help = "how much flows in one step, lambda in the paper; above 0.25 it would swing up", .flags = LN_ABOVE_MIN},
    {.name = "conductance", .kind = LN_PARAM_CHOICE, .offset = offsetof(PeronaMalik, conductance), .def = EXPONENTIAL,
     .help = "exponential exp(-(d/kappa)^2), which favours strong edges, or reciprocal 1/(1+(d/kappa)^2), wide regions",
     .choices = conductances},
    {0}};

static const LnCase cases[] = {
    {.options = "{}", .inputs = {LN_SHAPE(1, 16, 20)}},
    {.options = "{\"kappa\": 0.3, \"iterations\": 4, \"conductance\": \"reciprocal\"}", .inputs = {LN_SHAPE(3, 9, 5)}},
    {.options = "{\"iterations\": 3, \"step\": 0.25}", .inputs = {LN_SHAPE(1, 4, 7)}},
    {0}};

const LnFilterType ln_filter_perona_malik = {
    .type = {.kind = "filter",
             .name = "perona_malik",
             .doc = "Anisotropic diffusion: x += step * sum of g(d) d over the four neighbours, d = neighbour - x.\n"
                    "Differences well below kappa even out, those above stay; nothing flows across the edge.\n"
                    "Agrees with MedPy's anisotropic_diffusion(image, niter, kappa, gamma, option 1 or 2).\n"
                    "Source: Perona, Malik, Scale-space and edge detection using anisotropic diffusion, PAMI 1990.",
             .size = sizeof(PeronaMalik),
             .params = params,
             .cases = cases},
    .apply = apply,
};
