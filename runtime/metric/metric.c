/* The list of metrics. */
#include "metric/metric.h"

static const LnType *const types[] = {
#define X(name) &ln_metric_##name.type,
#include "metric/metric.def"
#undef X
    NULL};

const LnKind ln_metric_kind = {"metric", "how close an image is to its reference", types};
