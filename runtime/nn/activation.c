/* Activations applied to whole maps, and the layers that do only that: see activation.h. */
#include "nn/activation.h"

#include <math.h>
#include <string.h>

/* ---- What activation.def says of each ---- */

const char *const ln_activation_names[] = {
    "linear",
#define LN_ACTIVATION(name, ...) #name,
#include "kernels/activation.def"
#undef LN_ACTIVATION
    NULL};

#define RANGE(low, high) ((LnRange){low, high})
#define LN_ACTIVATION(name, value, derivative, range, ...) \
  static LnRange range_of_##name(double a, double b) {     \
    (void)a, (void)b;                                      \
    return range;                                          \
  }
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef RANGE

typedef struct Entry {
  const LnLayerType *layer;
  bool needs_input;
  LnRange (*range)(double a, double b);
} Entry;

static const Entry entries[] = {
#define FROM_OUTPUT(expression) false
#define FROM_INPUT(expression) true
#define LN_ACTIVATION(name, value, derivative, ...) [LN_ACT_##name] = {&ln_nn_##name, derivative, range_of_##name},
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef FROM_OUTPUT
#undef FROM_INPUT
};

/* Of every activation layer; what one has no option for is 0. */
typedef struct Options {
  double a, b;
  int word; /* counts as a */
} Options;

static LnActivation activation_of(LnActivationCode code, const Options *o) {
  return (LnActivation){.code = code, .a = (float)o->a + (float)o->word, .b = (float)o->b};
}

LnActivation ln_activation_by_word(int word) {
  Options options = {0};
  if (word != LN_ACT_linear) ln_params_default(&options, entries[word].layer->type.params);
  return activation_of((LnActivationCode)word, &options);
}

bool ln_activation_needs_input(LnActivation activation) {
  return entries[activation.code].needs_input;
}

LnRange ln_activation_range(LnActivation activation) {
  if (activation.code == LN_ACT_linear) return (LnRange){-INFINITY, INFINITY};
  return entries[activation.code].range((double)activation.a, (double)activation.b);
}

/* ---- Maps ---- */

const char *const ln_init_names[] = {"zeros",     "ones",       "glorot_uniform", "glorot_normal",
                                     "he_uniform", "he_normal", NULL};

LnMap ln_map_rows(LnMap map, int64_t first, int64_t count) {
  map.data += first * map.row;
  map.h = (int)count;
  return map;
}

void ln_map_activate(const LnKernels *kernels, LnMap y, LnActivation activation) {
  if (activation.code == LN_ACT_linear) return;
  for (int64_t r = 0; r < y.h; r++) kernels->activate(y.data + r * y.row, y.w * y.ld, activation);
}

void ln_map_activate_grad(const LnKernels *kernels, LnMap dy, LnMap of, LnActivation activation) {
  if (activation.code == LN_ACT_linear) return;
  for (int64_t r = 0; r < dy.h; r++)
    kernels->activate_grad(dy.data + r * dy.row, of.data + r * of.row, dy.w * dy.ld, activation);
}

void ln_map_copy(LnMap to, LnMap from) {
  for (int64_t r = 0; r < from.h; r++)
    memcpy(to.data + r * to.row, from.data + r * from.row, (size_t)(from.w * from.ld) * sizeof(float));
}

void ln_map_add(const LnKernels *kernels, LnMap to, LnMap from) {
  for (int64_t r = 0; r < from.h; r++) kernels->add(to.data + r * to.row, from.data + r * from.row, from.w * from.ld);
}

void ln_map_zero(LnMap map) {
  for (int64_t r = 0; r < map.h; r++) memset(map.data + r * map.row, 0, (size_t)(map.w * map.ld) * sizeof(float));
}

void ln_map_sum_pixels(const LnKernels *kernels, float *sums, LnMap map) {
  for (int64_t r = 0; r < map.h; r++) kernels->sum_pixels(sums, map.data + r * map.row, map.w, map.ld, map.c);
}

/* ---- Layers with an option `activation` ---- */

LnActivation ln_activation_of(int own, const LnFusion *fusion) {
  return own != LN_ACT_linear ? ln_activation_by_word(own) : fusion->activation;
}

void ln_activation_needs(LnNeeds *needs, const LnBuild *build, int own) {
  LnActivation activation = ln_activation_of(own, build->fusion);
  bool input = ln_activation_needs_input(activation);
  needs->needs_y = activation.code != LN_ACT_linear && !input;
  int64_t pixels = build->out.n == 3 ? build->out.d[1] * build->out.d[2] : 1;
  if (input && build->training)
    needs->saved = pixels * ln_kernels_ld(build->kernels, build->out.d[0]) * (int64_t)sizeof(float);
}

