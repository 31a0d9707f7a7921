/* The list of noises. */
#include "noise/noise.h"

static const LnType *const types[] = {
#define X(name) &ln_noise_##name.type,
#include "noise/noise.def"
#undef X
    NULL};

const LnKind ln_noise_kind = {"noise", "how images are corrupted", types};
