/* Losses that are sums: see sum.h. */
#include "loss/sum.h"

#include <math.h>

#include "base/memory.h"

typedef struct Sum {
  int n;
  LnLossTerm *terms; /* a reference of each loss */
} Sum;

static const Sum *sum_of(LnItem *loss) {
  return ln_item_type(loss) == &ln_loss_sum.type ? ln_item_options(loss) : NULL;
}

int ln_loss_terms(LnItem *loss) {
  const Sum *sum = sum_of(loss);
  return sum == NULL ? 1 : sum->n;
}

LnLossTerm ln_loss_term(LnItem *loss, int term) {
  const Sum *sum = sum_of(loss);
  return sum == NULL ? (LnLossTerm){1, loss} : sum->terms[term];
}

static void release(void *options) {
  Sum *sum = options;
  for (int i = 0; i < sum->n; i++) ln_item_unref(sum->terms[i].loss);
  ln_free(sum->terms);
}

/* A sum with room for n terms, and none yet. */
static LnStatus new_sum(LnItem **out, int n, LnError *err) {
  LnItem *item = NULL;
  if (n > LN_LOSS_MAX_TERMS)
    return ln_fail(err, LN_EARG, "loss: a sum has at most %d terms, got %d", LN_LOSS_MAX_TERMS, n);
  LN_TRY(ln_item_new(&item, &ln_loss_sum.type, err));
  Sum *sum = ln_item_options(item);
  sum->terms = ln_calloc((size_t)n, sizeof *sum->terms);
  if (sum->terms == NULL) return ln_item_unref(item), ln_fail_memory(err, "loss", (size_t)n * sizeof *sum->terms);
  *out = item;
  return LN_OK;
}

/* Puts the terms of a loss into the sum, each times the factor. */
static LnStatus put_terms(LnItem *into, LnItem *loss, double factor, LnError *err) {
  Sum *sum = ln_item_options(into);
  for (int i = 0; i < ln_loss_terms(loss); i++) {
    LnLossTerm term = ln_loss_term(loss, i);
    double product = factor * term.factor;
    if (!isfinite(product))
      return ln_fail(err, LN_EARG, "loss: the factor of %s must be a finite number, got %g", ln_item_name(term.loss),
                     product);
    sum->terms[sum->n++] = (LnLossTerm){product, ln_item_ref(term.loss)};
  }
  return LN_OK;
}

LnStatus ln_loss_scale(LnItem **out, LnItem *loss, double factor, LnError *err) {
  LnItem *sum = NULL;
  LN_TRY(new_sum(&sum, ln_loss_terms(loss), err));
  LnStatus status = put_terms(sum, loss, factor, err);
  if (status != LN_OK) return ln_item_unref(sum), status;
  *out = sum;
  return LN_OK;
}

LnStatus ln_loss_add(LnItem **out, LnItem *a, LnItem *b, LnError *err) {
  LnItem *sum = NULL;
  LN_TRY(new_sum(&sum, ln_loss_terms(a) + ln_loss_terms(b), err));
  LnStatus status = put_terms(sum, a, 1, err);
  if (status == LN_OK) status = put_terms(sum, b, 1, err);
  if (status != LN_OK) return ln_item_unref(sum), status;
  *out = sum;
  return LN_OK;
}

/* What is made by its type alone, or copied, has no terms. */
static LnStatus check(const void *options, LnError *err) {
  const Sum *sum = options;
  return sum->n > 0 ? LN_OK : ln_fail(err, LN_EARG, "sum: losses are added by +, as in 0.8 * mae{} + 0.2 * mse{}");
}

const LnLossType ln_loss_sum = {
    .type = {.kind = "loss",
             .name = "sum",
             .doc = "A sum of losses, each times a factor: 0.8 * mae{} + 0.2 * mse{}.",
             .size = sizeof(Sum),
             .check = check,
             .release = release},
    .range = {-INFINITY, INFINITY},
};
