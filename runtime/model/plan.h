/* Inside model/: a graph made ready to run for one sample shape.
 *
 * A plan is a list of steps. A step is a layer with the neighbours it absorbs: an upsampling before it, or the
 * concatenation of several inputs, upsampled or not; an activation and a pooling after it (LnFusion); wherever that
 * pattern stands in the graph. In prediction, what only training does (dropout) is no step at all; nor is, ever, what
 * the output does not depend on. Every value of a step lies in an arena, at places chosen so that what is not needed at
 * the same time may share memory; each worker has an arena of its own and takes one sample at a time through the whole
 * network, so that everything stays in its cache. What does not fit there goes through the network in strips of rows
 * (strips.h). */
#ifndef LUNET_MODEL_PLAN_H
#define LUNET_MODEL_PLAN_H

#include "model/graph.h"

typedef struct LnPlan LnPlan;

typedef struct LnPlanUse {
  bool training;   /* forward and backward, or forward alone */
  bool input_grad; /* the gradients with respect to the inputs as well */
  bool dropout;    /* prediction in which dropout drops, of each sample as its rng says; never by rows or in strips */
  bool unfused;    /* without fusion, every layer a step of its own: what fused steps are tested against */
  const bool *frozen; /* by tensor: not trained after all; read while the plan is made. NULL: none */
} LnPlanUse;

/* graph: inferred; it must outlive the plan. */
LnStatus ln_plan_new(LnPlan **out, const LnGraph *graph, LnPlanUse use, LnError *err);
void ln_plan_free(LnPlan *plan);

/* Make sure that there are so many arenas, each for the maps of one sample, and working memory for so many threads. */
LnStatus ln_plan_reserve(LnPlan *plan, int arenas, int workers, LnError *err);
int64_t ln_plan_arena_bytes(const LnPlan *plan); /* of one arena */
/* Pack the parameters; call after every change. tensors: as the graph counts them, in memory layout. */
void ln_plan_prepare(LnPlan *plan, float *const *tensors);

/* One sample on its way. x, y, dy, dx: contiguous C,H,W, one of each input or output. */
typedef struct LnPlanSample {
  int arena, worker;
  int64_t index;   /* within the batch */
  LnRng rng;
} LnPlanSample;

void ln_plan_forward(LnPlan *plan, LnPlanSample sample, float *const *y, const float *const *x);
/* After forward with the same arena. grads: as tensors, NULL entries for those not trained; added to. dx may be NULL.
 */
void ln_plan_backward(LnPlan *plan, LnPlanSample sample, float *const *grads, float *const *dx,
                      const float *const *dy);
/* One sample with all threads: rows are shared out. Uses arena 0; needs working memory for ln_threads() workers. */
LnStatus ln_plan_forward_shared(LnPlan *plan, float *const *y, const float *const *x,
                                LnError *err); /* fails when interrupted */

/* Layers that look across the batch, most of them in training alone, and those that work on all of it at once, divide
 * the steps into segments. With more than one segment every sample has an arena of its own, and all samples go through
 * a segment before any goes on to the next. Samples may be dealt to threads; they meet on the thread that calls:
 *
 *   for segment = 0 .. segments-1:   ln_plan_forward_segment for every sample;  ln_plan_meet
 *   for segment = segments-1 .. 0:   ln_plan_backward_segment for every sample; ln_plan_meet_back
 *   ln_plan_end_batch, also after a failure
 *
 * x is read in the first segment, y written in the last; dy read in the last, dx written in the first. What meets may
 * fail; messages begin with the layer, "layer 3 (gate): ...". rng: the step's. grads, of ln_plan_meet_back: those of one
 * shard that has begun. */
int ln_plan_segments(const LnPlan *plan);
/* Whether a sample's output depends on the others of its batch, so that a batch cannot be taken in parts. */
bool ln_plan_looks_across(const LnPlan *plan);
/* Fails if a layer norms over the batch, but has one value a channel of so many samples. */
LnStatus ln_plan_check_batch(const LnPlan *plan, int64_t samples, LnError *err);
/* Before a batch of so many samples. tensors: the network's, for layers that work on whole batches. */
LnStatus ln_plan_reserve_batch(LnPlan *plan, int64_t samples, LnTensor *const *tensors, LnError *err);
int64_t ln_plan_sample_bytes(const LnPlan *plan); /* memory that one more sample of a batch takes, in prediction */
void ln_plan_forward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *const *y, const float *const *x);
/* By all threads together, in prediction. */
LnStatus ln_plan_forward_segment_shared(LnPlan *plan, int segment, LnPlanSample sample, float *const *y,
                                        const float *const *x, LnError *err);
LnStatus ln_plan_meet(LnPlan *plan, int segment, LnRng rng, LnError *err);
void ln_plan_backward_segment(LnPlan *plan, int segment, LnPlanSample sample, float *const *grads, float *const *dx,
                              const float *const *dy);
LnStatus ln_plan_meet_back(LnPlan *plan, int segment, LnRng rng, float *const *grads, LnError *err);
void ln_plan_end_batch(LnPlan *plan);
/* After the forward segments of a training step: what layers add to the mean loss. */
double ln_plan_penalty(const LnPlan *plan);
/* After the forward segments of a training step, before ln_plan_end_batch: let layers change their LN_STATE tensors. */
void ln_plan_update_state(LnPlan *plan, float *const *tensors);

/* As forward and backward of one sample, a batch of its own, with the seconds each step took. grads as for backward. */
typedef struct LnStepTime {
  int layer;             /* of the graph: the one that does the work */
  int first, last;       /* of the graph: what it absorbs before and after */
  double forward, backward;
  int64_t bytes;         /* of its output and what it keeps, for one sample */
} LnStepTime;
LnStatus ln_plan_time(LnPlan *plan, LnPlanSample sample, LnStepTime *times, float *const *grads, float *const *y,
                      const float *const *x, LnError *err);

/* The activation that an output comes out of, so that a loss can take it over; and saying whether it does: then y and dy
 * of the plan are those before the activation. None for what other layers read, too. */
LnActivationCode ln_plan_ends_in(const LnPlan *plan, int output);
void ln_plan_give_logits(LnPlan *plan, int output, bool logits);

const LnKernels *ln_plan_kernels(const LnPlan *plan); /* the table it was made for */
int ln_plan_steps(const LnPlan *plan);

#endif
