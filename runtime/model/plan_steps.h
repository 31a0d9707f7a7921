/* Inside model/: what a plan consists of, for plan_fusion.c and plan.c, which make it, and for
 * plan_values.c, plan_run.c, plan_segments.c, plan_batch.c and strips.c, which run it. */
#ifndef LUNET_MODEL_PLAN_STEPS_H
#define LUNET_MODEL_PLAN_STEPS_H

#include "model/arena.h"
#include "model/plan.h"

/* A map with its border in an arena. */
typedef struct LnPlacement {
  LnMap map;       /* data is set when run */
  int border[4];   /* top, bottom, left, right */
  int64_t first;   /* floats from the map's start to pixel (0, 0) */
  int64_t size;    /* floats, border included */
  int block;
} LnPlacement;

/* A value between steps, and its gradient. */
typedef struct LnPlanValue {
  LnPlacement place, grad;
  bool wants_grad;
} LnPlanValue;

/* What a step that works on whole batches has of the batch at hand; NULL until there is one. The tensors of the layer are
 * the network's own, but copies of those of LN_STATE. */
typedef struct LnBatchStep {
  LnTensor *x, *y, *dy, *dx; /* N,C,H,W; dx may be NULL for zeros */
  int n_tensors;
  LnTensor *tensors[LN_MAX_TENSORS];
  void *saved;               /* the layer's, see LnBatchPass */
} LnBatchStep;

/* One layer and what it absorbs. */
typedef struct LnStep {
  int layer;             /* of the graph: the one that does the work */
  int first, last;       /* of the graph: the first and the last of what it absorbs before and after */
  LnFusion fusion;
  LnNeeds needs;
  int n_inputs;
  int inputs[LN_MAX_INPUTS]; /* values; while steps are found, graph layers */
  int64_t packed;        /* place of its packed weights */
  int first_tensor;      /* place of its tensors among those of all steps */
  int saved_block;       /* training: what backward needs from forward */
  int segment;    /* of forward and backward: how many steps before this one, or this one, begin one */
  double *sums; /* layers that look across the batch: totals of forward and backward, then what each sample adds */
  LnBatchStep *batch; /* layers that work on whole batches; else NULL */
  int extra_block[LN_MAX_INPUTS]; /* where a further gradient of an input goes before it is added; -1: straight there */
} LnStep;

struct LnPlan {
  const LnGraph *graph;
  const LnKernels *kernels;
  LnPlanUse use;
  int n_outputs;
  int outputs[LN_MAX_ENDS]; /* values */
  bool logits[LN_MAX_ENDS]; /* of each output: the loss contains its activation */
  int n_steps;
  LnStep *steps;
  int n_inputs;
  LnPlanValue *values;   /* the inputs, then the outputs of the steps: ln_plan_output_of */
  LnBlock *blocks;
  int n_blocks;
  bool *grad_written;    /* per value, while the plan is made: an earlier backward step writes this gradient */
  int64_t arena_size;    /* floats: the maps of one sample */
  float **arenas;
  int n_arenas;
  int64_t scratch_size;  /* floats: what one worker needs while it runs a step */
  float **scratches;
  int n_scratches;
  int n_segments;        /* 1, and one more for every step that looks across the batch or works on all of it */
  int64_t n_samples;     /* of the batch at hand, where there are such steps */
  LnTensor *const *batch_tensors; /* the network's, for layers that work on whole batches */
  int64_t packed_size;
  float *packed;
  int n_tensors;
  float **tensors;       /* by step and declaration, from the latest ln_plan_prepare: see LnStep.first_tensor */
};

/* The steps, with the graph layers they stand for and read; plan->steps has room for one a layer. */
LnStatus ln_plan_find_steps(LnPlan *plan, LnError *err);
/* Whether a step looks across the batch, by sums of what each sample adds. */
bool ln_plan_sums_batch(const LnPlan *plan, const LnStep *step);
/* The value that a step makes; the step that makes a value, -1 for an input; how many values there are. */
static inline int ln_plan_output_of(const LnPlan *plan, const LnStep *step) {
  return plan->n_inputs + (int)(step - plan->steps);
}
static inline int ln_plan_maker_of(const LnPlan *plan, int value) {
  return value < plan->n_inputs ? -1 : value - plan->n_inputs;
}
static inline int ln_plan_values(const LnPlan *plan) {
  return plan->n_inputs + plan->n_steps;
}
/* Whether some output's gradient is wanted. */
bool ln_plan_returns(const LnPlan *plan);
LnShape ln_plan_value_shape(const LnPlan *plan, int value); /* of a sample */
/* A sample's value, or its gradient, in its arena. */
LnMap ln_plan_value(const LnPlan *plan, int arena, int value);
LnMap ln_plan_grad(const LnPlan *plan, int arena, int value);
/* Zero what the owner of a map does not write: its border, and the lanes behind the last channel. */
void ln_plan_clear_margins(const LnPlacement *place, LnMap map);
/* The step that begins a segment; NULL for segment 0 and past the end. */
LnStep *ln_plan_first_of(const LnPlan *plan, int segment);

