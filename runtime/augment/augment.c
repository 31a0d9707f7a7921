/* The list of augmentations, and how they are applied to batches. See augment.h. */
#include "augment/augment.h"

#include "base/chain.h"
#include "base/parallel.h"

static const LnType *const types[] = {
#define X(name) &ln_augment_##name.type,
#include "augment/augment.def"
#undef X
    NULL};

const LnKind ln_augment_kind = {
    .name = "augment",
    .noun = "augmentation",
    .plural = "augmentations",
    .doc = "how images are varied for training",
    .example = "local augment = %s\n"
               "augment(clean)",
    .use = "ln.fit's option augment; a new draw each epoch, the same for both images of a pair. augment(x) is a copy "
           "of the images, changed; augment(x, y) changes pairs and gives both. Every call draws other numbers, "
           "counted from the seed; augment(x, n) or augment(x, y, n) is the draw of that number, from 0",
    .types = types,
};

enum { FIRST_STREAM = 0x617567 }; /* names the generators, unlike those of noises with the same seed */

/* One link of a chain on a batch; task i is image i. */
typedef struct Run {
  const LnAugmentType *type;
  const void *options;
  const float *x;
  float *y;
  LnShape in;
  int64_t in_floats, out_floats; /* of an image */
  LnRng rng;
  LnAugmentDraw draw;
} Run;

static void change_image(void *context, int64_t index, int worker) {
  const Run *run = context;
  const uint64_t number = (uint64_t)(run->draw.numbers == NULL ? index : run->draw.numbers[index]);
  const float *x = run->x + index * run->in_floats;
  float *y = run->y + index * run->out_floats;
  (void)worker;
  if (run->draw.still)
    run->type->still(run->options, y, x, run->in);
  else
    run->type->apply(run->options, y, x, run->in, ln_rng_derive(run->rng, number));
}

/* C,H,W of images N,C,H,W, C,H,W or H,W. */
static LnShape image_shape(LnShape s) {
  return LN_SHAPE(s.n > 2 ? s.d[s.n - 3] : 1, s.d[s.n - 2], s.d[s.n - 1]);
}

static LnStatus shape_after(LnShape *out, const Run *run, LnShape before, LnError *err) {
  LnShape image = run->in;
  if (run->type->out_shape != NULL) LN_TRY(run->type->out_shape(run->options, &image, run->in, err));
  *out = before;
  out->d[out->n - 2] = image.d[1], out->d[out->n - 1] = image.d[2];
  return LN_OK;
}

static LnStatus apply_link(LnTensor **out, LnItem *link, LnTensor *x, LnAugmentDraw draw, int place, LnError *err) {
  const LnAugmentOptions *options = ln_item_options(link);
  const LnAugmentType *type = (const LnAugmentType *)(const void *)ln_item_type(link);
  Run run = {.type = type, .options = options, .in = image_shape(x->shape), .draw = draw};
  if (draw.still && type->still == NULL) return *out = ln_tensor_ref(x), LN_OK;
  LnTensor *given = NULL, *made = NULL;
  LnShape shape;
  LN_TRY(shape_after(&shape, &run, x->shape, err));
  LN_TRY(ln_tensor_as_contiguous(&given, x, err));
  LnStatus status = ln_tensor_new_unfilled(&made, shape, err);
  if (status == LN_OK) {
    const int64_t images = x->shape.n == 4 ? x->shape.d[0] : 1;
    run.x = given->data, run.y = made->data;
    run.in_floats = ln_shape_count(run.in), run.out_floats = ln_shape_count(image_shape(shape));
    run.rng = ln_rng_derive((LnRng){(uint64_t)options->seed, draw.stream}, (uint64_t)(FIRST_STREAM + place));
    if (run.in_floats > 0) status = ln_parallel_stoppable(images, change_image, &run, err);
  }
  ln_tensor_unref(given);
  if (status != LN_OK) return ln_tensor_unref(made), status;
  *out = made;
  return LN_OK;
}

LnStatus ln_augment_apply(LnTensor **out, LnItem *augment, LnTensor *x, LnAugmentDraw draw, LnError *err) {
  if (x->shape.n < 2 || x->shape.n > 4)
    return ln_fail(err, LN_ESHAPE, "%s: needs images as NxCxHxW, CxHxW or HxW, got %s", ln_item_type(augment)->name,
                   LN_SHAPE_TEXT(x->shape));
  LnTensor *y = ln_tensor_ref(x);
  for (int i = 0; i < ln_chain_count(augment); i++) {
    LnTensor *next = NULL;
    LnStatus status = apply_link(&next, ln_chain_link(augment, i), y, draw, i, err);
    ln_tensor_unref(y);
    if (status != LN_OK) return status;
    y = next;
  }
  *out = y;
  return LN_OK;
}

LnStatus ln_augment_apply_pair(LnTensor **out_x, LnTensor **out_y, LnItem *augment, LnTensor *x, LnTensor *y,
                               LnAugmentDraw draw, LnError *err) {
  const LnShape a = image_shape(x->shape), b = image_shape(y->shape);
  LnTensor *first = NULL;
  if (x->shape.n != y->shape.n || (x->shape.n == 4 && x->shape.d[0] != y->shape.d[0]) || a.d[1] != b.d[1] ||
      a.d[2] != b.d[2])
    return ln_fail(err, LN_ESHAPE, "%s: both images of a pair must have the same height and width, got %s and %s",
                   ln_item_type(augment)->name, LN_SHAPE_TEXT(x->shape), LN_SHAPE_TEXT(y->shape));
  LN_TRY(ln_augment_apply(&first, augment, x, draw, err));
  LnStatus status = ln_augment_apply(out_y, augment, y, draw, err);
  if (status != LN_OK) return ln_tensor_unref(first), status;
  *out_x = first;
  return LN_OK;
}

const LnAugmentType ln_augment_chain = {
    .type = LN_CHAIN_TYPE("augment", "Augmentations one after another."),
};
