/* Inside model/: prediction of large samples, whose values do not fit into a cache, in strips of rows.
 *
 * A sample goes through a plan in rounds. Each takes the output a strip of rows further, and every value before it as
 * far as that needs; only rows that are still to be read are in memory. The bits are those of ln_plan_forward. */
#ifndef LUNET_MODEL_STRIPS_H
#define LUNET_MODEL_STRIPS_H

#include "model/plan.h"

typedef struct LnStrips LnStrips;

/* Whether a plan can run so: in prediction, if no layer must see all rows at once. */
bool ln_strips_can(const LnPlan *plan);
/* plan: must outlive the strips. rows: of the output in a round, at least; 0: as suits a cache. */
LnStatus ln_strips_new(LnStrips **out, const LnPlan *plan, int64_t rows, LnError *err);
void ln_strips_free(LnStrips *strips);

int64_t ln_strips_bytes(const LnStrips *strips); /* of memory */

/* The output's rows, dealt to so many parts of whole rounds: where part k of 0 .. parts-1 begins; for k = parts, where
 * the last one ends. */
int64_t ln_strips_part(const LnStrips *strips, int64_t parts, int64_t k);
/* How much more the largest of so many parts computes than an equal share of the whole would be, as a share of that:
 * rows that neighbours both need, and what does not divide. */
double ln_strips_excess(LnStrips *strips, int64_t parts);

/* Rows first .. end-1 of the output: one of those parts, or several in a row. x, y: the whole images, contiguous C,H,W.
 * worker: whose working memory to use. */
void ln_strips_forward(LnStrips *strips, int worker, float *y, const float *x, int64_t first, int64_t end);

#endif
