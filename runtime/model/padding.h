/* Inside model/: predictions of images whose sides a network's poolings do not divide. They are padded, and the output
 * is cropped to the image's sides. */
#ifndef LUNET_MODEL_PADDING_H
#define LUNET_MODEL_PADDING_H

#include "model/graph.h"
#include "tensor/tensor.h"

/* The shape to which samples of the shape `sample` are padded: the smallest height and width, none below the sample's,
 * that the network gives back. A side that it changes on purpose stays as it is: one that it halves or doubles; or both
 * where its output is no image. */
LnStatus ln_padding_find(LnShape *out, const LnGraph *graph, LnShape sample, LnError *err);

/* x: N,C,H,W, padded at the bottom and on the right by reflection that does not repeat the edge (NumPy's "reflect"),
 * again and again where a side is shorter than what is added. *out is contiguous. */
LnStatus ln_padding_apply(LnTensor **out, LnTensor *x, LnShape padded, LnError *err);
/* Replaces y, which was predicted from samples padded to that shape, by what belongs to the unpadded ones. */
LnStatus ln_padding_crop(LnTensor **y, LnShape sample, LnShape padded, LnError *err);

#endif
