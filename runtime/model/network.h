/* Networks: a list of layers in topological order, with their parameters.
 *
 * A network is described first (from nodes, or as a sequence) and built for a sample shape (C,H,W or F; never a batch
 * dimension) when that is known: shapes are inferred, errors found, parameters made and initialised. Building again for
 * another shape keeps the parameters when their shapes stay the same, so a convolutional network trained at 64x64 runs
 * at any size. */
#ifndef LUNET_MODEL_NETWORK_H
#define LUNET_MODEL_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/type.h"
#include "model/ends.h"
#include "model/node.h"
#include "model/tensor_source.h"
#include "nn/custom.h"
#include "tensor/tensor.h"

typedef struct LnNetwork LnNetwork;

/* Layers and networks one after the other; the input shape is given later, by ln_network_build. Takes its own references.
 */
typedef struct LnStage {
  LnItem *layer;      /* or, if NULL, */
  LnNetwork *network; /* of one input and one output: its layers, with the weights that it has */
} LnStage;
LnStatus ln_network_sequential_all(LnNetwork **out, const LnStage *stages, int n, LnError *err);
/* From nodes. Shapes are known, and checked, at once; weights are made by ln_network_build. A network has at most
 * LN_MAX_ENDS inputs and as many outputs; every input must be read. */
LnStatus ln_network_model_all(LnNetwork **out, LnNode *const *inputs, int n_inputs, LnNode *const *outputs, int n_outputs,
                          LnError *err);
/* The network's layers called on nodes; out: its outputs, LN_MAX_ENDS at most. A network made of what they give shares
 * the weights: training either changes both, and whichever is built first makes them. */
LnStatus ln_network_call(LnNode **out, LnNetwork *net, LnNode *const *inputs, int n_inputs, LnError *err);
LnNetwork *ln_network_ref(LnNetwork *net);
void ln_network_unref(LnNetwork *net);

/* Infer shapes, make and initialise parameters. samples: a shape for each input. Does nothing if built for these; keeps
 * the parameters if only shapes changed. Leaves the network as it was on failure. Messages: "layer 3 (conv2d): ...". */
LnStatus ln_network_build_all(LnNetwork *net, const LnShape *samples, uint64_t seed, LnError *err);
bool ln_network_built(LnNetwork *net);
int ln_network_inputs(const LnNetwork *net);
int ln_network_outputs(const LnNetwork *net);
LnShape ln_network_input_shape_of(const LnNetwork *net, int input); /* of no dimensions while nobody knows it */
LnShape ln_network_output_shape_of(const LnNetwork *net, int output);
int ln_network_output_layer(const LnNetwork *net, int output);

/* How far a network was trained. It is saved with it, and what training draws at random goes on from there. */
typedef struct LnTrained {
  int64_t epochs; /* counted by whoever knows what one is */
  int64_t steps;  /* counted by ln_trainer_step */
} LnTrained;
LnTrained ln_network_trained(const LnNetwork *net);
void ln_network_set_trained(LnNetwork *net, LnTrained trained);

/* The scale of intensities that it was trained with: numbers x go in as (x - shift) / factor. It is saved and copied with
 * the network; nothing applies it by itself. */
typedef enum LnScaleKind { LN_SCALE_NONE, LN_SCALE_MINMAX, LN_SCALE_PERCENTILE, LN_SCALE_ZSCORE } LnScaleKind;
typedef struct LnScaling {
  LnScaleKind kind;
  double shift, factor; /* finite, factor above 0; where there is a kind */
} LnScaling;
LnScaling ln_network_scaling(const LnNetwork *net);
void ln_network_set_scaling(LnNetwork *net, LnScaling scaling);

/* For summaries. Layers are numbered 0 .. count-1, the input not counted. */
typedef struct LnLayerInfo {
  const char *name;  /* the user's, or "conv2d_1": the type's name and a number within the type */
  const char *type;
  LnItem *item;      /* borrowed */
  LnShape out;
  int64_t parameters; /* trained numbers that no earlier layer has */
  int first;         /* the layer's first call: its own number, unless it is called again */
  double macs;       /* multiply-accumulates of a forward pass of one sample, counted as direct convolution */
  bool batch_stats;  /* training looks across the batch in it */
  int n_inputs;
  int inputs[8];     /* layer numbers; -1, -2, ... for the network's inputs */
} LnLayerInfo;
int ln_network_layers(const LnNetwork *net);
LnLayerInfo ln_network_layer(const LnNetwork *net, int index);

/* Named tensors ("conv2d_1.weight"), in layer order. The tensor is a view with a reference for the caller; writing to
 * it changes the network (call ln_network_weights_changed afterwards). */
int ln_network_tensors(const LnNetwork *net);
const char *ln_network_tensor_name(const LnNetwork *net, int index);
bool ln_network_tensor_trained(const LnNetwork *net, int index);
LnStatus ln_network_tensor(LnTensor **out, LnNetwork *net, int index, LnError *err);
/* Numbers from ln_network_tensors on are those of tensors that are tied to others, so many; source: the number of the
 * other, whose values it has in an order of its own; -1 for those not tied. */
int ln_network_tied_tensors(const LnNetwork *net);
int ln_network_tensor_source(const LnNetwork *net, int index);
/* A copy of the values, of a tied tensor too; and others of the same shape for one that is not tied, after which what
 * was packed of the layer's older values is void in every network that the layer is part of. */
