/* Layers: one file an item, listed in nn.def.
 *
 * A layer works on one sample: the plan (model/plan.h) takes each sample through the whole network on one thread, so
 * everything it touches stays in that core's cache. Inside, activations lie pixel by pixel with their channels together
 * (H,W,C), inside a border of zeros as wide as their readers' padding; users see C,H,W. Lanes between c and ld hold
 * finite numbers that nobody reads as values. */
#ifndef LUNET_NN_LAYER_H
#define LUNET_NN_LAYER_H

#include <stdbool.h>

#include "base/rng.h"
#include "base/type.h"
#include "nn/fusion.h"
#include "tensor/tensor.h"

#define LN_MAX_TENSORS 16 /* of one layer */

typedef enum LnRole {
  LN_PARAMETER, /* trained */
  LN_STATE,  /* kept and saved, not trained: e.g. running means */
} LnRole;

typedef enum LnInit {
  LN_INIT_ZEROS,
  LN_INIT_ONES,
  LN_INIT_GLOROT_UNIFORM,
  LN_INIT_GLOROT_NORMAL,
  LN_INIT_HE_UNIFORM,
  LN_INIT_HE_NORMAL,
  LN_INIT_VALUE /* of the declaration; no word for users, as those before are */
} LnInit;

/* A named tensor that a layer declares. Its memory is contiguous in `shape`; users see it permuted by `axes`. */
typedef struct LnDecl {
  const char *name;        /* "weight", "bias" */
  LnRole role;
  LnShape shape;           /* as laid out in memory, e.g. kernel rows, kernel columns, in, out */
  int axes[LN_MAX_DIMS];   /* dimension i that users see is dimension axes[i] in memory, e.g. out, in, rows, columns */
  LnInit init;
  float value;             /* LN_INIT_VALUE */
  int64_t fan_in, fan_out;
  const LnTensor *start;   /* values to begin with instead of `init`, as users see them; broadcast to the shape */
} LnDecl;

/* What `build` works from. */
typedef struct LnBuild {
  const void *options;
  const LnKernels *kernels;
  const LnShape *in;         /* n_inputs of them, before they are upsampled and concatenated */
  int n_inputs;
  LnShape out;               /* after any pooling */
  const LnFusion *fusion;
  bool training;             /* false: only forward will be called */
  bool input_grad;           /* whether backward will be asked for dx */
} LnBuild;

/* Rows of an input that a layer reads to make rows first .. end-1 of y: (first * step - before) / scale to
 * ((end - 1) * step + after) / scale, both included and rounded down, as far as they exist. step 0: first .. end-1.
 * Rows read with a weight of 0 belong to them: memory outside these rows may not exist. */
typedef struct LnInputRows {
  int64_t step, scale, before, after;
} LnInputRows;

/* What a layer needs, worked out once for given input shapes. Zeroed before `build`. */
typedef struct LnNeeds {
  int border[4];             /* zeros around every input: top, bottom, left, right */
  int grad_border[4];        /* zeros around dy */
  int64_t packed;            /* floats: weights in the order of the kernels, made once an update, read by all threads */
  int prepare_parts;         /* into how many parts `prepare` divides that work, for threads to take */
  int64_t saved;             /* bytes per sample that backward needs from forward (argmax, ...) */
  int64_t row_unit;          /* forward can do some rows of y alone, in multiples of this; 0: it cannot */
  LnInputRows input_rows[LN_MAX_INPUTS]; /* with row_unit: of each input */
  int64_t batch_sums;        /* numbers per sample that are added up over the batch, for layers that look across it */
  int64_t scratch;           /* floats of working memory during one call */
  bool needs_x, needs_y;     /* whether backward reads x, y */
  void *prepared;            /* whatever the layer works out at this point; given to `release` in the end */
} LnNeeds;

/* One sample's activation. A vector of features F is c = F, h = w = 1. */
typedef struct LnMap {
  float *data;   /* pixel (0, 0), channel 0 */
  int c, h, w;
  int64_t ld;    /* floats from one pixel to the next, >= c */
  int64_t row;   /* floats from one row to the next */
} LnMap;

/* Everything one call of forward or backward gets. */
typedef struct LnPass {
  const void *options;
  const LnKernels *kernels;
  const LnFusion *fusion;
  const void *prepared;  /* from build */
  int n_inputs;
  const LnMap *x;        /* n_inputs of them */
  LnMap y;
  const LnMap *dx;       /* backward: overwritten; data is NULL where no gradient is wanted */
  LnMap dy;              /* backward; may be used as working memory */
  float *const *tensors; /* as declared, in memory layout */
  float *const *grads;   /* backward: added to; entries for LN_STATE are NULL */
  const float *packed;
  void *saved;
  float *scratch;
  int64_t first, count;  /* forward: the rows of y to work on; all of them unless row_unit says that some will do */
  bool training;
  const double *batch;   /* where there are batch_sums: totals of what `batch_stats` gave for all samples, */
  const double *batch_grad; /* and, in backward, of what `batch_stats_grad` gave */
  int64_t batch_size;    /* samples that were added up */
  bool logits;           /* the loss contains the final activation: leave it out here */
  LnRng rng;             /* this sample's, this layer's, this step's */
} LnPass;

