"""The layers of the PyTorch systems: equations over feature maps (B, H, W, C), weights looked up by name in a
dictionary."""
import torch
import torch.nn.functional as F

from system import Evaluation, System

torch.set_num_threads(1)     # faster for maps as small as these, and the same numbers on any machine


class TorchSystem(System):
    """A system whose `forward` is PyTorch and whose gradient is autograd's."""
    framework = "PyTorch"

    def forward(self, w, data):
        """Stage -> (T, B, H, W, C), the prediction last."""
        raise NotImplementedError

    def loss_of(self, prediction, target):
        return F.mse_loss(prediction, target)

    def evaluate(self, weights, statistics, data, precision):
        kind = getattr(torch, precision)
        w = {name: torch.tensor(value, dtype=kind, requires_grad=True) for name, value in weights.items()}
        outputs = self.forward(w, {name: torch.tensor(value, dtype=kind) for name, value in data.items()})
        prediction = list(outputs.values())[-1]
        loss = self.loss_of(prediction, torch.tensor(data["target"], dtype=kind))
        (self.gradient_factor * loss).backward()
        return Evaluation({stage: maps.detach().numpy() for stage, maps in outputs.items()}, loss.item(),
                          {name: value.grad.numpy() for name, value in w.items()})


def convolution(x, kernel, bias=None, stride=1):
    """Zeros of kernel / 2 around the map."""
    weight = kernel.permute(3, 2, 0, 1).contiguous()
    y = F.conv2d(x.permute(0, 3, 1, 2), weight, bias, stride, padding=kernel.shape[0] // 2)
    return y.permute(0, 2, 3, 1)


def doubling(x, kernel, bias=None):
    """The transposed convolution of side 4, stride 2 and padding 1."""
    weight = kernel.permute(3, 2, 0, 1).contiguous()
    y = F.conv_transpose2d(x.permute(0, 3, 1, 2), weight, bias, stride=2, padding=1)
    return y.permute(0, 2, 3, 1)


def group_norm(x, scale, shift, channels):
    groups = x.shape[-1] // channels
    return F.group_norm(x.permute(0, 3, 1, 2), groups, scale, shift, eps=1e-5).permute(0, 2, 3, 1)


def each(layer, maps, *arguments, **options):
    """A layer without state over every step."""
    return torch.stack([layer(x, *arguments, **options) for x in maps])


def all_gates(w, stage, kind):
    """A weight with the gates side by side, whether it is one tensor or four; None where there is none."""
    if f"{stage}.i.{kind}" in w:
        return torch.cat([w[f"{stage}.{gate}.{kind}"] for gate in "ifgo"], dim=-1)
    return w.get(f"{stage}.{kind}")


def zero_state(w, stage, batch, height, width):
    hidden = all_gates(w, stage, "hidden.kernel")
    zeros = hidden.new_zeros(batch, height, width, hidden.shape[2])
    return zeros, zeros


def convlstm_step(w, stage, x, state, group=None):
    """(h, c) from (h, c) of the step before. x is None for a layer that reads nothing."""
    h, c = state
    a = convolution(h, all_gates(w, stage, "hidden.kernel"), all_gates(w, stage, "bias"))
    if x is not None:
        a = a + convolution(x, all_gates(w, stage, "input.kernel"))
    if group:
        a = group_norm(a, w[f"{stage}.normalization.scale"], w[f"{stage}.normalization.shift"], group)
    ai, af, ag, ao = a.chunk(4, dim=-1)

    def peephole(gate, cell):
        return w[f"{stage}.{gate}.peephole"] * cell if f"{stage}.{gate}.peephole" in w else 0

    i, f = torch.sigmoid(ai + peephole("i", c)), torch.sigmoid(af + peephole("f", c))
    c = f * c + i * torch.tanh(ag)
    o = torch.sigmoid(ao + peephole("o", c))
    return o * torch.tanh(c), c


def convlstm(w, stage, inputs, start, steps=None, group=None, carries_hidden=True):
    """Hidden states of every step (T, B, H, W, C), and the last state. inputs is None for reading nothing."""
    state, zeros, maps = start, torch.zeros_like(start[0]), []
    for t in range(steps or len(inputs)):
        if not carries_hidden:
            state = zeros, state[1]
        state = convlstm_step(w, stage, None if inputs is None else inputs[t], state, group)
        maps.append(state[0])
    return torch.stack(maps), state