/* What is saved of the map y. */
static LnMap saved_map(const LnPass *pass, LnMap y) {
  y.data = pass->saved;
  y.row = y.w * y.ld;
  return y;
}

static bool is_saved(const LnPass *pass, LnActivation activation) {
  return pass->training && !pass->logits && ln_activation_needs_input(activation);
}

LnActivation ln_activation_in_passing(const LnPass *pass, int own) {
  LnActivation activation = ln_activation_of(own, pass->fusion);
  if (pass->logits || is_saved(pass, activation)) activation = (LnActivation){0};
  return activation;
}

void ln_activation_finish(const LnPass *pass, int own) {
  LnActivation activation = ln_activation_of(own, pass->fusion);
  if (!is_saved(pass, activation)) return;
  LnMap y = ln_map_rows(pass->y, pass->first, pass->count);
  ln_map_copy(ln_map_rows(saved_map(pass, pass->y), pass->first, pass->count), y);
  ln_map_activate(pass->kernels, y, activation);
}

void ln_activation_undo(const LnPass *pass, int own) {
  LnActivation activation = ln_activation_of(own, pass->fusion);
  if (pass->logits) return;
  ln_map_activate_grad(pass->kernels, pass->dy, is_saved(pass, activation) ? saved_map(pass, pass->dy) : pass->y,
                       activation);
}

bool ln_activation_can_fuse(int own, const LnFusion *fusion) {
  if (own != LN_ACT_linear && fusion->activation.code != LN_ACT_linear) return false;
  return !(ln_fusion_pools(fusion) && ln_activation_needs_input(ln_activation_of(own, fusion)));
}

/* ---- Activation layers ---- */

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  (void)options, (void)n_inputs, (void)err;
  *out = in[0];
  return LN_OK;
}

static LnStatus build_layer(LnNeeds *needs, LnActivationCode code) {
  needs->needs_x = entries[code].needs_input;
  needs->needs_y = !needs->needs_x;
  needs->row_unit = 1;
  return LN_OK;
}

static void forward(const LnPass *pass, LnActivation activation) {
  LnMap y = ln_map_rows(pass->y, pass->first, pass->count);
  ln_map_copy(y, ln_map_rows(pass->x[0], pass->first, pass->count));
  if (!pass->logits) ln_map_activate(pass->kernels, y, activation);
}

static void backward(const LnPass *pass, LnActivation activation) {
  if (pass->dx[0].data == NULL) return;
  LnMap of = ln_activation_needs_input(activation) ? pass->x[0] : pass->y;
  if (!pass->logits) ln_map_activate_grad(pass->kernels, pass->dy, of, activation);
  ln_map_copy(pass->dx[0], pass->dy);
}

/* Those that need their input are left alone: who absorbs them would not keep it. */
static bool fuse_into(LnFusion *fusion, LnActivation activation) {
  if (fusion->activation.code != LN_ACT_linear || ln_fusion_pools(fusion)) return false;
  fusion->activation = activation;
  return !ln_activation_needs_input(activation);
}

static const char *const approximations[] = {"none", "tanh", NULL};

#define NUMBER(NAME, FIELD, DEFAULT, MIN, MAX, HELP, FLAGS)                                                         \
  {.name = NAME, .kind = LN_PARAM_FLOAT, .offset = offsetof(Options, FIELD), .def = DEFAULT, .min = MIN, .max = MAX, \
   .help = HELP, .flags = FLAGS}
#define NO_OPTION {0}
#define OPTION(NAME, DEFAULT, MIN, MAX, HELP, EXAMPLE) NUMBER(NAME, a, DEFAULT, MIN, MAX, HELP, LN_POSITIONAL), {0}
#define TWO_OPTIONS(A, A_DEFAULT, A_MIN, A_MAX, A_HELP, B, B_DEFAULT, B_MIN, B_MAX, B_HELP, EXAMPLE) \
  NUMBER(A, a, A_DEFAULT, A_MIN, A_MAX, A_HELP, LN_POSITIONAL | LN_ABOVE_MIN),                       \
  NUMBER(B, b, B_DEFAULT, B_MIN, B_MAX, B_HELP, LN_ABOVE_MIN), {0}
#define INTERVAL(LOW, HIGH, EXAMPLE)                                 \
  NUMBER("min", a, LOW, -1e6, 1e6, "the least output", 0),           \
  NUMBER("max", b, HIGH, -1e6, 1e6, "the largest output, above min", 0), {0}
#define WORD(NAME, WORDS, HELP, EXAMPLE)                                                                      \
  {.name = NAME, .kind = LN_PARAM_CHOICE, .offset = offsetof(Options, word), .help = HELP, .choices = WORDS}, {0}
