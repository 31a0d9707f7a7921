/* Layers made at run time: see custom.h. */
#include "nn/custom.h"

#include <string.h>

#include "base/memory.h"
#include "tensor/tensor.h"

enum { REMEMBERED = 16 };

/* What copies of an item share. */
typedef struct Definition {
  int refs;
  LnCustom custom;
  char name[LN_ITEM_NAME + 1];
  char tensor_names[LN_MAX_TENSORS][LN_ITEM_NAME + 1];
  struct {
    LnShape in, out;
  } shapes[REMEMBERED]; /* answers of `shape`, the oldest is replaced */
  int n_shapes;
} Definition;

typedef struct Options {
  Definition *definition; /* NULL in an item that was made by the type alone */
} Options;

static Definition *definition_of(const void *options) {
  return ((const Options *)options)->definition;
}

/* ---- Life ---- */

static void definition_unref(Definition *d) {
  if (d == NULL || --d->refs > 0) return;
  for (int i = 0; i < d->custom.n_tensors; i++) ln_tensor_unref((LnTensor *)(uintptr_t)d->custom.tensors[i].start);
  if (d->custom.release != NULL) d->custom.release(d->custom.context);
  ln_free(d);
}

static void release(void *options) {
  definition_unref(definition_of(options));
}

static LnStatus check_custom(const LnCustom *custom, LnError *err) {
  LN_TRY(ln_item_check_name("nn.custom", custom->name, err));
  for (const LnType *const *type = ln_nn_kind.types; *type != NULL; type++)
    if (strcmp((*type)->name, custom->name) == 0)
      return ln_fail(err, LN_EARG, "nn.custom: '%s' is the name of a built-in layer; give another name", custom->name);
  if (custom->n_tensors > LN_MAX_TENSORS)
    return ln_fail(err, LN_EARG, "nn.custom: %s has %d weights and states; at most %d are possible", custom->name,
                   custom->n_tensors, LN_MAX_TENSORS);
  for (int i = 0; i < custom->n_tensors; i++) {
    LN_TRY(ln_item_check_name("nn.custom: a weight or state", custom->tensors[i].name, err));
    for (int k = 0; k < i; k++)
      if (strcmp(custom->tensors[i].name, custom->tensors[k].name) == 0)
        return ln_fail(err, LN_EARG, "nn.custom: %s has two weights or states called '%s'", custom->name,
                       custom->tensors[i].name);
  }
  return LN_OK;
}

/* As conv2d's: out, in, then the kernel's sides. */
static void set_fans(LnDecl *decl) {
  int64_t kernel = 1, out = decl->shape.n > 0 ? decl->shape.d[0] : 1, in = decl->shape.n > 1 ? decl->shape.d[1] : out;
  for (int i = 2; i < decl->shape.n; i++) kernel *= decl->shape.d[i];
  decl->fan_in = in * kernel;
  decl->fan_out = out * kernel;
}

static LnStatus copy_tensor(Definition *d, int i, const LnDecl *decl, LnError *err) {
  LnDecl *copy = &d->custom.tensors[i];
  *copy = *decl;
  copy->name = strcpy(d->tensor_names[i], decl->name);
  for (int k = 0; k < decl->shape.n; k++) copy->axes[k] = k;
  set_fans(copy);
  if (decl->start == NULL) return LN_OK;
  LnTensor *start = NULL;
  copy->start = NULL;
  LN_TRY(ln_tensor_clone(&start, decl->start, err));
  copy->start = start;
  return LN_OK;
}

static LnStatus define(Definition *d, const LnCustom *custom, LnError *err) {
  d->custom = *custom;
  d->custom.name = strcpy(d->name, custom->name);
  d->custom.release = NULL; /* until all is there */
  d->custom.n_tensors = 0;
  for (int i = 0; i < custom->n_tensors; i++) {
    LN_TRY(copy_tensor(d, i, &custom->tensors[i], err));
    d->custom.n_tensors++;
  }
  d->custom.release = custom->release;
  return LN_OK;
}

LnStatus ln_custom_new(LnItem **out, const LnCustom *custom, LnError *err) {
  LnItem *item = NULL;
  LN_TRY(check_custom(custom, err));
  LN_TRY(ln_item_new(&item, &ln_nn_custom.type, err));
  Definition *d = ln_calloc(1, sizeof *d);
  LnStatus status = d == NULL ? ln_fail_memory(err, custom->name, sizeof *d) : LN_OK;
  if (status == LN_OK) {
    d->refs = 1;
    *(Options *)ln_item_options(item) = (Options){d};
    status = define(d, custom, err);
  }
  if (status != LN_OK) return ln_item_unref(item), status;
  *out = item;
  return LN_OK;
}

const LnCustom *ln_custom_of(LnItem *item) {
  const Definition *d = ln_item_type(item) == &ln_nn_custom.type ? definition_of(ln_item_options(item)) : NULL;
  return d == NULL ? NULL : &d->custom;
}

static const char *name_of(const void *options) {
  const Definition *d = definition_of(options);
  return d == NULL ? "custom" : d->name;
}

/* An item that is made of the type alone, or copied, has no functions. */
static LnStatus check(const void *options, LnError *err) {
  return definition_of(options) != NULL
             ? LN_OK
             : ln_fail(err, LN_EARG, "custom: such a layer has no options to change, and is made by nn.custom{ ... }");
}

/* ---- The layer ---- */

static LnStatus out_shape(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err) {
  Definition *d = definition_of(options);
  (void)n_inputs;
  for (int i = 0; i < d->n_shapes && i < REMEMBERED; i++)
    if (ln_shape_equal(d->shapes[i].in, in[0])) return *out = d->shapes[i].out, LN_OK;
  LN_TRY(d->custom.shape(out, d->custom.context, in[0], err));
  if (out->n != 1 && out->n != 3)
    return ln_fail(err, LN_ESHAPE, "a sample of shape %s gives one of shape %s; samples are C,H,W or F",
                   LN_SHAPE_TEXT(in[0]), LN_SHAPE_TEXT(*out));
  int place = d->n_shapes++ % REMEMBERED;
  d->shapes[place].in = in[0], d->shapes[place].out = *out;
  return LN_OK;
}

static int declare(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out) {
  const Definition *d = definition_of(options);
  (void)in, (void)out;
  *macs = 0; /* unknown */
  memcpy(tensors, d->custom.tensors, (size_t)d->custom.n_tensors * sizeof *tensors);
  return d->custom.n_tensors;
}

static LnStatus forward_batch(LnTensor **y, const LnBatchPass *pass, LnError *err) {
  const LnCustom *custom = &definition_of(pass->options)->custom;
  return custom->forward(y, custom->context, pass, err);
}

static LnStatus backward_batch(LnTensor **dx, LnTensor **grads, LnTensor *dy, const LnBatchPass *pass, LnError *err) {
  const LnCustom *custom = &definition_of(pass->options)->custom;
  return custom->backward(dx, grads, dy, custom->context, pass, err);
}

static void forget(const void *options, void *saved) {
  const LnCustom *custom = &definition_of(options)->custom;
  if (custom->forget != NULL) custom->forget(custom->context, saved);
}

const LnLayerType ln_nn_custom = {
    .type = {.kind = "nn",
             .name = "custom",
             .doc = "A layer of one's own: its functions work on whole batches.",
             .size = sizeof(Options),
             .check = check,
             .name_of = name_of,
             .release = release},
    .min_inputs = 1,
    .max_inputs = 1,
    .out_shape = out_shape,
    .declare = declare,
    .forward_batch = forward_batch,
    .backward_batch = backward_batch,
    .forget = forget,
};
