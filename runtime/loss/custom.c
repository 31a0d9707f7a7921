/* Losses made at run time: see custom.h. */
#include "loss/custom.h"

#include <math.h>
#include <string.h>

typedef struct Custom {
  char name[LN_ITEM_NAME + 1];
  LnLossFunction *function; /* NULL in an item that was made by the type alone, or copied */
} Custom;

LnStatus ln_custom_loss_new(LnItem **out, const char *name, LnLossFunction *function, LnError *err) {
  LnItem *item = NULL;
  LN_TRY(ln_item_check_name("loss.custom", name, err));
  LN_TRY(ln_item_new(&item, &ln_loss_custom.type, err));
  Custom *custom = ln_item_options(item);
  strcpy(custom->name, name);
  custom->function = function;
  *out = item;
  return LN_OK;
}

static const char *name_of(const void *options) {
  const Custom *custom = options;
  return custom->function == NULL ? "custom" : custom->name;
}

static LnStatus check(const void *options, LnError *err) {
  const Custom *custom = options;
  return custom->function != NULL
             ? LN_OK
             : ln_fail(err, LN_EARG, "custom: such a loss has no options to change, and is made by ln.loss.custom(f)");
}

static LnStatus eval_batch(LnItem *item, double *loss, LnTensor **grad, LnTensor *y, LnTensor *target, LnError *err) {
  const Custom *custom = ln_item_options(item);
  return custom->function(item, loss, grad, y, target, err);
}

const LnLossType ln_loss_custom = {
    .type = {.kind = "loss",
             .name = "custom",
             .doc = "A loss of one's own: a Lua function of what the network gives and of what it should give.",
             .size = sizeof(Custom),
             .check = check,
             .name_of = name_of},
    .range = {-INFINITY, INFINITY},
    .eval_batch = eval_batch,
};