#define LN_ACTIVATION(NAME, VALUE, DERIVATIVE, RANGE, KINKS, OPTION, ...) \
  static const LnParam params_of_##NAME[] = {OPTION};
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef OPTION
#undef TWO_OPTIONS
#undef INTERVAL
#undef WORD
#undef NO_OPTION

#define NO_OPTION "{}"
#define OPTION(NAME, DEFAULT, MIN, MAX, HELP, EXAMPLE) EXAMPLE
#define TWO_OPTIONS(A, A_DEFAULT, A_MIN, A_MAX, A_HELP, B, B_DEFAULT, B_MIN, B_MAX, B_HELP, EXAMPLE) EXAMPLE
#define INTERVAL(LOW, HIGH, EXAMPLE) EXAMPLE
#define WORD(NAME, WORDS, HELP, EXAMPLE) EXAMPLE
#define SMOOTH {0}
#define KINKS(...) LN_KINKS(__VA_ARGS__)
#define LN_ACTIVATION(NAME, VALUE, DERIVATIVE, RANGE, KINKS, OPTION, ...)                   \
  static const LnCase cases_of_##NAME[] = {                                                 \
      {.options = "{}", .inputs = {LN_SHAPE(3, 5, 4)}, .kinks = KINKS},                     \
      {.options = OPTION, .inputs = {LN_SHAPE(17)}, .kinks = KINKS},                        \
      {0}};
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef OPTION
#undef TWO_OPTIONS
#undef INTERVAL
#undef WORD
#undef NO_OPTION
#undef KINKS
#undef SMOOTH

static LnStatus check_interval(const void *options, LnError *err) {
  const Options *o = options;
  if (o->a < o->b) return LN_OK;
  return ln_fail(err, LN_EARG, "option 'max' must be above 'min', got min = %g and max = %g", o->a, o->b);
}

#define NO_OPTION NULL
#define OPTION(...) NULL
#define TWO_OPTIONS(...) NULL
#define WORD(...) NULL
#define INTERVAL(...) check_interval
#define LN_ACTIVATION(NAME, VALUE, DERIVATIVE, RANGE, KINKS, OPTION, DOC)                                         \
  static LnActivation activation_of_##NAME(const void *options) {                                          \
    return activation_of(LN_ACT_##NAME, options);                                                          \
  }                                                                                                        \
  static LnStatus build_##NAME(LnNeeds *needs, const LnBuild *build, LnError *err) {                       \
    (void)build, (void)err;                                                                                \
    return build_layer(needs, LN_ACT_##NAME);                                                              \
  }                                                                                                        \
  static void forward_##NAME(const LnPass *pass) { forward(pass, activation_of_##NAME(pass->options)); }   \
  static void backward_##NAME(const LnPass *pass) { backward(pass, activation_of_##NAME(pass->options)); } \
  static bool fuse_##NAME(LnFusion *fusion, const void *options) {                                         \
    return fuse_into(fusion, activation_of_##NAME(options));                                               \
  }                                                                                                        \
  static LnActivation ends_in_##NAME(const void *options, const LnFusion *fusion) {                        \
    (void)fusion;                                                                                          \
    return activation_of_##NAME(options);                                                                  \
  }                                                                                                        \
  static LnRange layer_range_of_##NAME(const void *options) {                                              \
    return ln_activation_range(activation_of_##NAME(options));                                             \
  }                                                                                                        \
  const LnLayerType ln_nn_##NAME = {                                                                       \
      .type = {.kind = "nn",                                                                               \
               .name = #NAME,                                                                              \
               .doc = DOC,                                                                                 \
               .size = sizeof(Options),                                                                    \
               .params = sizeof params_of_##NAME > sizeof(LnParam) ? params_of_##NAME : NULL,              \
               .cases = cases_of_##NAME,                                                                   \
               .check = OPTION},                                                                           \
      .min_inputs = 1,                                                                                     \
      .max_inputs = 1,                                                                                     \
      .out_shape = out_shape,                                                                              \
      .build = build_##NAME,                                                                               \
      .forward = forward_##NAME,                                                                           \
      .backward = backward_##NAME,                                                                         \
      .fuse_into = fuse_##NAME,                                                                            \
      .ends_in = ends_in_##NAME,                                                                           \
      .range = layer_range_of_##NAME,                                                                      \
  };
#include "kernels/activation.def"
#undef LN_ACTIVATION
#undef OPTION
#undef TWO_OPTIONS
#undef INTERVAL
#undef WORD
#undef NO_OPTION

/* ---- Layers of images ---- */

LnStatus ln_expect_image(LnShape shape, LnError *err) {
  if (shape.n == 3) return LN_OK;
  return ln_fail(err, LN_ESHAPE, "expected an image of channels x height x width, got %s", LN_SHAPE_TEXT(shape));
}
