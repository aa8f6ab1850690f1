"""Writes the seeds of the corpus: small valid files of every kind, Corpus/READER/seed-NAME.

Python 3 with numpy, and the program zstd (1.5). The fuzzer starts from them; what it found stands beside them. That of weight-description is the metadata of a file of
`convlstm-dist export`.
"""

import gzip, io, json, pathlib, struct, subprocess, zipfile, zlib
import numpy

corpus = pathlib.Path(__file__).parent / "Corpus"


def seed(reader, name, content):
    path = corpus / reader / f"seed-{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def saved(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return file.getvalue()


def literal(npy):
    return npy[10 : 10 + struct.unpack("<H", npy[8:10])[0]]


bytes_ = numpy.arange(24, dtype="u1").reshape(4, 3, 2)
floats = numpy.arange(6, dtype="<f4").reshape(2, 3) / 4
for name, array in [("bytes", bytes_), ("floats", floats), ("fortran", numpy.asfortranarray(floats)),
                    ("big-endian", floats.astype(">f8")), ("records", numpy.zeros(2, "u1,f4")),
                    ("halves", floats.astype("f2")), ("shorts", bytes_.astype(">i2"))]:
    npy = saved(numpy.save, array)
    seed("npy", name, npy)
    seed("python-literal", name, literal(npy))
