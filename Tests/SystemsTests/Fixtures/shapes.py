"""Names and shapes of the tensors of one layer, as the Swift project lays them out."""


def convlstm(stage, inputs, hidden, kernel, bias=True, normalized=False, peepholes=None, per_gate=False):
    """inputs is None for a layer that reads nothing; peepholes is the shape of one, without its channels."""
    def divided(kind, shape):
        if per_gate:
            return {f"{stage}.{gate}.{kind}": (*shape, hidden) for gate in "ifgo"}
        return {f"{stage}.{kind}": (*shape, 4 * hidden)}

    tensors = {}
    if inputs is not None:
        tensors |= divided("input.kernel", (kernel, kernel, inputs))
    tensors |= divided("hidden.kernel", (kernel, kernel, hidden))
    if bias:
        tensors |= divided("bias", ())
    if normalized:
        tensors |= {f"{stage}.normalization.{part}": (4 * hidden,) for part in ("scale", "shift")}
    if peepholes is not None:
        tensors |= {f"{stage}.{gate}.peephole": (*peepholes, hidden) for gate in "ifo"}
    return tensors


def convolution(stage, inputs, filters, kernel, bias=True):
    tensors = {f"{stage}.kernel": (kernel, kernel, inputs, filters)}
    return tensors | ({f"{stage}.bias": (filters,)} if bias else {})


def transposed(stage, inputs, filters, kernel, bias=True):
    tensors = {f"{stage}.kernel": (kernel, kernel, filters, inputs)}
    return tensors | ({f"{stage}.bias": (filters,)} if bias else {})


def convolution3d(stage, inputs, filters, kernel):
    return {f"{stage}.kernel": (kernel, kernel, kernel, inputs, filters), f"{stage}.bias": (filters,)}
