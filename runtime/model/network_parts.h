/* Inside model/: what a network consists of, for network.c, trainer_*.c and others. */
#ifndef LUNET_MODEL_NETWORK_PARTS_H
#define LUNET_MODEL_NETWORK_PARTS_H

#include "model/network.h"
#include "model/parameters.h"
#include "model/predictor.h"

struct LnNetwork {
  int refs;
  LnGraph graph;
  bool built;
  LnParameters parameters;
  bool *frozen;         /* by tensor; NULL: none is */
  uint64_t freezes;     /* grows whenever that changes */
  uint64_t shapes;      /* grows whenever the graph is inferred anew: plans of an older one are void */
  bool at_work;         /* between ln_network_begin and ln_network_end */
  LnTrained trained;
  LnScaling scaling;
  LnPredictor predictor;
  LnShape unpadded, padded; /* the samples last predicted, and what they are padded to */
};

/* As ln_network_predict, without padding; but where output i comes out of activations[i], what goes into that.
 * logits[i]: whether it is. Both may be NULL. */
LnStatus ln_network_predict_logits(LnTensor **out, bool *logits, LnNetwork *net, LnTensor *const *x,
                                   const LnActivationCode *activations, LnError *err);
/* As ln_network_predict_all, with dropout or without; with it out has all repeats, one after the other. */
LnStatus ln_network_predict_use(LnTensor **out, LnNetwork *net, LnTensor *const *x, LnDropoutUse dropout,
                                LnError *err);
uint64_t ln_network_version(const LnNetwork *net); /* grows whenever parameters change */
/* Around work that may call functions of users' (layers and losses of their own): while it runs, the network refuses
 * other work and another shape. what: the work, for the message. */
LnStatus ln_network_begin(LnNetwork *net, const char *what, LnError *err);
void ln_network_end(LnNetwork *net);
/* The sample's shape of a batch N,C,H,W or N,F. */
LnStatus ln_sample_shape(LnShape *out, const char *what, LnShape batch, LnError *err);
LnShape ln_batch_shape(int64_t n, LnShape sample); /* of n such samples */
/* Whether a pattern is that of the name of a tensor's layer; of that or the tensor's own; and whether it is that of any
 * trained one. what: the operation, for the message. */
bool ln_network_layer_matches(const LnNetwork *net, int index, const char *pattern);
bool ln_network_tensor_matches(const LnNetwork *net, int index, const char *pattern);
LnStatus ln_network_check_pattern(const LnNetwork *net, const char *what, const char *pattern, LnError *err);
LnStatus ln_network_copy_frozen(LnNetwork *to, const LnNetwork *from, LnError *err);
/* tensor, laid out in memory like parameter tensor `index`, as users see that one. */
LnStatus ln_network_wrap_like(LnTensor **out, LnNetwork *net, int index, LnTensor *tensor, LnError *err);

#endif
