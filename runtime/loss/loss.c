/* The list of losses. */
#include "loss/loss.h"

static const LnType *const types[] = {
#define X(name) &ln_loss_##name.type,
#include "loss/loss.def"
#undef X
    NULL};

const LnKind ln_loss_kind = {.name = "loss", .doc = "what training minimises", .types = types};