/* What a call of forward_batch or backward_batch gets: a whole batch, on the thread that runs the network. */
typedef struct LnBatchPass {
  const void *options;
  LnTensor *x;                /* N,C,H,W or N,F; contiguous */
  int n_tensors;
  LnTensor **tensors;         /* as declared. Those of LN_STATE are copies: forward may write to them, or put others of the
                                 same shape in their place, and a training step that succeeds keeps what is there */
  bool training;
  bool wants_grads;           /* forward: backward will be called; for that *saved stays as forward leaves it */
  bool wants_dx;
  uint64_t seed;              /* training: another one each step and layer */
  void **saved;               /* NULL at first; given to `forget` when the batch is over, or has failed */
} LnBatchPass;

typedef struct LnLayerType {
  LnType type;
  int min_inputs, max_inputs;
  bool concatenates;     /* the output is the inputs' channels, one after the other */
  bool only_in_training; /* a layer of one input that in prediction hands it on as it is: plans leave it out there */
  bool drops;            /* dropout: predictions may ask for it, and then build and forward are those of training */
  /* Shapes of the output from those of the inputs; the only place where layers complain about shapes. Messages say what
   * was expected, what came, and a hint; the network adds the layer's name. */
  LnStatus (*out_shape)(LnShape *out, const void *options, const LnShape *in, int n_inputs, LnError *err);
  /* Name the tensors and return how many; *macs = multiply-accumulates of one sample, as written. NULL: no tensors. */
  int (*declare)(LnDecl tensors[LN_MAX_TENSORS], double *macs, const void *options, const LnShape *in, LnShape out);
  /* Called after out_shape succeeded, so shapes are right. NULL: needs nothing. */
  LnStatus (*build)(LnNeeds *needs, const LnBuild *build, LnError *err);
  void (*release)(void *prepared); /* NULL where build leaves `prepared` NULL */
  /* Fill a part of the packed memory from the tensors. NULL if there is no part. */
  void (*prepare)(float *packed, const void *options, const LnKernels *kernels, const void *prepared,
                  float *const *tensors, int part);
  void (*forward)(const LnPass *pass);  /* y's border is zero already and must stay so */
  void (*backward)(const LnPass *pass); /* overwrites dx, adds to grads */
  /* Layers that look across the batch (batch_sums > 0), in training or, if sums_in_prediction is there and says so,
   * always: what becomes of one sample then depends on the others that are given at once. batch_stats: what one sample
   * adds to the sums, before forward; batch_stats_grad: the same before backward, from dy; what it makes of dy is what
   * backward gets. update: change LN_STATE tensors after a step. */
  bool (*sums_in_prediction)(const void *options);
  void (*batch_stats)(const LnPass *pass, double *sums);
  void (*batch_stats_grad)(const LnPass *pass, double *sums);
  void (*update)(const void *options, float *const *tensors, const double *batch, int64_t samples, LnShape in);
  /* What such a layer adds to the mean loss of a batch, whose gradient its backward adds to dx; NULL: nothing. */
  double (*penalty)(const void *options, const double *batch, int64_t samples, LnShape in);
  /* Layers of one input that work on whole batches, instead of forward and backward: the plan is in segments around
   * them. They may fail. *y, *dx: new, or tensors that were there before, with a reference; of the right shape, any
   * strides. grads[i] likewise, of tensor i; NULL stands for zeros, *dx too. Prediction takes large batches in parts. */
  LnStatus (*forward_batch)(LnTensor **y, const LnBatchPass *pass, LnError *err);
  LnStatus (*backward_batch)(LnTensor **dx, LnTensor **grads, LnTensor *dy, const LnBatchPass *pass, LnError *err);
  void (*forget)(const void *options, void *saved);
  /* Fusion, all optional. `fuse_into` describes this layer as part of a neighbour: it fills in `fusion`, or returns
   * false if the layer cannot be absorbed. `can_fuse`: whether this layer can do `fusion` along with its own work. */
  bool (*fuse_into)(LnFusion *fusion, const void *options);
  bool (*can_fuse)(const void *options, const LnFusion *fusion);
  /* The activation that the output comes out of; NULL: none. A layer that has this obeys `logits`. */
  LnActivation (*ends_in)(const void *options, const LnFusion *fusion);
  /* Layers whose first tensor may be that of another layer (nn/tie.h): that one's name; and which dimension of it, as
   * users see it, each of their own is, NULL where they are the same. */
  const char *ties_to;
  const int *tied_axes;
  /* What the output lies between; NULL: unknown. keeps_range, of layers of one input: where the input does, as far as
   * prediction goes. */
  LnRange (*range)(const void *options);
  bool keeps_range;
} LnLayerType;

#define X(name) extern const LnLayerType ln_nn_##name;
#include "nn/nn.def"
#undef X

extern const LnKind ln_nn_kind;

#endif
