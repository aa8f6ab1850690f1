"""mindspore-ed (lyqcom/convlstm), and the PyTorch system it was ported from (jhhuang96): strided convolutions and
ConvLSTMs with GroupNorm on the gates alternate, on three scales; the forecaster reads zeros and starts from the
encoder."""
import torch.nn.functional as F

import shapes
from optimizers import Adam
from system import moving_blobs
from torch_layers import TorchSystem, convlstm, convolution, doubling, each, zero_state

# stage, channels of its input, channels of its output, kernel
CONVOLUTIONS = (("en_conv1", 1, 16, 3), ("en_conv2", 64, 64, 3), ("en_conv3", 96, 96, 3), ("dn_conv3", 64, 16, 3))
DOUBLINGS = (("dn_conv1", 96, 96, 4), ("dn_conv2", 96, 96, 4))
CELLS = (("en_rnn1", 16, 64), ("en_rnn2", 64, 96), ("en_rnn3", 96, 96),
         ("dn_rnn1", 96, 96), ("dn_rnn2", 96, 96), ("dn_rnn3", 96, 64))


class MindSporeED(TorchSystem):
    name = "mindspore-ed"
    frame = (12, 16)
    loss = "mean squared error"
    learning_rate = 1e-4
    difference_step = 1e-6   # short, since LeakyReLU has a kink
    has_bias, last_kernel = False, 3
    notes = ("dn_rnn1 reads zeros: its input kernel gets no gradient",
             "GroupNorm over 32 channels becomes one over 2, so that the number of groups stays",
             "LeakyReLU has slope 0.2, also at the output")

    def tensors(self, size, frame):
        def sized(channels):
            return channels if channels == 1 else size(channels)

        tensors = {}
        for name, inputs, filters, kernel in CONVOLUTIONS:
            tensors |= shapes.convolution(name, sized(inputs), size(filters), kernel, self.has_bias)
        for name, inputs, filters, kernel in DOUBLINGS:
            tensors |= shapes.transposed(name, size(inputs), size(filters), kernel, self.has_bias)
        for name, inputs, hidden in CELLS:
            tensors |= shapes.convlstm(name, size(inputs), size(hidden), 5, self.has_bias, normalized=True)
        return tensors | shapes.convolution("dn_conv4", size(16), 1, self.last_kernel, self.has_bias)

    def data(self, generator):
        frames = moving_blobs(generator, 6, self.batch, self.frame)
        return {"input": frames[:3], "target": frames[3:]}

    def forward(self, w, data):
        outputs, states, maps = {}, {}, data["input"]

        def resample(layer, part, number, **options):
            name, activated = f"{part}_conv{number}", f"{part}_leaky{number}"
            outputs[name] = each(layer, maps, w[f"{name}.kernel"], w.get(f"{name}.bias"), **options)
            outputs[activated] = F.leaky_relu(outputs[name], 0.2)
            return outputs[activated]

        def recur(name, start):
            outputs[name], states[name] = convlstm(w, name, maps, start, group=32 // self.divisor)
            return outputs[name]

        for number, stride in ((1, 1), (2, 2), (3, 2)):
            maps = resample(convolution, "en", number, stride=stride)
            maps = recur(f"en_rnn{number}", zero_state(w, f"en_rnn{number}", *maps.shape[1:4]))
        maps = maps.new_zeros(len(data["target"]), *maps.shape[1:4], w["dn_rnn1.input.kernel"].shape[2])
        for number in (1, 2):
            maps = recur(f"dn_rnn{number}", states[f"en_rnn{4 - number}"])
            maps = resample(doubling, "dn", number)
        maps = recur("dn_rnn3", states["en_rnn1"])
        for number in (3, 4):
            maps = resample(convolution, "dn", number)
        return outputs

    def optimizer(self):
        return Adam("tensorFlow")


class MindSporeEDUpstream(MindSporeED):
    name = "mindspore-ed-upstream"
    clip_value = 10.0
    has_bias, last_kernel = True, 1

    def optimizer(self):
        return Adam("paper")
