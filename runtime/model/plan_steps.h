/* Inside model/: what a plan consists of, for plan_fusion.c and plan.c, which make it, and for
 * plan_run.c and strips.c, which run it. */
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

/* One layer and what it absorbs. */
typedef struct LnStep {
  int layer;             /* of the graph: the one that does the work */
  int first, last;       /* of the graph: the first and the last of what it absorbs before and after */
  LnFusion fusion;
  LnNeeds needs;
  int n_inputs;
  int inputs[LN_MAX_INPUTS]; /* values; while steps are found, graph layers */
  int64_t packed;        /* place of its packed weights */
  int saved_block;       /* training: what backward needs from forward */
  int segment;    /* of forward and backward: how many steps before this one, or this one, look across the batch */
  double *sums; /* layers that look across the batch: totals of forward and backward, then what each sample adds */
  int extra_block[LN_MAX_INPUTS]; /* where a further gradient of an input goes before it is added; -1: straight there */
} LnStep;

struct LnPlan {
  const LnGraph *graph;
  const LnKernels *kernels;
  LnPlanUse use;
  bool logits;
  int n_steps;
  LnStep *steps;
  LnPlanValue *values;   /* n_steps + 1; value 0 is the input, value k+1 the output of step k */
  LnBlock *blocks;
  int n_blocks;
  bool *grad_written;    /* per value, while the plan is made: an earlier backward step writes this gradient */
  int64_t arena_size;    /* floats: the maps of one sample */
  float **arenas;
  int n_arenas;
  int64_t scratch_size;  /* floats: what one worker needs while it runs a step */
  float **scratches;
  int n_scratches;
  int n_segments;        /* 1, and one more for every step that looks across the batch */
  int64_t n_samples;     /* of the batch at hand, where there are such steps */
  int64_t packed_size;
  float *packed;
  float *const *tensors; /* given to the latest ln_plan_prepare */
};

/* The steps, with the graph layers they stand for and read; plan->steps has room for one a layer. */
LnStatus ln_plan_find_steps(LnPlan *plan, LnError *err);
/* The layer whose output that of `layer` is: itself, or what lies before layers left out; -1: the network's input. */
int ln_plan_origin_of(const LnPlan *plan, int layer);

/* What every pass of a step has in common: all but maps, rows and what training adds. */
LnPass ln_plan_pass(const LnPlan *plan, const LnStep *step, int worker);
/* Rows first .. end-1, between the users' C,H,W and our H,W,C. */
void ln_plan_import_rows(LnMap to, const float *from, int64_t first, int64_t end);
void ln_plan_export_rows(float *to, LnMap from, int64_t first, int64_t end);

/* Where a step's scratch memory begins in a worker's, and where it ends: without a backward pass, what a layer would
 * save for it lies there too. Floats. */
int64_t ln_plan_saved_of(const LnPlan *plan, const LnStep *step);
int64_t ln_plan_scratch_of(const LnPlan *plan, const LnStep *step);

#endif
