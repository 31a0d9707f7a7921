/* What conv2d, dense and the activation layers share: names, and walking over an activation's values row by row. */
#ifndef LUNET_NN_ACTIVATION_H
#define LUNET_NN_ACTIVATION_H

#include "nn/layer.h"

extern const char *const ln_activation_names[]; /* for LN_PARAM_CHOICE; indices are LnActivation */
#define LN_LEAKY_SLOPE 0.01                     /* where a layer has no option for it */

extern const char *const ln_init_names[];       /* indices are LnInit */

/* The rows first .. first+count-1 of a map, as a map. */
LnMap ln_map_rows(LnMap map, int64_t first, int64_t count);
/* In place: y = activation(y); dy *= activation'(y). */
void ln_map_activate(const LnKernels *kernels, LnMap y, LnActivation activation, float slope);
void ln_map_activate_grad(const LnKernels *kernels, LnMap dy, LnMap y, LnActivation activation, float slope);
void ln_map_copy(LnMap to, LnMap from); /* same c, h, w */
void ln_map_add(const LnKernels *kernels, LnMap to, LnMap from);
void ln_map_zero(LnMap map); /* the pixels, not the border */
/* sums[c] += the sum over all pixels. */
void ln_map_sum_pixels(const LnKernels *kernels, float *sums, LnMap map);

/* For layers with an option `activation` of their own that can also absorb one: the one that counts of the two, and
 * what to apply in a pass, with its slope. */
LnActivation ln_activation_of(int own, const LnFusion *fusion);
LnActivation ln_activation_now(const LnPass *pass, int own, float *slope);

/* Activation layers are alike but for the function and the slope. */
LnStatus ln_activation_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);
LnStatus ln_activation_build(LnNeeds *needs, const LnBuild *build, LnError *err);
void ln_activation_forward(const LnPass *pass, LnActivation activation, float slope);
void ln_activation_backward(const LnPass *pass, LnActivation activation, float slope);
bool ln_activation_fuse_into(LnFusion *fusion, LnActivation activation, float slope);

/* "expected an image CxHxW, got 10" */
LnStatus ln_expect_image(LnShape shape, LnError *err);

#endif
