/* The list of filters. */
#include "filter/filter.h"

static const LnType *const types[] = {
#define X(name) &ln_filter_##name.type,
#include "filter/filter.def"
#undef X
    NULL};

const LnKind ln_filter_kind = {"filter", "classical ways to remove noise", types};
