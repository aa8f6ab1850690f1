#!/usr/bin/env python3
"""Times forecasts of a reference system in PyTorch or ONNX Runtime, without anything that only training needs.

    python3 pytorch_forecast_peer.py neural-scene --steps 5
    python3 pytorch_forecast_peer.py keras-stack --variant onnxruntime --threads 2

It prints one line of JSON with the names of `convlstm-dist bench forecast --json`. Systems are those of pytorch_peer.py,
evaluated under torch.inference_mode, on noise of the same shapes. A process measures one system in one variant, because
its peak memory is that of everything it did; ONNX Runtime gets a file that a process of its own exports, and never
loads PyTorch.

Variants: eager; channels_last, whose weights lie channels last; compile, by torch.compile; onnxruntime.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# pytorch_peer.py is imported from a folder that holds nothing but what is committed.
sys.dont_write_bytecode = True

VARIANTS = ("eager", "channels_last", "compile", "onnxruntime")


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no number from 1 on")
    return number


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset")
    parser.add_argument("--variant", choices=VARIANTS, default="eager")
    parser.add_argument("--batch", type=positive, help="sequences of a forecast (default: 2 to 10 by preset)")
    parser.add_argument("--steps", type=positive, default=5, help="forecasts to time, after one more")
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--export", metavar="FILE", help="write the network as ONNX, and measure nothing")
    return parser.parse_args()


def network(args):
    """The network in its variant, as a function of the frames that it sees, and a batch of these."""
    import pytorch_peer as peer
    import torch

    if args.preset not in peer.PRESETS:
        sys.exit(f"pytorch_forecast_peer.py: there is no peer of {args.preset}; choose of: {', '.join(peer.PRESETS)}")

    class OwnFrames(peer.KerasEncoderDecoder):
        """Its decoder, which is trained on true frames, reads its own."""

        def forward(self, seen, truth):
            state = peer.last_state([self.encoder], seen[:, :-1])[0]
            frames = [seen[:, -1]]
            for _ in range(truth.shape[1]):
                state = self.decoder(frames[-1], state)
                frames.append(self.readout(state[0]).sigmoid())
            return torch.stack(frames[1:], dim=1)

    class Forecast(torch.nn.Module):
        """A system without the frames that it forecasts, of which only the number counts."""

        def __init__(self, system, frames):
            super().__init__()
            self.system, self.frames = system, frames

        def forward(self, seen):
            return self.system(seen, seen.new_empty(seen.shape[0], self.frames, *seen.shape[2:]))

    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    preset = peer.PRESETS[args.preset]
    system = OwnFrames() if preset.model is peer.KerasEncoderDecoder else preset.model()
    if args.variant == "channels_last":
        for layer in system.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.to(memory_format=torch.channels_last)
    forecast = Forecast(system, preset.steps[1]).eval()
    return forecast, torch.rand(args.batch or preset.batch, preset.steps[0], *preset.frame)


def pytorch(args):
    """A call that forecasts once, the batch size, the number of parameters, and the versions."""
    import torch

    forecast, seen = network(args)
    run = torch.compile(forecast) if args.variant == "compile" else forecast

    def once():
        with torch.inference_mode():
            run(seen)

    return once, seen.shape[0], sum(p.numel() for p in forecast.parameters()), {"torch": torch.__version__}


def export(args):
    import torch

    forecast, seen = network(args)
    # The exporter that traces: it unrolls the steps, and needs no package beside onnx.
    torch.onnx.export(forecast, (seen,), args.export, input_names=["seen"], output_names=["frames"], dynamo=False)
    print(sum(p.numel() for p in forecast.parameters()))


def onnx_runtime(args):
    try:
        import numpy
        import onnxruntime
    except ImportError as error:
        sys.exit(f"pytorch_forecast_peer.py: {error}; install onnxruntime, or name a Python that has it")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "network.onnx")
        batch = ["--batch", str(args.batch)] if args.batch else []
        child = subprocess.run(
            [sys.executable, __file__, args.preset, *batch, "--export", file], capture_output=True, text=True)
        if child.returncode:
            sys.exit((child.stderr.strip().splitlines() or [f"the export ended with {child.returncode}"])[-1])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    shape = session.get_inputs()[0].shape
    seen = numpy.random.default_rng(0).random(shape, dtype=numpy.float32)
    parameters = int(child.stdout.split()[-1])
    return lambda: session.run(None, {"seen": seen}), shape[0], parameters, {"onnxruntime": onnxruntime.__version__}


def peak_memory():
    """Kilobytes that this program has held at most; what it was started by does not count where Linux says so."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main():
    args = arguments()
    if args.export:
        return export(args)
    once, batch, parameters, versions = (onnx_runtime if args.variant == "onnxruntime" else pytorch)(args)
    seconds = []
    for _ in range(args.steps + 1):
        start = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds[1:])
    print(json.dumps({
        "preset": args.preset, "variant": args.variant, "parameters": parameters, "ranks": 1, "threads": args.threads,
        "batch_per_rank": batch, "forecast_s": round(median, 6), "min_forecast_s": round(min(seconds[1:]), 6),
        "sequences_per_s": round(batch / median, 3), "peak_rss_mb": peak_memory() // 1024, **versions,
    }), flush=True)


if __name__ == "__main__":
    main()
