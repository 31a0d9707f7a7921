/* Inside tensor/: formulas of several operations, as adjoints of decompositions are, without a check and a release a
 * line:
 *
 *   LnTerms t = {.err = err};
 *   LnTensor *y = ln_turn(&t, of->out[0]);
 *   return ln_terms_end(&t, &din[0], ln_scaled(&t, ln_product(&t, y, ln_product(&t, of->dout[0], y)), -1));
 *
 * Every result belongs to the terms. After a failure, which is kept, all functions give NULL, and take it. */
#ifndef LUNET_TENSOR_TERMS_H
#define LUNET_TENSOR_TERMS_H

#include "tensor/storage.h"

enum { LN_MOST_TERMS = 64 };

typedef struct LnTerms {
  LnError *err;
  LnStatus status;
  int n;
  LnTensor *made[LN_MOST_TERMS];
} LnTerms;

/* Takes over the new tensor that a call stored in *made, or its failure. */
LnTensor *ln_term(LnTerms *t, LnStatus status, LnTensor *const *made);
/* Releases all; *out = y with a reference of its own, if nothing failed. */
LnStatus ln_terms_end(LnTerms *t, LnTensor **out, LnTensor *y);

LnTensor *ln_product(LnTerms *t, LnTensor *a, LnTensor *b); /* matmul; in linalg.c */
LnTensor *ln_turn(LnTerms *t, LnTensor *a);                 /* the last two dimensions exchanged */
LnTensor *ln_plus(LnTerms *t, LnTensor *a, LnTensor *b);
LnTensor *ln_minus(LnTerms *t, LnTensor *a, LnTensor *b);
LnTensor *ln_times(LnTerms *t, LnTensor *a, LnTensor *b); /* element by element */
LnTensor *ln_scaled(LnTerms *t, LnTensor *a, double factor);
LnTensor *ln_shaped(LnTerms *t, LnTensor *a, LnShape shape); /* reshape */
LnTensor *ln_wider(LnTerms *t, LnTensor *a, int dim);        /* a dimension of size 1 more before `dim` */
LnTensor *ln_column(LnTerms *t, LnTensor *a);                /* the same behind the last */

/* A new tensor of zeros, for the caller to fill; NULL after a failure. */
LnTensor *ln_blank(LnTerms *t, LnShape shape);

#endif
