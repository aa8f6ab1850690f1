#!/usr/bin/env python3
"""Writes metrics.json: frames, and what scikit-image says of them. Run in this folder, with scikit-image 0.26 installed."""
import json
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def case(name, truth, prediction, data_range):
    # The values that a float32 program sees, measured in float64.
    truth, prediction = (np.asarray(a, np.float32).astype(np.float64) for a in (truth, prediction))
    height, width, channels = truth.shape
    return {
        "name": name, "height": height, "width": width, "channels": channels, "dataRange": data_range,
        "truth": truth.astype(np.float32).ravel().tolist(),
        "prediction": prediction.astype(np.float32).ravel().tolist(),
        "squaredErrorSum": float(((truth - prediction) ** 2).sum()),
        "absoluteErrorSum": float(np.abs(truth - prediction).sum()),
        "psnr": float(peak_signal_noise_ratio(truth, prediction, data_range=data_range)),
        "ssim": float(structural_similarity(truth, prediction, data_range=data_range, channel_axis=2)),
    }


def blobs(generator, height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    centre = generator.uniform(0, [height, width], 2)
    return np.exp(-((y - centre[0]) ** 2 + (x - centre[1]) ** 2) / (8 + 4 * c))


generator = np.random.default_rng(20)
fractions = lambda *shape: np.round(generator.uniform(0, 1, shape) * 256) / 256
smooth = blobs(generator, 20, 16, 1)
shifted = np.roll(smooth, 1, axis=1) + generator.normal(0, 0.02, smooth.shape)
bytes_ = generator.integers(0, 256, (12, 18, 1))
constant = np.full((9, 9, 1), 0.25)
json.dump([
    case("the smallest frame", fractions(7, 7, 1), fractions(7, 7, 1), 1.0),
    case("noise, higher than wide", fractions(15, 8, 1), fractions(15, 8, 1), 1.0),
    case("a blob and its shifted, noisy copy", smooth, shifted, 1.0),
    case("bytes", bytes_, np.clip(bytes_ + generator.integers(-9, 10, bytes_.shape), 0, 255), 255.0),
    case("a constant frame and a nearly constant one", constant, constant + 1e-3 * fractions(9, 9, 1), 1.0),
    case("values from -1 to 1", 2 * fractions(10, 11, 1) - 1, 2 * fractions(10, 11, 1) - 1, 2.0),
    case("three channels", blobs(generator, 10, 9, 3), fractions(10, 9, 3), 1.0),
], open("metrics.json", "w"))
