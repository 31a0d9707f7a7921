/* Inside model/: predictions of a graph: its plan with the parameters packed, and memory to run it in.
 *
 * Samples are taken as many at a time as there are threads. Those left over are shared: a large one is dealt out in
 * parts, of others all threads take some rows of every step. Large samples go through the plan in strips. Where layers
 * work on whole batches, as many samples go through the plan together as take little memory, but for a large one alone;
 * how many does not depend on the threads, as results of such layers might. With dropout every sample is one thread's:
 * what is dropped of it follows from its number alone. */
#ifndef LUNET_MODEL_PREDICTOR_H
#define LUNET_MODEL_PREDICTOR_H

#include "model/parameters.h"
#include "model/plan.h"
#include "model/strips.h"

/* Predictions with dropout: as many samples as there are of each input, `repeats` times, one after the other. Sample i
 * draws from stream i of rng. */
typedef struct LnDropoutUse {
  bool on;
  LnRng rng;
  int64_t first, repeats; /* the first sample's number */
} LnDropoutUse;

typedef struct LnPredictor {
  LnPlan *plan;     /* NULL: not made yet, or not any more */
  uint64_t version; /* of the parameters packed in it */
  const LnParameters *parameters;
  LnDropoutUse dropout;
  bool in_strips;   /* samples are large: */
  LnStrips **strips; /* at least one for each thread at work */
  int n_strips;
} LnPredictor;

void ln_predictor_free(LnPredictor *predictor); /* what it holds; it is empty then */
/* For n samples of the graph's input; version: of the parameters. graph must outlive the predictor's contents. */
LnStatus ln_predictor_prepare(LnPredictor *predictor, const LnGraph *graph, const LnParameters *parameters,
                              uint64_t version, int64_t n, LnDropoutUse dropout, LnError *err);
/* x, y: n samples of each input and output, with dropout n / repeats of each input. Fails when it is interrupted. */
LnStatus ln_predictor_run(LnPredictor *predictor, const LnGraph *graph, float *const *y, const float *const *x,
                          int64_t n, LnError *err);

#endif
