#!/usr/bin/env python3
"""Writes metrics.json, frames and what scikit-image says of them, and metric-conventions.json, a batch of sequences as
the conventions of the field measure it. Run in this folder, with numpy 2.4.6 and scikit-image 0.26.0 installed."""
import json
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

generator = np.random.default_rng(20)


def fractions(*shape):
    return np.round(generator.uniform(0, 1, shape) * 256) / 256


def blobs(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    centre = generator.uniform(0, [height, width], 2)
    return np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / (8 + 4 * c))


# Frames


def case(name, truth, prediction, data_range, number=np.float64):
    # The values that a float32 program sees; errors are measured in float64, and SSIM in the type that is named.
    truth, prediction = (np.asarray(a, np.float32) for a in (truth, prediction))
    height, width, channels = truth.shape
    wide = [a.astype(np.float64) for a in (truth, prediction)]
    similarity = structural_similarity(
        *(a.astype(number) for a in (truth, prediction)), data_range=data_range, channel_axis=2)
    return {
        "name": name, "height": height, "width": width, "channels": channels, "dataRange": data_range,
        "type": np.dtype(number).name, "truth": truth.ravel().tolist(), "prediction": prediction.ravel().tolist(),
        "squaredErrorSum": float(((wide[0] - wide[1]) ** 2).sum()),
        "absoluteErrorSum": float(np.abs(wide[0] - wide[1]).sum()),
        "psnr": float(peak_signal_noise_ratio(*wide, data_range=data_range)),
        "ssim": float(similarity),
    }


def near(level, *shape):
    return level + generator.normal(0, 1e-3, shape)


smooth = blobs(20, 16, 1)
shifted = np.roll(smooth, 1, axis=1) + generator.normal(0, 0.02, smooth.shape)
bytes_ = generator.integers(0, 256, (12, 18, 1))
constant = np.full((9, 9, 1), 0.25)
frames = [
    case("the smallest frame", fractions(7, 7, 1), fractions(7, 7, 1), 1.0),
    case("noise, higher than wide", fractions(15, 8, 1), fractions(15, 8, 1), 1.0),
    case("a blob and its shifted, noisy copy", smooth, shifted, 1.0),
    case("bytes", bytes_, np.clip(bytes_ + generator.integers(-9, 10, bytes_.shape), 0, 255), 255.0, np.uint8),
    case("bytes in three channels", *generator.integers(0, 256, (2, 9, 13, 3)), 255.0, np.uint8),
    case("a constant frame and a nearly constant one", constant, constant + 1e-3 * fractions(9, 9, 1), 1.0),
    case("values from -1 to 1", 2 * fractions(10, 11, 1) - 1, 2 * fractions(10, 11, 1) - 1, 2.0),
    case("three channels", blobs(10, 9, 3), fractions(10, 9, 3), 1.0),
    case("float32", smooth, shifted, 1.0, np.float32),
    case("float32, three channels, range 2", blobs(10, 9, 3), fractions(10, 9, 3), 2.0, np.float32),
    # Where rounding shows: the variance is the small difference of two large means.
    case("float32, nearly white", near(0.99, 21, 17, 1), near(0.99, 21, 17, 1), 1.0, np.float32),
    case("float32, nearly white, range 2", near(0.99, 21, 17, 2), near(0.99, 21, 17, 2), 2.0, np.float32),
    case("float64, nearly white", near(0.99, 21, 17, 1), near(0.99, 21, 17, 1), 1.0),
    case("float32, nearly white, range 255", near(254, 11, 8, 1), near(254, 11, 8, 1), 255.0, np.float32),
]
json.dump(frames, open("metrics.json", "w"))

# Conventions. Arrays are (sequences, T, H, W, C), float32, on a scale from 0 to 1 that some values leave; figures are a
# list over T. The definitions are those of the sources, for any number of channels and with errors added in float64.


def clip(x):
    return np.minimum(np.maximum(x, 0), 1)


def to_bytes(x):
    # C leaves this cast undefined outside 0..255: numbers below 0 become 0 on aarch64, and wrap on x86-64.
    scaled = x * np.float32(255)
    return np.where(scaled < 0, 0, np.trunc(scaled) % 256).astype(np.uint8)


def over_frames(measure, p, y):
    return [[float(measure(p[b, t], y[b, t])) for b in range(p.shape[0])] for t in range(p.shape[1])]


def means(values):
    return [sum(v) / len(v) for v in values]


def squared(p, y):
    return means(over_frames(lambda a, b: np.square(a - b).sum(dtype=np.float64), p, y))


def absolute(p, y):
    return means(over_frames(lambda a, b: np.abs(a - b).sum(dtype=np.float64), p, y))


def ssim(p, y, data_range):
    return means(over_frames(lambda a, b: structural_similarity(a, b, data_range=data_range, channel_axis=2), p, y))


def psnr(p, y):
    return means(over_frames(lambda a, b: 20 * np.log10(1 / np.sqrt(np.square(a - b).mean(dtype=np.float64))), p, y))


def psnr_of_bytes(p, y):
    def measure(a, b):
        mse = np.sum((np.int32(a) - np.int32(b)) ** 2, dtype=np.float64) / a.size
        return 20 * np.log10(255) - 10 * np.log10(mse)
    return means(over_frames(measure, p, y))


def standard(p, y):
    p, y = p.astype(np.float64), y.astype(np.float64)
    return {"mse": squared(p, y), "mae": absolute(p, y), "ssim": ssim(p, y, 1), "psnr": psnr(p, y)}


def predrnn(p, y):
    p = clip(p)
    return {
        "mse": squared(p, y), "mae": absolute(p, y),
        # Bytes: scikit-image's own range for uint8 is 255.
        "ssim": ssim(to_bytes(p), to_bytes(y), None), "psnr": psnr_of_bytes(to_bytes(p), to_bytes(y)),
    }


def openstl(p, y):
    result = {"mse": squared(p, y), "mae": absolute(p, y)}
    p = clip(p)
    # scikit-image up to 0.19 takes float frames to lie between -1 and 1.
    return result | {"ssim": ssim(p, y, 2), "psnr": psnr(p, y)}


def mindspore(p, y, clips_ssim=False):
    result = {"mae": absolute(p, y)}
    y = clip(y)
    result |= {"mse": squared(p, y), "psnr": psnr(p, y)}
    p = clip(p) if clips_ssim else p
    return result | {"ssim": ssim(to_bytes(y), to_bytes(p), None)}


shape = (3, 2, 11, 9, 2)
truth = np.stack([[blobs(*shape[2:]) for _ in range(shape[1])] for _ in range(shape[0])])
strays = generator.uniform(size=shape) < 0.02
truth = np.where(strays, generator.choice([-0.2, 1.2], shape), np.round(255 * truth) / 255)
prediction = (np.round(1024 * (truth + generator.normal(0, 0.15, shape))) / 1024).astype(np.float32)
truth = truth.astype(np.float32)
assert all(a.min() < -0.1 and a.max() > 1.1 for a in (truth, prediction))
json.dump({
    "sequences": shape[0], "frames": shape[1], "height": shape[2], "width": shape[3], "channels": shape[4],
    "truth": truth.reshape(shape[0], -1).tolist(), "prediction": prediction.reshape(shape[0], -1).tolist(),
    "results": {
        "standard": standard(prediction, truth),
        "predrnn": predrnn(prediction, truth),
        "openstl": openstl(prediction, truth),
        "mindspore": mindspore(prediction, truth),
        "mindspore-clipped": mindspore(prediction, truth, clips_ssim=True),
    },
}, open("metric-conventions.json", "w"))
