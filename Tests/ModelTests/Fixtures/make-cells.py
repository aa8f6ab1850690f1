#!/usr/bin/env python3
"""Writes cells.json: ConvLSTM cells as PyTorch computes them in double precision, with every gradient.

Run in this folder, with PyTorch installed. The cells are written as their systems write them, in those systems' gate order;
only what is stored has this program's axes (kernel, kernel, input, output) and gate order i, f, g, o.
"""
import json
import torch
from torch.nn import functional

STEPS, BATCH, HEIGHT, WIDTH, CHANNELS = 3, 2, 4, 3, 2
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(7)


def numbers(*shape, scale=1.0):
    """Multiples of 1/256, so that the file is short and exact."""
    return (torch.rand(shape, generator=generator) * 2 - 1).mul(scale * 256).round() / 256


def reordered(tensor, order, axis):
    """The four gates along an axis, from `order` to i, f, g, o."""
    blocks = dict(zip(order, tensor.chunk(4, dim=axis)))
    return torch.cat([blocks[gate] for gate in "ifgo"], dim=axis)


def listed(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().reshape(-1).tolist()]


def case(name, description, order, gate, hidden, bias=False, normalize=None, extra=None, peepholes=False, scale=0.4):
    """`extra`: learned tensors of the normalization, by name. Peepholes are one number for each channel."""
    weights = {
        "kernel": numbers(4 * hidden, CHANNELS + hidden, 3, 3, scale=scale),
        **({"bias": numbers(4 * hidden)} if bias else {}),
        **({f"{g}.peephole": numbers(hidden) for g in "ifo"} if peepholes else {}),
        **(extra or {}),
    }
    x = numbers(STEPS, BATCH, CHANNELS, HEIGHT, WIDTH).requires_grad_()
    for tensor in weights.values():
        tensor.requires_grad_()
    h = c = torch.zeros(BATCH, hidden, HEIGHT, WIDTH)
    peephole = lambda g: weights[f"{g}.peephole"].view(1, hidden, 1, 1) if peepholes else 0
    outputs = []
    for t in range(STEPS):
        a = functional.conv2d(torch.cat([x[t], h], dim=1), weights["kernel"], weights.get("bias"), padding=1)
        a = normalize(a, weights) if normalize else a
        a = dict(zip(order, a.chunk(4, dim=1)))
        i = gate(a["i"] + peephole("i") * c)
        f = gate(a["f"] + peephole("f") * c)
        c = f * c + i * torch.tanh(a["g"])
        o = gate(a["o"] + peephole("o") * c)
        h = o * torch.tanh(c)
        outputs.append(h)
    y = torch.stack(outputs)
    dy = numbers(*y.shape)
    y.backward(dy)

    def ours(of):
        """The learned tensors, or their gradients, as this program has them."""
        kernel = reordered(of(weights["kernel"]), order, 0).permute(2, 3, 1, 0)
        tensors = {"cell.input.kernel": kernel[:, :, :CHANNELS], "cell.hidden.kernel": kernel[:, :, CHANNELS:]}
        for key, tensor in weights.items():
            if key.endswith("peephole"):
                tensors[f"cell.{key}"] = of(tensor)
            elif key != "kernel":
                by_gate = reordered(of(tensor), order, 0)
                tensors[f"cell.{key}"] = by_gate.permute(1, 2, 0) if by_gate.dim() == 3 else by_gate
        return {key: listed(tensor) for key, tensor in tensors.items()}

    maps = lambda tensor: listed(tensor.permute(0, 1, 3, 4, 2))
    return {
        "name": name, "description": {"hidden": hidden, "kernel": 3, "hasBias": bias, **description},
        "steps": STEPS, "batch": BATCH, "height": HEIGHT, "width": WIDTH, "channels": CHANNELS,
        "tensors": ours(lambda tensor: tensor), "input": maps(x), "outputGradient": maps(dy), "output": maps(y),
        "gradients": {**ours(lambda tensor: tensor.grad), "input": maps(x.grad)},
    }


def group_norm(a, weights):
    return functional.group_norm(a, a.shape[1] // 2, weights["normalization.scale"], weights["normalization.shift"])


def layer_norm(a, weights):
    return functional.layer_norm(a, a.shape[1:], weights["normalization.scale"], weights["normalization.shift"])


def hard_sigmoid(x):
    return torch.clamp(0.2 * x + 0.5, 0, 1)


affine = lambda *shape: {"normalization.scale": 1 + numbers(*shape, scale=0.5), "normalization.shift": numbers(*shape)}
json.dump([
    case("group normalization, no bias", {"normalization": {"group": {"channels": 2}}}, "ifog", torch.sigmoid, 4,
         normalize=group_norm, extra=affine(16)),
    case("layer normalization", {"normalization": {"layer": {}}}, "ifgo", torch.sigmoid, 3, bias=True,
         normalize=layer_norm, extra=affine(12, HEIGHT, WIDTH)),
    case("hard sigmoid, partly saturated", {"gateActivation": "hardSigmoid"}, "ifgo", hard_sigmoid, 3, bias=True, scale=1.5),
    case("a peephole for each channel", {"peepholes": "perChannel"}, "figo", torch.sigmoid, 3, bias=True, peepholes=True),
], open("cells.json", "w"))
