/* lunet: image denoising with convolutional autoencoders. The umbrella header of the C library.
 *
 * A training run in C, errors left out:
 *
 *   LnError err;
 *   LnNetwork *net;                       // from layers: items made from descriptors with JSON or named options
 *   LnItem *layers[3];
 *   ln_item_from_json(&layers[0], &ln_nn_conv2d.type, "{\"filters\": 16, \"activation\": \"relu\"}", &err);
 *   ...
 *   ln_network_sequential(&net, layers, 3, &err);
 *   ln_network_build(net, LN_SHAPE(1, 64, 64), 42, &err);
 *
 *   LnTrainer *trainer;
 *   ln_trainer_new(&trainer, net, loss, optim, &err);
 *   for (...) ln_trainer_step(trainer, &mean_loss, noisy, clean, &err);  // tensors N,C,H,W
 *
 *   LnTensor *restored;
 *   ln_network_predict(&restored, net, noisy, &err);
 *   ln_model_save("dae.safetensors", net, NULL, &err);
 *
 * Conventions: outputs come first and `err` last; what ends in _new, or stores through a pointer to a pointer, gives
 * the caller one reference; every failure leaves a message in err and nothing half-made behind. */
#ifndef LUNET_H
#define LUNET_H

#define LN_VERSION "0.1.0"

#include "augment/augment.h"
#include "base/chain.h"
#include "base/interrupt.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/type.h"
#include "data/data.h"
#include "data/draw.h"
#include "data/split.h"
#include "filter/filter.h"
#include "image/formats.h"
#include "image/image.h"
#include "kernels/kernels.h"
#include "loss/custom.h"
#include "loss/evaluate.h"
#include "loss/loss.h"
#include "loss/sum.h"
#include "metric/metric.h"
#include "model/network.h"
#include "model/tensor_conv2d.h"
#include "model/trainer.h"
#include "nn/custom.h"
#include "nn/layer.h"
#include "noise/noise.h"
#include "optim/optim.h"
#include "schedule/schedule.h"
#include "statistic/bootstrap.h"
#include "statistic/normal.h"
#include "statistic/sign_test.h"
#include "statistic/student.h"
#include "statistic/wilcoxon.h"
#include "store/model_file.h"
#include "store/npy.h"
#include "store/safetensors.h"
#include "store/tensor_file.h"
#include "tensor/create.h"
#include "tensor/decompose.h"
#include "tensor/fft.h"
#include "tensor/layout.h"
#include "tensor/pad.h"
#include "tensor/patches.h"
#include "tensor/pca.h"
#include "tensor/scatter.h"
#include "tensor/solve.h"
#include "tensor/take.h"
#include "tensor/tensor.h"
#include "tensor/where.h"

/* All kinds of items, ended by NULL: what the Lua module is made from. */
extern const LnKind *const ln_kinds[];
const LnKind *ln_kind_find(const char *name); /* NULL if there is none of that name */

/* "OpenBLAS 0.3.21, libjpeg-turbo 2.1.5, ...": the libraries in use, into text, cut where it ends. Returns text. */
const char *ln_libraries(char *text, size_t size);

#endif
