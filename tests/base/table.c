/* See table.h. */
#include "base/table.h"

static const char *const paddings[] = {"same", "valid", NULL};
static const char *const modes[] = {"nearest", "bilinear", "area", NULL};

static LnStatus check(const void *options, LnError *err) {
  const TableOptions *o = options;
  if (o->mode == 2 && o->padding == -2) return ln_fail(err, LN_EARG, "table: mode 'area' goes with padding 'same'");
  return LN_OK;
}

static const LnParam params[] = {
    {.name = "filters", .kind = LN_PARAM_INT, .offset = offsetof(TableOptions, filters), .min = 1, .max = 4096,
     .help = "how many", .flags = LN_REQUIRED | LN_POSITIONAL},
    {.name = "kernel", .kind = LN_PARAM_INT2, .offset = offsetof(TableOptions, kernel), .def = 3, .min = 1, .max = 31,
     .help = "pixels"},
    {.name = "padding", .kind = LN_PARAM_INT, .offset = offsetof(TableOptions, padding), .def = -1, .max = 100,
     .choices = paddings, .help = "pixels"},
    {.name = "sides", .kind = LN_PARAM_SIDES, .offset = offsetof(TableOptions, sides), .max = 9, .choices = paddings,
     .help = "pixels"},
    {.name = "scale", .kind = LN_PARAM_FLOAT2, .offset = offsetof(TableOptions, scale), .def = 2, .max = 16,
     .help = "factor", .flags = LN_ABOVE_MIN},
    {.name = "rate", .kind = LN_PARAM_FLOAT, .offset = offsetof(TableOptions, rate), .def = 0.5, .max = 1,
     .help = "share", .flags = LN_ABOVE_MIN | LN_BELOW_MAX},
    {.name = "slope", .kind = LN_PARAM_FLOAT, .offset = offsetof(TableOptions, slope), .help = "unlimited"},
    {.name = "range", .kind = LN_PARAM_FLOAT, .offset = offsetof(TableOptions, range), .def = 1, .max = INFINITY,
     .help = "may be infinite"},
    {.name = "bias", .kind = LN_PARAM_BOOL, .offset = offsetof(TableOptions, bias), .def = 1, .help = "add one"},
    {.name = "mode", .kind = LN_PARAM_CHOICE, .offset = offsetof(TableOptions, mode), .def = 1, .choices = modes,
     .help = "how"},
    {.name = "name", .kind = LN_PARAM_STRING, .offset = offsetof(TableOptions, name), .help = "any"},
    {0},
};

static const LnCase cases[] = {{.options = "{\"filters\": 4}", .inputs = {LN_SHAPE(1, 4, 4)}}, {0}};

const LnType table_type = {.kind = "test",
                           .name = "table",
                           .doc = "Every kind of option.",
                           .size = sizeof(TableOptions),
                           .params = params,
                           .cases = cases,
                           .check = check};
