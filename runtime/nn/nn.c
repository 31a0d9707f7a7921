/* The list of layers. */
#include "nn/layer.h"

static const LnType *const types[] = {
#define X(name) &ln_nn_##name.type,
#include "nn/nn.def"
#undef X
    NULL};

const LnKind ln_nn_kind = {
    .name = "nn",
    .noun = "layer",
    .plural = "layers",
    .doc = "layers of a network",
    .use = "in ln.nn.sequential{ layer, ... }, or layer(node) for a graph of one's own",
    .types = types,
};
