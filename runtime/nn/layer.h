/* Layers: one file an item, listed in nn.def.
 *
 * A layer works on one sample: the plan (model/plan.h) takes each sample through the whole network on one thread, so
 * everything it touches stays in that core's cache. Inside, activations lie pixel by pixel with their channels together
 * (H,W,C), inside a border of zeros as wide as their readers' padding; users see C,H,W. */
#ifndef LUNET_NN_LAYER_H
#define LUNET_NN_LAYER_H

#include <stdbool.h>

#include "base/rng.h"
#include "base/type.h"
#include "kernels/kernels.h"

#define LN_MAX_INPUTS 8   /* of one layer */
#define LN_MAX_TENSORS 4  /* of one layer */

typedef enum LnRole {
  LN_WEIGHT, /* trained */
  LN_STATE,  /* kept and saved, not trained: e.g. running means */
} LnRole;

typedef enum LnInit { LN_INIT_ZEROS, LN_INIT_ONES, LN_INIT_GLOROT_UNIFORM, LN_INIT_GLOROT_NORMAL, LN_INIT_HE_UNIFORM, LN_INIT_HE_NORMAL } LnInit;

/* A named tensor that a layer declares. Its memory is contiguous in `shape`; users see it permuted by `axes`. */
typedef struct LnDecl {
  const char *name;        /* "weight", "bias" */
  LnRole role;
  LnShape shape;           /* as laid out in memory, e.g. kernel rows, kernel columns, in, out */
  int axes[LN_MAX_DIMS];   /* dimension i that users see is dimension axes[i] in memory, e.g. out, in, rows, columns */
  LnInit init;
  int64_t fan_in, fan_out;
} LnDecl;

/* What a layer needs, worked out once for given input shapes. Zeroed before `build`. */
typedef struct LnNeeds {
  LnDecl tensors[LN_MAX_TENSORS];
  int n_tensors;
  int border[4];        /* zeros around every input: top, bottom, left, right */
  int grad_border[4];   /* zeros around dy */
  size_t shared;        /* bytes prepared once per weight update and read by all threads (packed weights) */
  size_t keep;          /* bytes per sample that backward needs from forward (argmax, ...) */
  size_t scratch;       /* bytes of working memory during one call */
  bool needs_x, needs_y; /* whether backward reads x, y */
  double macs;          /* multiply-accumulates of the forward pass of one sample, counted as written */
} LnNeeds;

/* One sample's activation. A vector of features F is c = F, h = w = 1. */
typedef struct LnAct {
  float *data;   /* pixel (0, 0), channel 0 */
  int c, h, w;
  int64_t ld;    /* floats from one pixel to the next, >= c */
  int64_t row;   /* floats from one row to the next */
} LnAct;

/* Everything one call of forward or backward gets. */
typedef struct LnPass {
  const void *options;
  const LnKernels *kernels;
  int n_inputs;
  const LnAct *x;        /* n_inputs of them */
  LnAct y;
  const LnAct *dx;       /* backward: overwritten; data is NULL where no gradient is wanted */
  LnAct dy;              /* backward */
  float *const *tensors; /* as declared, in memory layout */
  float *const *grads;   /* backward: added to; entries for LN_STATE are NULL */
  const void *shared;
  void *keep;
  void *scratch;
  bool training;
  LnRng rng;             /* this sample's, this layer's, this step's */
} LnPass;

typedef struct LnLayerType {
  LnType type;
  int min_inputs, max_inputs;
  /* Shapes of the output from those of the inputs; the only place where layers complain about shapes. Messages say what
   * was expected, what came, and a hint; the network adds the layer's name. */
  LnStatus (*out_shape)(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);
  /* Declare tensors and memory. Called after out_shape succeeded, so shapes are right. NULL: needs nothing. */
  void (*build)(LnNeeds *needs, const void *options, const LnKernels *kernels, const LnShape *in, int n_inputs, LnShape out);
  /* Fill the shared memory from the tensors. NULL if there is none. */
  void (*prepare)(void *shared, const void *options, const LnKernels *kernels, float *const *tensors, const LnShape *in);
  void (*forward)(const LnPass *pass);  /* y's border is zero already and must stay so */
  void (*backward)(const LnPass *pass); /* overwrites dx, adds to grads */
} LnLayerType;

#define X(name) extern const LnLayerType ln_nn_##name;
#include "nn/nn.def"
#undef X

extern const LnKind ln_nn_kind;

#endif