LnStatus ln_network_values(LnTensor **out, LnNetwork *net, int index, LnError *err);
LnStatus ln_network_set_values(LnNetwork *net, int index, const LnTensor *values, LnError *err);
LnStatus ln_network_check_values(LnNetwork *net, int index, const LnTensor *values, LnError *err); /* their shape */
/* Freeze, or thaw, the trained tensors whose name or layer's name is of a pattern (base/glob.h), of a built network:
 * training leaves them as they are, and works out no gradient below the first layer that still learns. An optimizer
 * keeps their state for when they thaw. Statistics of the batch still are learnt, as in PyTorch, for they are not
 * trained. Copies of a network have the same tensors frozen, files do not say it. Fails where a pattern is that of none,
 * and then changes nothing. */
LnStatus ln_network_freeze(LnNetwork *net, const char *const *patterns, int n, bool frozen, LnError *err);
bool ln_network_tensor_frozen(const LnNetwork *net, int index);
void ln_network_weights_changed(LnNetwork *net); /* parameters were changed from outside */

/* y: N,C,H,W (or N,F) from x: N,C,H,W; one of each output and input. Builds the network for x's shapes first if needed.
 * Samples are shared out over threads. Where, in a network of one input and output, an encoder's strides do not divide a height or width, so that another one would come out, x is padded
 * at the bottom and on the right by reflection, to the smallest size that the network gives back, and y is cropped to
 * x's sides. A network that changes sizes on purpose gives what it gives. */
LnStatus ln_network_predict_all(LnTensor **out, LnNetwork *net, LnTensor *const *x, LnError *err);
/* The shape that a sample is padded to for that: its own, where nothing is padded. */
LnStatus ln_network_padded_shape(LnShape *out, LnNetwork *net, LnShape sample, LnError *err);
/* The mean and standard deviation (divided by the number of draws) of such predictions in which dropout drops as in
 * training, all else, as batch_norm, being as in prediction; a tensor of each output. Draw k of sample i takes stream
 * k * N + i of rng, so nothing depends on the threads. LN_EARG where the network has no dropout. */
LnStatus ln_network_predict_dropout(LnTensor **mean, LnTensor **sd, LnNetwork *net, LnTensor *const *x, int64_t draws,
                                    LnRng rng, LnError *err);

/* What each step of the network costs. Layers that are computed together are one step. */
typedef struct LnProfile {
  int layer;                 /* the layer that does the work */
  int first, last;           /* layers computed along with it, before and after */
  double forward, backward;  /* seconds for one sample on one thread: the least of several runs */
  double macs;               /* multiply-accumulates of forward, counted as direct convolution */
  int64_t bytes;             /* of one sample's activations that the step leaves */
} LnProfile;

/* Run the samples of x (N,C,H,W, one of each input), one after the other on this thread, forward and backward; *rows is ln_alloc'ed. */
LnStatus ln_network_profile_all(LnProfile **rows, int *n, LnNetwork *net, LnTensor *const *x, LnError *err);

/* Architecture as JSON (ln_alloc'ed), and an unbuilt or (where it had an input shape) built network from it. One whose
 * weights go beyond the limit of bytes is LN_ELIMIT, before memory is taken. */
LnStatus ln_network_to_json(char **out, LnNetwork *net, LnError *err);
LnStatus ln_network_from_json(LnNetwork **out, const char *json, LnError *err);

/* A built network from an architecture that has an input shape. custom: of layers made at run time; may be NULL. */
LnStatus ln_network_restore(LnNetwork **out, const char *json, const LnTensorSource *source,
                            const LnCustomSource *custom, LnError *err);
/* The same layers with parameters of their own, of the same values, trained as far. */
LnStatus ln_network_copy(LnNetwork **out, const LnNetwork *net, LnError *err);
/* A network whose outputs are some layers of this one, no two the same, with the same parameters. */
LnStatus ln_network_part(LnNetwork **out, const LnNetwork *net, const int *layers, int n, LnError *err);

/* ---- The same for networks of one input and one output ---- */

LnStatus ln_network_sequential(LnNetwork **out, LnItem *const *layers, int n, LnError *err);

static inline LnStatus ln_network_model(LnNetwork **out, LnNode *input, LnNode *output, LnError *err) {
  return ln_network_model_all(out, &input, 1, &output, 1, err);
}
static inline LnStatus ln_network_build(LnNetwork *net, LnShape sample, uint64_t seed, LnError *err) {
  return ln_network_build_all(net, &sample, seed, err);
}
static inline LnShape ln_network_input_shape(const LnNetwork *net) {
  return ln_network_input_shape_of(net, 0);
}
static inline LnShape ln_network_output_shape(const LnNetwork *net) {
  return ln_network_output_shape_of(net, 0);
}
static inline LnStatus ln_network_predict(LnTensor **out, LnNetwork *net, LnTensor *x, LnError *err) {
  return ln_network_predict_all(out, net, &x, err);
}
static inline LnStatus ln_network_profile(LnProfile **rows, int *n, LnNetwork *net, LnTensor *x, LnError *err) {
  return ln_network_profile_all(rows, n, net, &x, err);
}

#endif
