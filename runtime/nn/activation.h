/* What layers with activations share: words, and walking over a map row by row. The activation layers themselves are
 * made in activation.c, from kernels/activation.def. */
#ifndef LUNET_NN_ACTIVATION_H
#define LUNET_NN_ACTIVATION_H

#include "nn/layer.h"

extern const char *const ln_activation_names[]; /* for LN_PARAM_CHOICE; indices are LnActivationCode */
/* The activation of a word, its option at the default. */
LnActivation ln_activation_by_word(int word);
/* Whether its derivative is worked out of x, not of y. Those that are of y never fall. */
bool ln_activation_needs_input(LnActivation activation);
LnRange ln_activation_range(LnActivation activation);

extern const char *const ln_init_names[];       /* indices are LnInit */

/* The rows first .. first+count-1 of a map, as a map. */
LnMap ln_map_rows(LnMap map, int64_t first, int64_t count);
/* In place: y = activation(y); dy *= activation'(x), worked out of y or of x. */
void ln_map_activate(const LnKernels *kernels, LnMap y, LnActivation activation);
void ln_map_activate_grad(const LnKernels *kernels, LnMap dy, LnMap of, LnActivation activation);
void ln_map_copy(LnMap to, LnMap from); /* same c, h, w */
void ln_map_add(const LnKernels *kernels, LnMap to, LnMap from);
void ln_map_zero(LnMap map); /* the pixels, not the border */
/* sums[c] += the sum over all pixels. */
void ln_map_sum_pixels(const LnKernels *kernels, float *sums, LnMap map);

/* For layers with an option `activation` of their own, a word, that can also absorb one: the one that counts of the
 * two. */
LnActivation ln_activation_of(int own, const LnFusion *fusion);
/* What its backward pass reads: y; or, saved, what goes into the activation. Such layers save nothing else. */
void ln_activation_needs(LnNeeds *needs, const LnBuild *build, int own);
/* Forward: what the kernels are to apply in passing, and then what is left to do on the rows of the pass. */
LnActivation ln_activation_in_passing(const LnPass *pass, int own);
void ln_activation_finish(const LnPass *pass, int own);
/* Backward: dy from that of the output to that of what goes into the activation. */
void ln_activation_undo(const LnPass *pass, int own);
/* For can_fuse: the two activations are not both there, and no pooling follows one that may fall. */
bool ln_activation_can_fuse(int own, const LnFusion *fusion);

/* "expected an image CxHxW, got 10" */
LnStatus ln_expect_image(LnShape shape, LnError *err);

#endif
