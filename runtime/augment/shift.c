/* Shifts by whole pixels. */
#include "augment/augment.h"
#include "filter/edge.h"

typedef struct Shift {
  LnAugmentOptions common;
  int64_t most[2];
  int edge;
} Shift;

static void apply(const void *options, float *y, const float *x, LnShape in, LnRng rng) {
  const Shift *o = options;
  const int64_t height = in.d[1], width = in.d[2];
  const int64_t down = ln_rng_below(rng, 0, 2 * o->most[0] + 1) - o->most[0];
  const int64_t right = ln_rng_below(rng, 1, 2 * o->most[1] + 1) - o->most[1];
  for (int64_t row = 0; row < in.d[0] * height; row++) {
    const int64_t channel = row / height, line = ln_edge_index((LnEdge)o->edge, row % height - down, height);
    const float *from = x + (channel * height + line) * width;
    float *to = y + row * width;
    for (int64_t i = 0; i < width; i++) to[i] = from[ln_edge_index((LnEdge)o->edge, i - right, width)];
  }
}

static const LnParam params[] = {
    {.name = "most", .kind = LN_PARAM_INT2, .offset = offsetof(Shift, most), .def = 4, .min = 0, .max = 65500,
     .flags = LN_POSITIONAL, .help = "pixels down or up, and right or left, at most"},
    {.name = "edge", .kind = LN_PARAM_CHOICE, .offset = offsetof(Shift, edge), .choices = ln_edge_words,
     .help = LN_EDGE_HELP},
    LN_AUGMENT_PARAMS(Shift),
    {0},
};

static const LnCase cases[] = {{.options = "{\"most\": 4}", .inputs = {LN_SHAPE(1, 16, 16)}},
                               {.options = "{\"most\": [0, 3], \"edge\": \"wrap\"}", .inputs = {LN_SHAPE(3, 9, 7)}},
                               {.options = "{\"most\": 9, \"seed\": 4}", .inputs = {LN_SHAPE(1, 3, 5)}},
                               {0}};

const LnAugmentType ln_augment_shift = {
    .type = {.kind = "augment",
             .name = "shift",
             .doc = "Shifts by whole pixels, down or up and right or left, every distance as likely.\n"
                    "What comes in from beyond the edge is said by `edge`.",
             .size = sizeof(Shift),
             .params = params,
             .cases = cases},
    .apply = apply,
};
