/* Layers tied to another one: their first tensor, the weight, is a view of that one's. */
#ifndef LUNET_NN_TIE_H
#define LUNET_NN_TIE_H

#include "nn/layer.h"

/* Tie a new layer, whose options were not checked yet. What was not given of kernel, stride, dilation and padding is
 * that of `to`, and the number of outputs follows from the input of `to` once that is known (ln_layer_settle_tied).
 * Fails for layers that cannot be tied, or not to this one: a convolution whose padding is not zeros is undone by no
 * transposed one, as its border reads pixels twice. */
LnStatus ln_layer_tie(LnItem *item, LnItem *to, LnError *err);
/* in: the shape of the input of the layer that it is tied to. Fails if another one was found before. */
LnStatus ln_layer_settle_tied(LnItem *item, LnShape in, LnError *err);

#endif
