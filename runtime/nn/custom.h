/* Layers whose work is done by functions of whoever uses the runtime: the bindings make layers in Lua of them.
 *
 * Such a layer works on a whole batch at once, N,C,H,W (or N,F), on the thread that runs the network: see LnBatchPass in
 * nn/layer.h. It has one input. It is in no list, since it is made at run time; a file that holds a network with one has
 * its name and the shapes of its tensors, and whoever reads the file gives the layer (LnCustomSource). */
#ifndef LUNET_NN_CUSTOM_H
#define LUNET_NN_CUSTOM_H

#include "nn/layer.h"

/* What makes a layer. All functions get `context`; messages need not name the layer. */
typedef struct LnCustom {
  const char *name;     /* as ln_item_check_name takes it, and no built-in layer's */
  int n_tensors;
  LnDecl tensors[LN_MAX_TENSORS]; /* their names likewise; `axes` are set here */
  void *context;
  /* The output's shape, without the batch dimension. It is asked for again and again; a few answers are remembered. */
  LnStatus (*shape)(LnShape *out, void *context, LnShape in, LnError *err);
  LnStatus (*forward)(LnTensor **y, void *context, const LnBatchPass *pass, LnError *err);
  LnStatus (*backward)(LnTensor **dx, LnTensor **grads, LnTensor *dy, void *context, const LnBatchPass *pass,
                       LnError *err);
  void (*forget)(void *context, void *saved); /* what forward left in *pass->saved; NULL where it leaves nothing */
  void (*release)(void *context);             /* with the last item; may be NULL */
} LnCustom;

/* Copies what custom points to, but for the context, and takes references to the tensors' start values. On failure the
 * context is not released. */
LnStatus ln_custom_new(LnItem **out, const LnCustom *custom, LnError *err);
const LnCustom *ln_custom_of(LnItem *item); /* NULL for items of other types */

/* A layer that a file asks for. */
typedef struct LnCustomWanted {
  const char *name;
  int layer;            /* of the network, from 1 */
  int n_tensors;
  struct {
    const char *name;
    LnRole role;
    LnShape shape;
  } tensors[LN_MAX_TENSORS];
} LnCustomWanted;

typedef struct LnCustomSource {
  void *context;
  /* *out with a reference. Whether its name and tensors are those wanted is checked by who asks. */
  LnStatus (*find)(LnItem **out, void *context, const LnCustomWanted *wanted, LnError *err);
} LnCustomSource;

extern const LnLayerType ln_nn_custom; /* all of them are of this type */

#endif
