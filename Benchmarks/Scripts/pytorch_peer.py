#!/usr/bin/env python3
"""Times one training step of a reference system in PyTorch: forward, loss, backward, Adam.

    python3 pytorch_peer.py neural-scene --steps 5
    python3 pytorch_peer.py keras-stack --variant compile --threads 2
    torchrun --nproc-per-node 2 pytorch_peer.py neural-scene      # DistributedDataParallel over gloo

It prints one line of JSON, the one that `convlstm-dist bench step --json` prints too. Systems are built the way PyTorch
users build them: one convolution over input and hidden state side by side makes all four gates. Where a hidden state
is zero by construction, in neural-scene's forecasters, its convolution is left out here as there. A process measures
one system in one variant, because its peak memory is that of everything it did.

Variants: eager; channels_last, whose weights lie channels last; compile, by torch.compile; bf16, bfloat16 autocast,
which computes less exactly and is no float32 variant.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass

try:
    import torch
    from torch import distributed, nn
    from torch.nn import functional
except ImportError as error:
    sys.exit(f"pytorch_peer.py: {error}; install PyTorch, or name a Python that has it")

VARIANTS = ("eager", "channels_last", "compile", "bf16")


class ConvLSTMCell(nn.Module):
    """One step of a ConvLSTM: (B, inputs, H, W) and the state (h, c) to the next state.

    peepholes is the (H, W) of weights for each place, None for no peepholes; groups > 0 normalizes the gates.
    """

    def __init__(self, inputs, hidden, kernel, peepholes=None, groups=0, recurrent=True, bias=True):
        super().__init__()
        self.hidden, self.recurrent = hidden, recurrent
        self.gates = nn.Conv2d(
            inputs + hidden * recurrent, 4 * hidden, kernel, padding=kernel // 2, bias=bias)
        self.norm = nn.GroupNorm(groups, 4 * hidden) if groups else nn.Identity()
        self.peepholes = None
        if peepholes:
            self.peepholes = nn.ParameterList(nn.Parameter(torch.zeros(hidden, *peepholes)) for _ in "ifo")

    def start(self, x):
        """The zero state on maps of the size of x."""
        zeros = x.new_zeros(x.shape[0], self.hidden, *x.shape[-2:])
        return zeros, zeros

    def forward(self, x, state):
        h, c = state
        a = self.norm(self.gates(torch.cat((x, h), dim=1) if self.recurrent else x))
        i, f, g, o = a.chunk(4, dim=1)
        if self.peepholes is not None:
            i, f = i + self.peepholes[0] * c, f + self.peepholes[1] * c
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        if self.peepholes is not None:
            o = o + self.peepholes[2] * c
        return o.sigmoid() * c.tanh(), c


def unroll(cell, frames, state=None):
    """A cell over the frames (B, T, C, H, W): all its hidden states in the same form, and its last state."""
    state = state or cell.start(frames)
    hidden = []
    for t in range(frames.shape[1]):
        state = cell(frames[:, t], state)
        hidden.append(state[0])
    return torch.stack(hidden, dim=1), state


def last_state(cells, frames):
    """A chain of cells over the frames, step by step: the last states of all."""
    states = [cell.start(frames) for cell in cells]
    for t in range(frames.shape[1]):
        x = frames[:, t]
        for n, cell in enumerate(cells):
            states[n] = cell(x, states[n])
            x = states[n][0]
    return states


def each(layer, frames):
    """A layer of images applied to every frame."""
    y = layer(frames.flatten(0, 1))
    return y.unflatten(0, frames.shape[:2])


def over_time(layer, frames):
    """A layer of clips, which wants (B, C, T, H, W)."""
    return layer(frames.transpose(1, 2)).transpose(1, 2)


class NeuralScene(nn.Module):
    """Three chained layers, three that read the third and carry cell states only, and a 1 x 1 readout."""

    def __init__(self):
        super().__init__()
        place = (16, 16)
        self.chain = nn.ModuleList(
            ConvLSTMCell(inputs, hidden, 5, place) for inputs, hidden in ((16, 128), (128, 64), (64, 64)))
        self.side_by_side = nn.ModuleList(
            ConvLSTMCell(64, hidden, 5, place, recurrent=False) for hidden in (128, 64, 64))
        self.readout = nn.Conv2d(256, 16, 1)

    def forward(self, seen, truth):
        chain, beside = ([cell.start(seen) for cell in cells] for cells in (self.chain, self.side_by_side))
        frames = []
        for t in range(seen.shape[1]):
            x = seen[:, t]
            for n, cell in enumerate(self.chain):
                chain[n] = cell(x, chain[n])
                x = chain[n][0]
            beside = [cell(x, state) for cell, state in zip(self.side_by_side, beside)]
            frames.append(self.readout(torch.cat([h for h, _ in beside], dim=1)))
        return torch.stack(frames, dim=1)


class KerasStack(nn.Module):
    """Four layers with batch normalization between them, and a convolution over time."""

    def __init__(self, layers=4, hidden=40):
        super().__init__()
        self.cells = nn.ModuleList(ConvLSTMCell(hidden if n else 1, hidden, 3) for n in range(layers))
        self.norms = nn.ModuleList(nn.BatchNorm3d(hidden, eps=1e-3, momentum=0.01) for _ in range(layers))
        self.readout = nn.Conv3d(hidden, 1, 3, padding=1)

    def forward(self, seen, truth):
        x = seen
        for cell, norm in zip(self.cells, self.norms):
            x = over_time(norm, unroll(cell, x)[0])
        return over_time(self.readout, x).sigmoid()


class KerasEncoderDecoder(nn.Module):
    """An encoder of all frames but the last, and a decoder that reads it and then the true frames."""

    def __init__(self, hidden=128):
        super().__init__()
        self.encoder, self.decoder = ConvLSTMCell(1, hidden, 3), ConvLSTMCell(1, hidden, 3)
        self.readout = nn.Conv2d(hidden, 1, 1)

    def forward(self, seen, truth):
        state = last_state([self.encoder], seen[:, :-1])[0]
        x, frames = seen[:, -1], []
        for t in range(truth.shape[1]):
            state = self.decoder(x, state)
            frames.append(self.readout(state[0]).sigmoid())
            x = truth[:, t]
        return torch.stack(frames, dim=1)


class Seq2Seq(nn.Module):
    """Two layers that encode and two that decode, reading their own last hidden state."""

    def __init__(self, hidden=64):
        super().__init__()
        self.encoder = nn.ModuleList((ConvLSTMCell(1, hidden, 3), ConvLSTMCell(hidden, hidden, 3)))
        self.decoder = nn.ModuleList(ConvLSTMCell(hidden, hidden, 3) for _ in range(2))
        self.readout = nn.Conv3d(hidden, 1, (1, 3, 3), padding=(0, 1, 1))

    def forward(self, seen, truth):
        last, _ = last_state(self.encoder, seen)[-1]
        states, hidden = [cell.start(last) for cell in self.decoder], []
        for _ in range(truth.shape[1]):
            for n, cell in enumerate(self.decoder):
                states[n] = cell(last, states[n])
                last = states[n][0]
            hidden.append(last)
        return over_time(self.readout, torch.stack(hidden, dim=1)).sigmoid()


class MindSporeEncoderForecaster(nn.Module):
    """Three scales down and up again, each a convolution and a layer with normalized gates, without biases."""

    def __init__(self):
        super().__init__()

        def down(inputs, filters, stride):
            return nn.Conv2d(inputs, filters, 3, stride, padding=1, bias=False)

        def up(channels):
            return nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1, bias=False)

        def cell(inputs, hidden):
            return ConvLSTMCell(inputs, hidden, 5, groups=4 * hidden // 32, bias=False)

        self.downs = nn.ModuleList((down(1, 16, 1), down(64, 64, 2), down(96, 96, 2)))
        self.encoder = nn.ModuleList((cell(16, 64), cell(64, 96), cell(96, 96)))
        self.forecaster = nn.ModuleList((cell(96, 96), cell(96, 96), cell(96, 64)))
        self.ups = nn.ModuleList((up(96), up(96), down(64, 16, 1)))
        self.readout = down(16, 1, 1)

    def forward(self, seen, truth):
        x, states = seen, []
        for layer, cell in zip(self.downs, self.encoder):
            x, state = unroll(cell, self.activated(layer, x))
            states.append(state)
        x = x.new_zeros(x.shape[0], truth.shape[1], *x.shape[2:])
        for layer, cell, state in zip(self.ups, self.forecaster, reversed(states)):
            x = self.activated(layer, unroll(cell, x, state)[0])
        return self.activated(self.readout, x)

    @staticmethod
    def activated(layer, frames):
        return functional.leaky_relu(each(layer, frames), 0.2)


@dataclass
class Preset:
    model: type
    frame: tuple  # (C, H, W)
    steps: tuple  # input frames, output frames
    batch: int
    loss: str


PRESETS = {
    "neural-scene": Preset(NeuralScene, (16, 16, 16), (10, 10), 8, "mean squares"),
    "keras-stack": Preset(KerasStack, (1, 40, 40), (15, 15), 10, "cross entropy"),
    "keras-encdec": Preset(KerasEncoderDecoder, (1, 40, 40), (10, 10), 8, "cross entropy"),
    "pytorch-seq2seq": Preset(Seq2Seq, (1, 64, 64), (10, 10), 4, "mean squares"),
    "mindspore-ed": Preset(MindSporeEncoderForecaster, (1, 64, 64), (10, 10), 2, "mean squares"),
}


def loss_of(preset, output, truth):
    if preset.loss == "mean squares":
        return functional.mse_loss(output, truth)
    return functional.binary_cross_entropy(output.clamp(1e-7, 1 - 1e-7), truth)


def trained(preset, variant, ranks):
    """The model that is asked for outputs, and its parameters."""
    torch.manual_seed(0)
    model = preset.model()
    parameters = list(model.parameters())
    if variant == "channels_last":
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d):
                layer.to(memory_format=torch.channels_last)
    if ranks > 1:
        model = nn.parallel.DistributedDataParallel(model)
    return torch.compile(model) if variant == "compile" else model, parameters


def step_times(preset, variant, batch, steps, ranks):
    """The seconds of each step after the first, and how many numbers the model learns."""
    model, parameters = trained(preset, variant, ranks)
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    seen, truth = (torch.rand(batch, count, *preset.frame) for count in preset.steps)

    # A function of its own, so that nothing of a step outlives it: PyTorch is slower and larger else.
    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=variant == "bf16"):
            output = model(seen, truth)
        loss_of(preset, output.float(), truth).backward()
        optimizer.step()

    seconds = []
    for _ in range(steps + 1):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds[1:], sum(p.numel() for p in parameters)


def peak_memory():
    """Kilobytes that this program has held at most; what it was started by does not count where Linux says so."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no number from 1 on")
    return number


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("--variant", choices=VARIANTS, default="eager")
    parser.add_argument("--batch", type=positive, help="sequences of each rank (default: 2 to 10 by preset)")
    parser.add_argument("--steps", type=positive, default=5, help="steps to time, after one more")
    parser.add_argument("--threads", type=positive, default=1, help="threads of each rank")
    return parser.parse_args()


def main():
    args = arguments()
    preset = PRESETS[args.preset]
    batch = args.batch or preset.batch
    ranks, rank = (int(os.environ.get(name, default)) for name, default in (("WORLD_SIZE", 1), ("RANK", 0)))
    torch.set_num_threads(args.threads)
    if ranks > 1:
        distributed.init_process_group("gloo")
    seconds, parameters = step_times(preset, args.variant, batch, args.steps, ranks)
    median = statistics.median(seconds)
    if rank == 0:
        print(json.dumps({
            "preset": args.preset, "variant": args.variant, "parameters": parameters, "ranks": ranks,
            "threads": args.threads, "batch_per_rank": batch, "step_s": round(median, 6),
            "min_step_s": round(min(seconds), 6), "sequences_per_s": round(ranks * batch / median, 3),
            "peak_rss_mb": peak_memory() // 1024, "torch": torch.__version__,
        }), flush=True)
    if ranks > 1:
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()
