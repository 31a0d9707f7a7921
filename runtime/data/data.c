/* The list of data sources. */
#include "data/data.h"

static const LnType *const types[] = {
#define X(name) &ln_data_##name.type,
#include "data/data.def"
#undef X
    NULL};

const LnKind ln_data_kind = {
    .name = "data",
    .noun = "data source",
    .plural = "data sources",
    .doc = "where images come from",
    .example = "%s",
    .use = "called at once, it gives the dataset: see ln.help(ln.data.set)",
    .types = types,
};
