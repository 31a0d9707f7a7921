"""Keras 3 on TensorFlow or JAX: train_on_batch, and the compiled prediction of one batch (no input pipeline around it).

TensorFlow takes the number of threads as an option; JAX takes it from the processors that the process may run on.
"""
import os

from peer_work import NETWORKS


def set_threads_tensorflow(threads):
    import tensorflow
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)


def set_threads_jax(threads):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import jax  # noqa: F401, so that a missing one is noticed here


def make_network(keras, layers, side):
    x = keras.Input((side, side, 1))
    values = [x]
    for layer in layers:
        if layer.kind == "conv":
            x = keras.layers.Conv2D(layer.filters, 3, padding="same", activation=layer.activation or None,
                                    use_bias=layer.bias)(x)
        elif layer.kind in ("concat", "add"):
            merge = keras.layers.Concatenate if layer.kind == "concat" else keras.layers.Add
            x = merge()([x, values[layer.also]])
        else:
            x = {"pool": lambda: keras.layers.MaxPooling2D(2), "up": lambda: keras.layers.UpSampling2D(2),
                 "norm": keras.layers.BatchNormalization, "relu": keras.layers.ReLU}[layer.kind]()(x)
        values.append(x)
    return keras.Model(values[0], x)


class Peer:
    def __init__(self, variant, threads):
        os.environ["KERAS_BACKEND"] = variant
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        {"tensorflow": set_threads_tensorflow, "jax": set_threads_jax}[variant](threads)
        import keras
        self.keras, self.variant = keras, variant

    def version(self):
        backend = __import__(self.variant)
        return f"{self.keras.__version__}, {self.variant} {backend.__version__}"

    def prepare(self, work):
        if work.net == "":
            return None
        import numpy
        keras, layers = self.keras, NETWORKS[work.net]
        keras.utils.set_random_seed(42)
        net = make_network(keras, layers, work.side)
        random = numpy.random.default_rng(1)
        noisy, clean = (random.random((work.batch, work.side, work.side, 1), dtype=numpy.float32) for _ in range(2))
        loss = "binary_crossentropy" if layers[-1].activation == "sigmoid" else "mse"
        net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss)
        if work.kind == "step":
            return lambda: float(numpy.ravel(net.train_on_batch(noisy, clean))[0])
        return lambda: net.predict_on_batch(noisy)
