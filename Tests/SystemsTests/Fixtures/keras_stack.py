"""keras-stack (examples/conv_lstm.py of Keras 2.1.0): four ConvLSTM layers, each followed by batch normalization, and
a Conv3D readout, trained to give the next frame at every step."""
import numpy as np
import tensorflow as tf
import tf_keras

import shapes
from keras_layers import (LEARNED, MOVING, KerasSystem, assign, batch_first, cross_entropy, recurrent, time_first,
                          variables)
from optimizers import Adadelta
from system import Evaluation, moving_blobs


class KerasStack(KerasSystem):
    name = "keras-stack"
    batch = 3
    learning_rate = 1.0
    depth = 4
    notes = KerasSystem.notes + (
        "outputs and loss are those of training mode; inference/ holds the outputs with the moving statistics",
        "row k of statistics-after/ holds the moving averages after update k + 1",
        "the moving variance takes the biased variance, as in Keras 2.1.0: BatchNormalization runs with fused=False")

    def tensors(self, size, frame):
        tensors, inputs = {}, 1
        for number in range(1, self.depth + 1):
            tensors |= shapes.convlstm(f"convlstm{number}", inputs, size(40), 3)
            tensors |= {f"norm{number}.scale": (size(40),), f"norm{number}.shift": (size(40),)}
            inputs = size(40)
        return tensors | shapes.convolution3d("readout", size(40), 1, 3)

    def statistics(self, size):
        return {f"norm{number}.{part}": (size(40),) for number in range(1, self.depth + 1)
                for part in ("mean", "variance")}

    def gain(self, name):
        return 2.0     # normalized maps are not small

    def data(self, generator):
        frames = moving_blobs(generator, 5, self.batch, self.frame)
        noise = 0.1 * generator.standard_normal(frames[:-1].shape)
        return {"input": (frames[:-1] + noise).astype(np.float32), "target": frames[1:]}

    def model(self, hidden, frame, precision):
        """A model that gives the output of every layer."""
        frames = tf_keras.Input((None, *frame, 1), dtype=precision)
        maps, outputs = frames, {}
        for number in range(1, self.depth + 1):
            for layer in (recurrent(f"convlstm{number}", hidden, precision),
                          tf_keras.layers.BatchNormalization(name=f"norm{number}", fused=False, dtype=precision)):
                maps = outputs[layer.name] = layer(maps)
        for layer in (tf_keras.layers.Conv3D(1, 3, padding="same", name="readout", dtype=precision),
                      tf_keras.layers.Activation("sigmoid", name="sigmoid", dtype=precision)):
            maps = outputs[layer.name] = layer(maps)
        return tf_keras.Model(frames, outputs)

    def loaded(self, weights, statistics, precision):
        """The small model with these numbers: model, learned variables, moving variables."""
        model = self.models.setdefault(precision, self.model(self.shrunk(40), self.frame, precision))
        layers = model.layers[1:]
        learned, moving = variables(layers, LEARNED), variables(layers, MOVING, moving=True)
        assign(learned, weights)
        assign(moving, statistics)
        return model, learned, moving

    def __init__(self):
        self.models = {}

    def evaluate(self, weights, statistics, data, precision):
        model, learned, moving = self.loaded(weights, statistics, precision)
        with tf.GradientTape() as tape:
            outputs = model(batch_first(data["input"], precision), training=True)
            loss = cross_entropy(batch_first(data["target"], precision), outputs["sigmoid"])
        gradient = tape.gradient(loss, learned)
        return Evaluation({name: time_first(maps) for name, maps in outputs.items()}, float(loss),
                          {name: value.numpy() for name, value in gradient.items()},
                          {name: variable.numpy() for name, variable in moving.items()})

    def further(self, weights, statistics, data):
        model, _, _ = self.loaded(weights, statistics, "float64")
        outputs = model(batch_first(data["input"], "float64"), training=False)
        return {f"inference/{name}": time_first(maps) for name, maps in outputs.items()}

    def optimizer(self):
        return Adadelta()

    def full_size_parameters(self):
        facts = super().full_size_parameters()
        model = self.model(40, self.full_frame, "float32")
        assert model.count_params() == facts["learned"] + facts["moving"]
        return facts


class KerasStack3(KerasStack):
    """The form with three layers: for its count alone."""
    name = "keras-stack of 3 layers"
    depth = 3
