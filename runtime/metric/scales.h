/* Images at several scales: what the metrics and the loss that look at such share. */
#ifndef LUNET_METRIC_SCALES_H
#define LUNET_METRIC_SCALES_H

#include "metric/ssim_plan.h"
#include "tensor/tensor.h"

enum { LN_MAX_SCALES = 5 };

/* Options of structural similarity over several scales, of the metric and of the loss. */
typedef struct LnMsSsim {
  LnSsim ssim; /* first */
  int64_t scales;
  LnTensor *exponents; /* one for each scale, from the finest; NULL: Wang 2003's */
} LnMsSsim;

/* Their entries of an option table, for options that begin with LnMsSsim. */
#define LN_MS_SSIM_PARAMS                                                                                        \
  {.name = "scales", .kind = LN_PARAM_INT, .offset = offsetof(LnMsSsim, scales), .def = LN_MAX_SCALES, .min = 1, \
   .max = LN_MAX_SCALES,                                                                                         \
   .help = "how often to compare, each time at half the size; the smallest must hold a window"},                 \
      {.name = "exponents", .kind = LN_PARAM_OBJECT, .offset = offsetof(LnMsSsim, exponents),                    \
       .object = &ln_tensor_object,                                                                              \
       .help = "weight of each scale, from the finest, e.g. ln.tensor{ 0.2, 0.3, 0.5 }, taken as they are; "     \
               "without them Wang 2003's"},                                                                      \
      LN_SSIM_PARAMS

/* Exponents of the scales, from the finest: the option's, or Wang 2003's. Of these, those of fewer than five are
 * divided by their sum, so that they add up to 1 as all five do. */
void ln_scale_exponents(double *exponents, const LnMsSsim *o);
/* Whether the options fit together; a message without the item's name. */
LnStatus ln_ms_ssim_check(const LnMsSsim *o, LnError *err);
/* Whether C,H,W images hold a window at every scale; a message without the item's name. */
LnStatus ln_ms_ssim_check_size(const void *options, LnShape sample, LnError *err);

/* Means of 2x2 pixels of a plane, height x width: half of both; an odd row or column at the end is left out. */
void ln_halve(float *to, const float *from, int64_t height, int64_t width);
/* The same, an odd row or column at the end with zeros beyond: (height + 1) / 2 x (width + 1) / 2. */
void ln_halve_padded(float *to, const float *from, int64_t height, int64_t width);
/* Such a mask of to_height x to_width: 1 where at least half of the pixels are, of those that there are. */
void ln_halve_mask(float *to, int64_t to_height, int64_t to_width, const float *from, int64_t height, int64_t width);

#endif
