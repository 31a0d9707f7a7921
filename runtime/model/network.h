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
#include "model/node.h"
#include "model/tensor_source.h"
#include "nn/custom.h"
#include "tensor/tensor.h"

typedef struct LnNetwork LnNetwork;

/* Layers one after the other; the input shape is given later, by ln_network_build. Takes its own references. */
LnStatus ln_network_sequential(LnNetwork **out, LnItem *const *layers, int n, LnError *err);
/* From nodes. Shapes are known, and checked, at once; weights are made by ln_network_build. */
LnStatus ln_network_model(LnNetwork **out, LnNode *input, LnNode *output, LnError *err);
LnNetwork *ln_network_ref(LnNetwork *net);
void ln_network_unref(LnNetwork *net);

/* Infer shapes, make and initialise parameters. Does nothing if built for this shape; keeps the parameters if only the
 * shape changed. Leaves the network as it was on failure. Messages: "layer 3 (conv2d): ...". */
LnStatus ln_network_build(LnNetwork *net, LnShape sample, uint64_t seed, LnError *err);
bool ln_network_built(const LnNetwork *net);
LnShape ln_network_input_shape(const LnNetwork *net); /* of no dimensions while nobody knows it */
LnShape ln_network_output_shape(const LnNetwork *net);

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
  const char *name;  /* "conv2d_1": the type's name and a number within the type */
  const char *type;
  LnItem *item;      /* borrowed */
  LnShape out;
  int64_t parameters; /* trained numbers */
  double macs;       /* multiply-accumulates of a forward pass of one sample, counted as direct convolution */
  bool batch_stats;  /* training looks across the batch in it */
  int n_inputs;
  int inputs[8];     /* layer numbers, -1 for the network's input */
} LnLayerInfo;
int ln_network_layers(const LnNetwork *net);
LnLayerInfo ln_network_layer(const LnNetwork *net, int index);

/* Named tensors ("conv2d_1.weight"), in layer order. The tensor is a view with a reference for the caller; writing to
 * it changes the network (call ln_network_weights_changed afterwards). */
int ln_network_tensors(const LnNetwork *net);
const char *ln_network_tensor_name(const LnNetwork *net, int index);
bool ln_network_tensor_trained(const LnNetwork *net, int index);
LnStatus ln_network_tensor(LnTensor **out, LnNetwork *net, int index, LnError *err);
/* Freeze, or thaw, the trained tensors whose name or layer's name is of a pattern (base/glob.h), of a built network:
 * training leaves them as they are, and works out no gradient below the first layer that still learns. An optimizer
 * keeps their state for when they thaw. Statistics of the batch still are learnt, as in PyTorch, for they are not
 * trained. Copies of a network have the same tensors frozen, files do not say it. Fails where a pattern is that of none,
 * and then changes nothing. */
LnStatus ln_network_freeze(LnNetwork *net, const char *const *patterns, int n, bool frozen, LnError *err);
bool ln_network_tensor_frozen(const LnNetwork *net, int index);
void ln_network_weights_changed(LnNetwork *net); /* parameters were changed from outside */

/* y: N,C,H,W (or N,F) from x: N,C,H,W. Builds the network for x's shape first if needed. Samples are shared out over
 * threads. Where an encoder's strides do not divide a height or width, so that another one would come out, x is padded
 * at the bottom and on the right by reflection, to the smallest size that the network gives back, and y is cropped to
 * x's sides. A network that changes sizes on purpose gives what it gives. */
LnStatus ln_network_predict(LnTensor **out, LnNetwork *net, LnTensor *x, LnError *err);

/* The output of one layer in prediction, of images that are taken as they are. */
LnStatus ln_network_layer_output(LnTensor **out, LnNetwork *net, int layer, LnTensor *x, LnError *err);

/* What each step of the network costs. Layers that are computed together are one step. */
typedef struct LnProfile {
  int layer;                 /* the layer that does the work */
  int first, last;           /* layers computed along with it, before and after */
  double forward, backward;  /* seconds for one sample on one thread: the least of several runs */
  double macs;               /* multiply-accumulates of forward, counted as direct convolution */
  int64_t bytes;             /* of one sample's activations that the step leaves */
} LnProfile;

/* Run the samples of x (N,C,H,W), one after the other on this thread, forward and backward; *rows is ln_alloc'ed. */
LnStatus ln_network_profile(LnProfile **rows, int *n, LnNetwork *net, LnTensor *x, LnError *err);

/* Architecture as JSON (ln_alloc'ed), and an unbuilt or (where it had an input shape) built network from it. One whose
 * weights go beyond the limit of bytes is LN_ELIMIT, before memory is taken. */
LnStatus ln_network_to_json(char **out, LnNetwork *net, LnError *err);
LnStatus ln_network_from_json(LnNetwork **out, const char *json, LnError *err);

/* A built network from an architecture that has an input shape. custom: of layers made at run time; may be NULL. */
LnStatus ln_network_restore(LnNetwork **out, const char *json, const LnTensorSource *source,
                            const LnCustomSource *custom, LnError *err);
/* The same layers with parameters of their own, of the same values, trained as far. */
LnStatus ln_network_copy(LnNetwork **out, const LnNetwork *net, LnError *err);

#endif
