/* The list of layers. */
#include "nn/layer.h"

static const LnType *const types[] = {
#define X(name) &ln_nn_##name.type,
#include "nn/nn.def"
#undef X
    NULL};

const LnKind ln_nn_kind = {.name = "nn", .doc = "layers of a network", .types = types};
