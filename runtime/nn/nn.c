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
    .example = "local layer = %s\n"
               "local net = ln.nn.sequential{ ln.nn.conv2d{ 8 }, layer }\n"
               "net:summary{ 1, 32, 32 }\n"
               "net:predict(clean)",
    .use = "in ln.nn.sequential{ layer, ... }, or layer(node) for a graph of one's own",
    .types = types,
};