seed("python-literal", "python-2", "{'descr': u'<f4', 'fortran_order': False, 'shape': (4L, 3L), }\n")
seed("npz", "stored", saved(numpy.savez, a=bytes_))
seed("npz", "deflated", saved(numpy.savez_compressed, a=bytes_, b=floats))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, kind, step, before=b"", depth=8):
    rows = b"".join(bytes([y % 5]) + bytes((x * 7 + y) % 256 for x in range(width * step)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


seed("png", "gray", png(5, 6, 0, 1))
seed("png", "gray-of-16-bits", png(4, 3, 0, 2, depth=16))
seed("png", "rgb", png(4, 3, 2, 3, chunk(b"gAMA", struct.pack(">I", 45455))))

pgm = b"P5\n# param CorrectedReflectivity\n4 3\n255\n" + bytes(range(12))
seed("pgm", "comment", pgm)
seed("pgm", "gzip", gzip.compress(pgm, mtime=0))
seed("pgm", "16-bits", b"P5 3 2 65535\n" + bytes(range(12)))

images = struct.pack(">IIII", 0x803, 2, 3, 4) + bytes(range(24))
seed("idx", "plain", images)
seed("idx", "gzip", gzip.compress(images, mtime=0))
seed("inflate", "gzip", gzip.compress(b"abcabcabc" * 9, mtime=0))
seed("inflate", "two", gzip.compress(b"a" * 500, mtime=0) + gzip.compress(bytes(range(99)), mtime=0) + bytes(5))
seed("inflate", "raw", zlib.compress(b"abcabcabc" * 9)[2:-4])


def frame(content):
    return subprocess.run(["zstd", "-c", "--check", f"--stream-size={len(content)}"], input=content,
                          capture_output=True, check=True).stdout


def seekable(contents):
    frames = [frame(content) for content in contents]
    table = b"".join(struct.pack("<II", len(f), len(c)) + f[-4:] for f, c in zip(frames, contents))
    footer = struct.pack("<IBI", len(frames), 0x80, 0x8F92EAB1)
    return b"".join(frames) + struct.pack("<II", 0x184D2A5E, len(table) + 9) + table + footer


npy = saved(numpy.save, bytes_)
seed("zstd", "bytes", frame(b"abcabcabc" * 9))
seed("zstd", "array", frame(npy))
seed("shard", "array", seekable([npy[:128], npy[128:140], npy[140:]]))


def safetensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


header = {"__metadata__": {"step": "7", "é\n": "\U0001f600"},
          "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
          "b": {"dtype": "U8", "shape": [3], "data_offsets": [16, 19]}}
seed("safetensors", "two", safetensors(header, bytes(range(19))))
seed("json", "kinds", '{"a": {"dtype": "U8", "x": [1, -2.5e+3, true, false, null, {"y": "\\ud83d\\ude00\\u00e9"}], '
     '"shape": [0], "data_offsets": [0, 0]}}')

digest = "0123456789abcdef" * 4
shards = [{"file": f"0000{i}-of-00002.npy.zst", "first": 2 * i, "sequences": 2, "bytes": 700, "sha256": digest,
           "tableSha256": digest} for i in range(2)]
splits = [{"name": name, "first": first, "sequences": count}
          for name, first, count in [("train", 0, 2), ("validation", 2, 1), ("test", 3, 1)]]
manifest = {"version": 1, "geometry": {"frames": 4, "height": 3, "width": 2, "channels": 1}, "elementType": "uint8",
            "valueRange": [0, 255], "sequences": 4, "splits": splits, "shards": shards}
seed("manifest", "bytes", json.dumps(manifest, indent=2))
seed("manifest", "floats", json.dumps(manifest | {"elementType": "float32", "valueRange": [-0.5, 1e3],
                                                  "inputs": "inputs", "inputsSha256": digest}))
values = {"missing": -1, "scale": 0.01, "offset": 0, "unit": "mm", "undetected": {"stored": -2, "value": 0},
          "attributes": {"projection": "+proj=stere"}}
seed("manifest", "values", json.dumps(manifest | {
    "version": 2, "elementType": "int16", "valueRange": [0, 1e2], "values": values, "timeStep": 300,
    "times": [f"2010-08-26T0{hour}:00:00Z" for hour in range(4)], "shards": [shard | {"missing": 7} for shard in shards]}))
entry = {"file": "step-000000002.safetensors.zst", "step": 2, "bytes": 900, "sha256": digest}
seed("checkpoint-index", "one", json.dumps({"checkpoints": [entry], "best": entry["file"]}, indent=2))
seed("metrics-table", "three", "step,epoch,loss\n1,0,0.5\n2,0,0.25\n1001,1,nan\n3,0,0")

seed("configuration", "keys", "model: keras-stack\nepochs: 3\nseed: 7\ndata: generated\nthreads: 2\nmaxTime: 30m\n")
seed("configuration", "model", "model: {learningRate: 0.01, batchSize: 4, optimizer: {sgd: {momentum: 0.9}}}\n"
     "resume: auto\nonNaN: abort\n")
seed("system", "small", """name: mine
sequences: {inputFrames: 2, outputFrames: 2}
network:
  encoder:
  - {name: p, spaceToDepth: {size: 2}}
  - name: a
    convLSTM: {hidden: 4, kernel: 3}
  forecaster:
  - {name: f, convLSTM: {hidden: 4, kernel: 3, initialState: a}}
  readout:
  - {name: b, convolution: {filters: 4, kernel: 1}}
  - {name: u, depthToSpace: {size: 2}}
  - {name: s, activation: sigmoid}
""")
seed("system", "merged", """name: &n mine
sequences: {inputFrames: 2, outputFrames: 2, generator: {kind: {movingSquares: {view: clean}}, size: 32}}
loss: {error: absolute, reduction: sum/2}
optimizer: {sgd: {momentum: 0.9}}
schedule: {plateau: {factor: 0.5, patience: 3}}
network:
  encoder:
  - {name: a, convLSTM: &d {hidden: 4, kernel: 3}}
  - {name: b, convLSTM: {<<: *d, peepholes: perChannel, normalization: {group: {channels: 2}}}}
  - {name: c, batchNormalization: {}}
  readout:
  - {name: d, from: [a, c], convolution3D: {filters: 1, kernel: 3, kernelTime: 3, timePadding: causal}}
""")

# Names that would break a sentence into lines, or fill the screen as a single character of many marks.
lines, marks = "a\u2028b\u0085c\nd", "a" + "\u0301" * 600
for name, text in [("lines", lines), ("marks", marks)]:
    damaged = {text: {"dtype": "F32", "shape": [1], "data_offsets": [1, 5]}}
    seed("json", f"name-of-{name}", json.dumps(damaged))
    seed("json", f"type-of-{name}", json.dumps({"a": {"dtype": text, "shape": [1], "data_offsets": [0, 4]}}))
    raw = text.replace("\n", " ")
    seed("python-literal", f"type-of-{name}", f"{{'descr': '<{raw}', 'fortran_order': False, 'shape': (4,), }}\n")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for end in "12":
            file.writestr(zipfile.ZipInfo(f"{text}{end}.npy"), b"")
    seed("npz", f"names-of-{name}", archive.getvalue())
    quoted = json.dumps(text)
    layer = "{name: %s, convLSTM: {hidden: %d, kernel: 3}}"
    head = "name: mine\nsequences: {inputFrames: 2, outputFrames: 2}\nnetwork:\n  encoder:\n"
    seed("system", f"layer-of-{name}", head + f"  - {layer % (quoted, 99999999)}\n  readout: []\n")
    seed("system", f"layers-of-{name}", head + f"  - {layer % (quoted, 3)}\n" * 2 + "  readout: []\n")
    seed("system", f"from-of-{name}", head + f"  - {{name: b, from: [{quoted}], activation: tanh}}\n  readout: []\n")
    seed("system", f"name-of-{name}", (head + "  readout: []\n").replace("mine", quoted))
    seed("system", f"key-of-{name}", f"{quoted}: 1\n")
    seed("configuration", f"model-of-{name}", f"model: {quoted}\n")
    seed("configuration", f"value-of-{name}", f"onNaN: {quoted}\nmaxTime: {quoted}\n")
    seed("manifest", f"file-of-{name}", json.dumps(manifest).replace('"0000', '"/' + quoted[1:-1]))
    seed("manifest", f"key-of-{name}", json.dumps(manifest | {"elementType": text}))

for version, text in [("old", {"zarr_format": 2, "shape": [3, 5], "chunks": [2, 3], "dtype": "<u2", "order": "C", "filters": None,
                               "compressor": {"id": "zstd", "level": 1}, "fill_value": 9}),
                      ("new", {"zarr_format": 3, "node_type": "array", "shape": [3, 5], "data_type": "uint16", "fill_value": 7,
                               "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
                               "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
                               "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd"}],
                               "attributes": {"units": "mm", "_FillValue": -1.5}, "dimension_names": ["y", "x"]})]:
    seed("zarr", version, json.dumps(text))


def masked(data):
    """The checksum of records: CRC-32C, rotated and shifted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


wall_time = b"\x09" + struct.pack("<d", 1.5)
scalar = b"\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.25)
version = record(wall_time + b"\x1a\x0dbrain.Event:2")
seed("events", "three", version + b"".join(record(wall_time + bytes([16, step]) + scalar) for step in (1, 2)))
