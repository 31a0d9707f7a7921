/* One sample of any loss: see eval.h. */
#include "loss/eval.h"

#include "support/formula.h"
#include "support/support.h"

/* The scratch memory holds numbers that must not matter, and not a float more than was asked for. */
double loss_eval(LnItem *loss, bool logits, float *grad, const float *y, const float *target, LnShape sample,
                 double scale) {
  LnError err;
  CK_OK(ln_loss_check_sample(loss, sample, &err));
  LnTensor *scratch = test_formula_tensor(LN_SHAPE(ln_loss_scratch(loss, sample)), 8, -1, 1);
  double value = ln_loss_eval(loss, logits, grad, scratch->data, y, target, sample, scale);
  ln_tensor_unref(scratch);
  return value;
}
