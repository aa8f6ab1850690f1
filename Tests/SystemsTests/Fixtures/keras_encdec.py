"""keras-encdec (iamrakesh28): one ConvLSTM layer encodes all input frames but the last, one decodes from its state
with that frame and then the true frames as input; a 1 x 1 readout of each step."""
import tensorflow as tf
import tf_keras

import shapes
from keras_layers import (LEARNED, KerasSystem, assign, batch_first, cross_entropy, recurrent, time_first, variables)
from optimizers import RMSprop
from system import Evaluation, moving_blobs


class Network:
    """The layers, and the two ways to run them."""

    def __init__(self, hidden, frame, precision):
        self.encoder = recurrent("encoder", hidden, precision, return_state=True)
        self.decoder = recurrent("decoder", hidden, precision, return_state=True)
        self.readout = tf_keras.layers.Conv2D(1, 1, name="readout", dtype=precision)
        for layer, channels in ((self.encoder, 1), (self.decoder, 1)):
            layer.build((None, None, *frame, channels))
        self.readout.build((None, *frame, hidden))
        self.layers = [self.encoder, self.decoder, self.readout]

    def run(self, frames, truth, forced):
        """Stage -> (B, T, H, W, C). The decoder reads the last input frame, then the true frames or its own."""
        encoded, *state = self.encoder(frames[:, :-1])
        steps, frame = {"decoder": [], "readout": [], "sigmoid": []}, frames[:, -1]
        for t in range(truth.shape[1]):
            maps, *state = self.decoder(frame[:, None], initial_state=state)
            logits = self.readout(maps[:, 0])
            prediction = tf.sigmoid(logits)
            for name, value in zip(steps, (maps[:, 0], logits, prediction)):
                steps[name].append(value)
            frame = truth[:, t] if forced else prediction
        return {"encoder": encoded} | {name: tf.stack(values, axis=1) for name, values in steps.items()}


class KerasEncDec(KerasSystem):
    name = "keras-encdec"
    gradient_factor = 3     # the output frames
    notes = KerasSystem.notes + (
        "the system's gradient is that of the sum over frames of each frame's mean, 3 times the loss it reports",
        "the encoder reads input frames 0 and 1 and 2, the decoder frame 3 and then the true frames",
        "free-running/ holds the outputs of every stage when the decoder reads its own predictions",
        "the published model's batch normalization lies behind the last layer and reaches nothing: left out")

    def tensors(self, size, frame):
        tensors = shapes.convlstm("encoder", 1, size(128), 3) | shapes.convlstm("decoder", 1, size(128), 3)
        return tensors | shapes.convolution("readout", size(128), 1, 1)

    def data(self, generator):
        frames = moving_blobs(generator, 7, self.batch, self.frame)
        return {"input": frames[:4], "target": frames[4:]}

    def __init__(self):
        self.networks = {}

    def loaded(self, weights, precision):
        network = self.networks.setdefault(precision, Network(self.shrunk(128), self.frame, precision))
        learned = variables(network.layers, LEARNED)
        assign(learned, weights)
        return network, learned

    def evaluate(self, weights, statistics, data, precision):
        network, learned = self.loaded(weights, precision)
        frames, truth = (batch_first(data[name], precision) for name in ("input", "target"))
        with tf.GradientTape() as tape:
            outputs = network.run(frames, truth, forced=True)
            loss = cross_entropy(truth, outputs["sigmoid"])
            total = self.gradient_factor * loss
        gradient = tape.gradient(total, learned)
        return Evaluation({name: time_first(maps) for name, maps in outputs.items()}, float(loss),
                          {name: value.numpy() for name, value in gradient.items()})

    def further(self, weights, statistics, data):
        network, _ = self.loaded(weights, "float64")
        outputs = network.run(*(batch_first(data[name], "float64") for name in ("input", "target")), forced=False)
        return {f"free-running/{name}": time_first(maps) for name, maps in outputs.items()}

    def optimizer(self):
        return RMSprop()

    def full_size_parameters(self):
        facts = super().full_size_parameters()
        network = Network(128, self.full_frame, "float32")
        assert sum(layer.count_params() for layer in network.layers) == facts["learned"]
        return facts