/* The layer whose output that of `layer` is: itself, or what lies before layers left out; below 0: an input. */
int ln_plan_origin_of(const LnPlan *plan, int layer);

/* Whether a layer of that type does in forward what it does in training. */
static inline bool ln_plan_trains(const LnPlan *plan, const LnLayerType *type) {
  return plan->use.training || (plan->use.dropout && type->drops);
}

/* What every pass of a step has in common: all but maps, rows and what training adds. */
LnPass ln_plan_pass(const LnPlan *plan, const LnStep *step, int worker);
/* What forward and backward of a sample have in common. x: room for the step's inputs. */
LnPass ln_plan_sample_pass(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnMap x[LN_MAX_INPUTS]);
/* One step of a sample. In backward, gradients of inputs that already have one are added to it: between these two
 * functions it is written to the map that the first gives; its data is NULL where no gradient is wanted. */
void ln_plan_forward_step(LnPlan *plan, LnStep *step, LnPlanSample sample);
LnStatus ln_plan_forward_step_shared(LnPlan *plan, LnStep *step, int arena, LnError *err); /* by all threads */
void ln_plan_backward_step(LnPlan *plan, LnStep *step, LnPlanSample sample, float *const *grads);
LnMap ln_plan_begin_input_grad(const LnPlan *plan, int arena, const LnStep *step, int input);
void ln_plan_end_input_grad(const LnPlan *plan, int arena, const LnStep *step, int input, LnMap dx);
/* A sample's way in and out. */
void ln_plan_take_inputs(LnPlan *plan, int arena, const float *const *x);
void ln_plan_give_outputs(const LnPlan *plan, int arena, float *const *y);
void ln_plan_take_gradients(LnPlan *plan, int arena, const float *const *dy);
void ln_plan_give_input_gradients(const LnPlan *plan, int arena, float *const *dx); /* dx may be NULL */
/* A step's tensors, or their gradients, among those of the network. */
void ln_plan_own_of(float *own[LN_MAX_TENSORS], const LnPlan *plan, const LnStep *step, float *const *all);
/* Rows first .. end-1, between the users' C,H,W and our H,W,C. */
void ln_plan_import_rows(LnMap to, const float *from, int64_t first, int64_t end);
void ln_plan_export_rows(float *to, LnMap from, int64_t first, int64_t end);

/* Where a step's scratch memory begins in a worker's, and where it ends: without a backward pass, what a layer would
 * save for it lies there too. Floats. */
int64_t ln_plan_saved_of(const LnPlan *plan, const LnStep *step);
int64_t ln_plan_scratch_of(const LnPlan *plan, const LnStep *step);

/* ---- Steps that work on whole batches: plan_batch.c ----
 *
 * They run on the calling thread, between two segments (layers made by nn/custom.h). What they read is brought from the
 * arenas into one tensor N,C,H,W, and what they give back into the arenas; their gradients likewise. */

LnStatus ln_batch_new(LnBatchStep **out, LnError *err);
void ln_batch_free(LnPlan *plan, LnStep *step); /* step->batch; NULL is legal */
LnStatus ln_batch_reserve(LnPlan *plan, LnStep *step, int64_t samples, LnError *err);
/* What is of no use once a batch is over, or has failed. */
void ln_batch_forget(LnPlan *plan, LnStep *step);
int64_t ln_batch_bytes(const LnPlan *plan, const LnStep *step); /* for one sample, forward */

/* One sample's share, by whichever worker. */
void ln_batch_gather(const LnPlan *plan, const LnStep *step, LnPlanSample sample);       /* x out of its arena */
void ln_batch_scatter(const LnPlan *plan, const LnStep *step, LnPlanSample sample);      /* y into it */
void ln_batch_gather_grad(const LnPlan *plan, const LnStep *step, LnPlanSample sample);  /* dy */
void ln_batch_scatter_grad(const LnPlan *plan, const LnStep *step, LnPlanSample sample); /* dx */
/* The same by all threads. */
LnStatus ln_batch_gather_shared(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnError *err);
LnStatus ln_batch_scatter_shared(const LnPlan *plan, const LnStep *step, LnPlanSample sample, LnError *err);

/* The layer's functions. Messages: "layer 3 (gate): ...". grads: added to, NULL entries are left out. */
LnStatus ln_batch_forward(LnPlan *plan, LnStep *step, LnRng rng, LnError *err);
LnStatus ln_batch_backward(LnPlan *plan, LnStep *step, LnRng rng, float *const *grads, LnError *err);
/* After a training step: its LN_STATE tensors become what forward has left in their copies. */
void ln_batch_update(const LnPlan *plan, const LnStep *step, float *const *tensors);

#endif
