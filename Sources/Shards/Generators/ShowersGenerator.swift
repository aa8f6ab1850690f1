// Showers that can be forecast: a few smooth cells over drizzle, which one wind carries and which grow and fade as they go. The
// choice: nothing is born and nothing is out of range, and hardly a pixel is dry, since metrics make much of the smallest rain where
// there is none; so a network shows within minutes what it has learned.

import Foundation
import Randomness

/// Sequences of radar reflectivity, generated on demand, in fifths of dBZ: 0 to 255 stand for 0 to 51 dBZ.
package struct ShowersGenerator: SequenceSource {
    package let geometry: SequenceGeometry
    package let count: Int
    package let valueRange: ClosedRange<Float> = 0...255
    private let seed: UInt64

    /// `size` is the height and width of a frame.
    package init(frames: Int = 20, size: Int = 64, count: Int = 10_000, seed: UInt64) {
        geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        (self.count, self.seed) = (count, seed)
    }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(values)
        let frame = geometry.frameElements, size = geometry.width
        let showers = Showers(frames: geometry.frames, side: Double(size), seed: seed, sequence: sequence)
        for index in values.indices {
            let place = SIMD2(Double(index % frame % size), Double(index % frame / size))
            values[index] = Float((255 * showers.strength(at: place, frame: index / frame)).rounded())
        }
    }
}

/// The cells and the drizzle of a sequence. Times are in frames and places in pixels.
private struct Showers {
    private let drizzle: Drizzle
    private let cells: [Cell]

    /// The time between the first and the last frame, from which all others are counted.
    private let middle: Double

    init(frames: Int, side: Double, seed: UInt64, sequence: Int) {
        var random = RandomStream(seed, UInt64(sequence), 0x5803E5)
        // Lengths are those of frames of 64 pixels, and grow with the frame.
        let unit = side / 64, speed = unit * random.uniform(1.7, 2.4), direction = random.uniform(0, 2 * .pi)
        let wind = SIMD2(cos(direction), sin(direction)) * speed
        middle = Double(frames - 1) / 2
        drizzle = Drizzle(side: side, wind: wind, unit: unit, &random)
        cells = (0..<random.integer(in: 3...5)).map { _ in
            Cell(side: side, wind: wind, middle: Double(frames - 1) / 2, unit: unit, &random)
        }
    }

    /// The strength of the rain, more than 0 and less than 1: where rain meets rain it becomes stronger, but not twice as strong.
    func strength(at place: SIMD2<Double>, frame: Int) -> Double {
        let time = Double(frame) - middle
        let none = cells.reduce(1 - drizzle.strength(at: place, time: time)) {
            $0 * (1 - $1.strength(at: place, time: time))
        }
        return 1 - none
    }
}

/// Light rain everywhere, a long wave; in one of eight sequences there is a gap in it, so that values begin at 0.
private struct Drizzle {
    private let wind: SIMD2<Double>
    private let wave: SIMD2<Double>
    private let phase: Double
    private let gap: SIMD2<Double>?, breadth: Double

    init(side: Double, wind: SIMD2<Double>, unit: Double, _ random: inout RandomStream) {
        let length = unit * random.uniform(50, 100), direction = random.uniform(0, 2 * .pi)
        self.wind = wind
        wave = SIMD2(cos(direction), sin(direction)) * (2 * .pi / length)
        phase = random.uniform(0, 2 * .pi)
        let place = SIMD2(random.uniform(0, side), random.uniform(0, side))
        gap = random.integer(in: 1...8) == 1 ? place : nil
        breadth = unit * 7
    }

    func strength(at place: SIMD2<Double>, time: Double) -> Double {
        let start = place - time * wind, strength = 0.15 + 0.06 * sin((wave * start).sum() + phase)
        guard let gap else { return strength }
        let apart = (start - gap) / breadth
        return strength * (1 - exp(-(apart * apart).sum() / 2))
    }
}

/// A cell: a bell over an ellipse, with a time at which it is strongest.
private struct Cell {
    private let center: SIMD2<Double>, velocity: SIMD2<Double>
    private let axis: SIMD2<Double>
    private let length: Double, breadth: Double, growth: Double
    private let peak: Double, ripeness: Double, life: Double

    init(side: Double, wind: SIMD2<Double>, middle: Double, unit: Double, _ random: inout RandomStream) {
        let margin = 6 * unit
        center = SIMD2(random.uniform(margin, side - margin), random.uniform(margin, side - margin))
        velocity = wind + unit * 0.05 * SIMD2(random.normal(), random.normal())
        let angle = random.uniform(0, .pi)
        axis = SIMD2(cos(angle), sin(angle))
        length = unit * random.uniform(4, 7)
        breadth = length * random.uniform(0.6, 1)
        growth = random.uniform(-0.01, 0.02)
        peak = random.uniform(0.5, 0.9)
        ripeness = random.uniform(-middle, middle)
        life = random.uniform(14, 40)
    }

    func strength(at place: SIMD2<Double>, time: Double) -> Double {
        let apart = place - center - time * velocity
        // A long film is no reason for a cell to shrink to nothing.
        let size = max(0.5, 1 + growth * time)
        let along = (apart * axis).sum() / (length * size)
        let across = (apart * SIMD2(-axis.y, axis.x)).sum() / (breadth * size)
        let distance = along * along + across * across, age = (time - ripeness) / life
        // Farther away there is less of it than a number of eight bits can show.
        return distance < 18 ? peak * exp(-age * age - distance / 2) : 0
    }
}
