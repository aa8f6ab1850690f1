"""Writes motions.json: small clips by the rules of the three Moving MNIST generators, in Python.

The rules are the published ones (see Sources/Shards/DigitMotion.swift for where); the random numbers are those of
Sources/Randomness, written down again here, so that both programs move the same digits.

    python make-motions.py > motions.json     # needs numpy and Pillow
"""
import base64, json, math
import numpy as np
from PIL import Image

MASK = (1 << 64) - 1


class Stream:
    """SplitMix64 that starts from a hash of its keys."""

    def __init__(self, *keys):
        self.state = 0x6A09E667F3BCC908
        for key in keys:
            self.state = self.mixed(((self.state + 0x9E3779B97F4A7C15) & MASK) ^ self.mixed(key))

    @staticmethod
    def mixed(z):
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        return z ^ z >> 31

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return self.mixed(self.state)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.next() >> 11) * 2.0 ** -53)

    def integer(self, low, high):
        span = high - low + 1
        while True:
            product = self.next() * span
            if product & MASK >= (1 << 64) % span:
                return low + (product >> 64)


def canonical(random, room, frames):
    x, y, angle = random.uniform(), random.uniform(), 2 * math.pi * random.uniform()
    vx, vy = math.cos(angle), math.sin(angle)
    for _ in range(frames):
        y += vy * 0.1
        x += vx * 0.1
        if x <= 0: x, vx = 0, -vx
        if x >= 1: x, vx = 1, -vx
        if y <= 0: y, vy = 0, -vy
        if y >= 1: y, vy = 1, -vy
        yield int(room * y), int(room * x)


def tencia_lee(random, room, frames):
    angle, speed = random.uniform(-math.pi, math.pi), random.integer(2, 6)
    velocity = [speed * math.cos(angle), speed * math.sin(angle)]
    position = [random.uniform() * room, random.uniform() * room]
    for _ in range(frames):
        yield int(round(position[1])), int(round(position[0]))
        for axis in range(2):
            ahead = position[axis] + velocity[axis]
            if ahead < -2 or ahead > room + 2:
                velocity[axis] *= -1
        position = [p + v for p, v in zip(position, velocity)]


def svg(random, room, frames):
    sx, sy = random.integer(0, room - 1), random.integer(0, room - 1)
    dx, dy = random.integer(-4, 4), random.integer(-4, 4)
    for _ in range(frames):
        if sy < 0: sy, dy = 0, -dy
        elif sy >= room: sy, dy = room - 1, -dy
        if sx < 0: sx, dx = 0, -dx
        elif sx >= room: sx, dx = room - 1, -dx
        yield sy, sx
        sy += dy
        sx += dx


def clip(motion, sequence, digits, images, side, size, frames):
    """The clips of a motion, uint8 (frames, size, size), by way of floats from 0 to 1 as the generators have them."""
    random, layers = Stream(5, sequence), []
    for _ in range(digits):
        path = list(motion(random, size - side, frames))
        picture = images[random.integer(0, len(images) - 1)]
        if picture.shape[0] != side:
            picture = np.asarray(Image.fromarray(picture).resize((side, side), Image.BILINEAR))
        layer = np.zeros((frames, size, size), np.uint8)
        for frame, (top, left) in enumerate(path):
            canvas = Image.new("L", (size, size))
            canvas.paste(Image.fromarray(picture), (left, top))
            layer[frame] = np.asarray(canvas)
        layers.append(layer.astype(np.float32) / np.float32(255))
    if motion is canonical:
        result = np.rint(np.max(layers, axis=0) * 255)
    elif motion is tencia_lee:
        result = (np.sum(layers, axis=0, dtype=np.float32) * np.float32(255)).astype(np.int64) % 256
    else:
        result = np.rint(np.minimum(np.sum(layers, axis=0, dtype=np.float32), 1) * 255)
    return result.astype(np.uint8)


def main():
    row, column = np.mgrid[:12, :12]
    images = [((19 * row + 31 * column + 50 * k) % 256).astype(np.uint8) for k in range(4)]
    cases = []
    for name, motion, digits, side, size in [
        ("canonical", canonical, 3, 12, 20), ("tencia-lee", tencia_lee, 2, 12, 20), ("svg", svg, 3, 32, 38),
    ]:
        for sequence in range(2):
            pixels = clip(motion, sequence, digits, images, side, size, 9)
            cases.append({
                "motion": name, "sequence": sequence, "digits": digits, "size": size, "frames": 9,
                "pixels": base64.b64encode(pixels.tobytes()).decode(),
            })
    long = {
        name: [list(motion(Stream(9, k), 36, 50)) for k in range(4)]
        for name, motion in [("canonical", canonical), ("tencia-lee", tencia_lee), ("svg", svg)]
    }
    print(json.dumps({"clips": cases, "paths": long}))


main()
