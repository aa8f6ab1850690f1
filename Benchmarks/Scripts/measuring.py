"""What the scripts that measure have in common."""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

# They slow our matrix products down where somebody set them for another program.
OURS_IGNORES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

# The batch that each preset is measured with.
BATCHES = {"neural-scene": 8, "keras-stack": 10, "keras-encdec": 8, "pytorch-seq2seq": 4, "mindspore-ed": 2}


def fail(sentence):
    print(f"{Path(sys.argv[0]).name}: {sentence}", file=sys.stderr)
    sys.exit(2)


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no number from 1 on")
    return number


def add_common(parser):
    """The options that say what is measured."""
    parser.add_argument("--batch", type=positive, help="sequences of a step (default: 2 to 10 by preset)")
    parser.add_argument("--threads", type=positive, default=1, help="threads of either side (default: 1)")
    parser.add_argument("--forecast", action="store_true", help="measure forecasts instead of training steps")


def output(command, environment=None):
    """What a command prints; an error of its own words where it fails."""
    try:
        result = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    except OSError as error:
        fail(f"{command[0]} could not be started ({error.strerror}); name another, or build it first")
    if result.returncode:
        last = (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
        fail(f"{' '.join(map(str, command))} failed: {last}")
    return result.stdout.strip()


def measurement(command, field, environment=None):
    """The JSON object in the last line that a command prints, which must have the field."""
    try:
        it = json.loads(output(command, environment).splitlines()[-1])
        it[field]
    except (IndexError, KeyError, TypeError, ValueError):
        fail(f"{' '.join(map(str, command))} printed no {field}; name a program that measures it")
    return it


def bench(program, command, words, field):
    """What our `bench` measured."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS_IGNORES}
    return measurement([program, "bench", command, *words, "--json"], field, environment)


def version(program):
    """What our program says of itself, in one line."""
    return ", ".join(output([program, "--version"]).splitlines())


def processor():
    """Its name, and whether it has the widest vectors."""
    try:
        facts = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    values = {name.strip(): value.strip() for name, _, value in (fact.partition(":") for fact in facts)}
    vectors = "AVX-512" if "avx512f" in values.get("flags", "").split() else "no AVX-512"
    return f"{values.get('model name', platform.machine())}, {vectors}"


def machine():
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, load before {load}"


def table(header, rows, left=()):
    """A table in Markdown, whose columns are numbers but for those named in `left`."""
    rule = ["---" if name in left else "---:" for name in header]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in [header, rule, *rows])
