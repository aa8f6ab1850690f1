// Rain as radars see it: cells that a common wind carries, that grow, die, and are born within larger systems, under a mask of
// the radars' range. The choice: as with the digits, a sequence is a pure function of the seed and its number; the mask and
// the radars are one of the seed alone, since radars stay where they are.

import Foundation
import Randomness

/// Radar sequences of rain in mm/h, generated on demand. Pixels out of range are NaN.
package struct RainGenerator: SequenceSource {
    package let geometry: SequenceGeometry
    package let count: Int
    /// Rates above 100 mm/h are cut off, as weather services do where hail may have been seen.
    package let valueRange: ClosedRange<Float> = 0...100
    package let unit: String? = "mm/h"
    package let mayMiss = true
    /// The seconds between frames.
    package let timeStep: Double? = 300

    /// Whether the pixels are in range of a radar, row by row.
    package let isSeen: [Bool]
    private let seed: UInt64

    /// The rate below which a radar sees nothing.
    package static let least: Float = 0.1

    /// `size` is the height and width of a frame, in kilometers.
    package init(frames: Int = 18, size: Int = 128, count: Int = 200, seed: UInt64) {
        geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        (self.count, self.seed) = (count, seed)
        isSeen = Self.mask(size: size, seed: seed)
    }

    /// The union of the discs of one or two radars.
    private static func mask(size: Int, seed: UInt64) -> [Bool] {
        var random = RandomStream(seed, 0x2ADA2)
        let side = Double(size), radars = random.integer(in: 1...2)
        let discs = (0..<radars).map { index -> (center: SIMD2<Double>, range: Double) in
            let shift = radars == 1 ? SIMD2(0, 0) : SIMD2(index == 0 ? -0.22 : 0.22, random.uniform(-0.12, 0.12))
            let place = SIMD2(0.5, 0.5) + shift + SIMD2(random.uniform(-0.04, 0.04), random.uniform(-0.04, 0.04))
            return (place * side, side * (radars == 1 ? random.uniform(0.44, 0.52) : random.uniform(0.36, 0.44)))
        }
        return (0..<size * size).map { pixel in
            let place = SIMD2(Double(pixel % size) + 0.5, Double(pixel / size) + 0.5)
            return discs.contains { disc in
                let apart = place - disc.center
                return (apart * apart).sum() <= disc.range * disc.range
            }
        }
    }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        check(values)
        let weather = Weather(frames: geometry.frames, side: Double(geometry.width), seed: seed, sequence: sequence)
        let frame = geometry.frameElements
        var rates = [Float](repeating: 0, count: frame)
        for number in 0..<geometry.frames {
            weather.draw(at: Double(number), size: geometry.width, into: &rates)
            for pixel in 0..<frame {
                let rate = rates[pixel] < Self.least ? 0 : min(rates[pixel], valueRange.upperBound)
                values[number * frame + pixel] = isSeen[pixel] ? rate : .nan
            }
        }
    }
}

/// The cells of a sequence and the wind that carries them. Times are in frames, places in pixels.
private struct Weather {
    private let cells: [RainCell]
    private let wind: SIMD2<Double>
    private let key: UInt64

    /// Larger systems, and in each of them cells as long as it lives.
    init(frames: Int, side: Double, seed: UInt64, sequence: Int) {
        var random = RandomStream(seed, UInt64(sequence), 0x5A1)
        let speed = random.uniform(1, 4), direction = random.uniform(0, 2 * .pi)
        let wind = SIMD2(speed * cos(direction), speed * sin(direction))
        let systems = 1 + random.poisson(1 + Double(frames) / 30)
        var cells: [RainCell] = []
        for index in 0..<systems {
            let life = random.uniform(36, 140)
            let middle =
                index == 0 ? random.uniform(0, Double(frames)) : random.uniform(-life / 2, Double(frames) + life / 2)
            let place = SIMD2(random.uniform(0, side), random.uniform(0, side))
            let spread = side * random.uniform(0.08, 0.25), strength = exp(0.5 * random.normal())
            for _ in 0..<random.poisson(life * random.uniform(0.15, 0.6) * side / 128) {
                let time = middle + life * 0.5 * random.uniform(-1, 1)
                let own = SIMD2(random.normal(), random.normal())
                let start = place + (time - middle) * wind + spread * own
                cells.append(RainCell(at: time, start, wind: wind, strength: strength, &random))
            }
        }
        (self.cells, self.wind, key) = (cells, wind, random.next())
    }

    /// Fills `rates` with the rain of a time.
    func draw(at time: Double, size: Int, into rates: inout [Float]) {
        for pixel in rates.indices { rates[pixel] = 0 }
        for cell in cells { cell.add(at: time, size: size, to: &rates) }
        let texture = RainTexture(key: key, wind: wind, time: time, size: size)
        for row in 0..<size {
            // What is weaker stays below what a radar sees.
            for column in 0..<size where rates[row * size + column] > 0.03 {
                let factor = texture.factor(SIMD2(Double(column), Double(row)))
                rates[row * size + column] *= Float(factor)
            }
        }
    }
}

/// A shower: an ellipse of rain with a weaker, wider one around it.
private struct RainCell {
    /// The time of its birth and the length of its life, in frames.
    private let birth: Double, life: Double
    private let start: SIMD2<Double>, velocity: SIMD2<Double>
    /// The largest rate in mm/h, and how early in its life it is reached.
    private let peak: Double, ripeness: Double
    private let length: Double, breadth: Double
    private let axis: SIMD2<Double>

    init(
        at birth: Double, _ start: SIMD2<Double>, wind: SIMD2<Double>, strength: Double, _ random: inout RandomStream
    ) {
        (self.birth, self.start) = (birth, start)
        life = min(60, 12 * exp(0.5 * random.normal()))
        velocity = wind + SIMD2(random.normal(), random.normal()) * 0.35
        // Few cells are strong: rates are distributed like the exponential of a normal number.
        peak = 5 * strength * exp(0.9 * random.normal())
        ripeness = random.uniform(0.3, 0.5)
        length = min(20, 4.5 * exp(0.4 * random.normal()))
        breadth = length * random.uniform(0.4, 1)
        let angle = random.uniform(0, .pi)
        axis = SIMD2(cos(angle), sin(angle))
    }

    /// The share of its strength that it has at a part of its life: it grows faster than it dies.
    private func share(_ part: Double) -> Double {
        let phase = part < ripeness ? part / ripeness : 1 - (part - ripeness) / (1 - ripeness)
        return phase * phase * (3 - 2 * phase)
    }

    func add(at time: Double, size: Int, to rates: inout [Float]) {
        let part = (time - birth) / life
        guard part > 0, part < 1 else { return }
        let share = share(part), center = start + (time - birth) * velocity
        // It spreads as it ages.
        let growth = 0.6 + 0.8 * part, reach = 6.4 * length * growth
        let rows = Self.bounds(center.y, reach, size), columns = Self.bounds(center.x, reach, size)
        for row in rows {
            for column in columns {
                let apart = SIMD2(Double(column), Double(row)) - center
                let along = (apart * axis).sum() / (length * growth)
                let across = (apart * SIMD2(-axis.y, axis.x)).sum() / (breadth * growth)
                let distance = along * along + across * across
                guard distance < 40 else { continue }
                let core = distance < 16 ? exp(-distance / 2) : 0
                let rate = peak * share * (core + 0.08 * exp(-distance / 12.5))
                rates[row * size + column] += Float(rate)
            }
        }
    }

    private static func bounds(_ center: Double, _ reach: Double, _ size: Int) -> Range<Int> {
        let low = max(0, min(Double(size), (center - reach).rounded(.down)))
        let high = max(low, min(Double(size), (center + reach).rounded(.up)))
        return Int(low)..<Int(high)
    }
}

/// The small structure of rain at a time: noise that the wind carries and that changes slowly, as a factor around 1.
private struct RainTexture {
    private let coarse: NoisePlane, fine: NoisePlane

    init(key: UInt64, wind: SIMD2<Double>, time: Double, size: Int) {
        coarse = NoisePlane(key: key, octave: 1, at: time / 10, shift: time * wind, scale: 7, size: size)
        fine = NoisePlane(key: key, octave: 2, at: time / 5, shift: time * wind, scale: 3, size: size)
    }

    func factor(_ place: SIMD2<Double>) -> Double { exp(0.55 * coarse.value(place) + 0.4 * fine.value(place) - 0.1) }
}

/// Noise between -1 and 1 that is smooth in space and time: random numbers on a lattice, interpolated between.
private struct NoisePlane {
    private let shift: SIMD2<Double>, scale: Double
    /// The first lattice point, and the numbers of all that a frame needs.
    private let first: (x: Int, y: Int), columns: Int
    private let numbers: [Double]

    init(key: UInt64, octave: UInt64, at time: Double, shift: SIMD2<Double>, scale: Double, size: Int) {
        (self.shift, self.scale) = (shift, scale)
        let low = (SIMD2(0, 0) - shift) / scale, points = Int(Double(size) / scale) + 3
        let first = (x: Int(low.x.rounded(.down)), y: Int(low.y.rounded(.down)))
        let step = time.rounded(.down), part = Self.smooth(time - step)
        func number(_ x: Int, _ y: Int, _ time: Double) -> Double {
            var random = RandomStream(
                key, octave, UInt64(bitPattern: Int64(x)), UInt64(bitPattern: Int64(y)), UInt64(bitPattern: Int64(time))
            )
            return random.uniform(-1, 1)
        }
        numbers = (0..<points * points).map { index in
            let x = first.x + index % points, y = first.y + index / points
            return number(x, y, step) * (1 - part) + number(x, y, step + 1) * part
        }
        (self.first, columns) = (first, points)
    }

    func value(_ place: SIMD2<Double>) -> Double {
        let point = (place - shift) / scale, x = point.x.rounded(.down), y = point.y.rounded(.down)
        let u = Self.smooth(point.x - x), v = Self.smooth(point.y - y)
        let corner = (Int(y) - first.y) * columns + Int(x) - first.x
        let top = numbers[corner] * (1 - u) + numbers[corner + 1] * u
        let bottom = numbers[corner + columns] * (1 - u) + numbers[corner + columns + 1] * u
        return top * (1 - v) + bottom * v
    }

    private static func smooth(_ part: Double) -> Double { part * part * (3 - 2 * part) }
}

extension RandomStream {
    /// Returns a number of events of which `mean` are expected (Knuth, 1969; in pieces, so that nothing underflows).
    fileprivate mutating func poisson(_ mean: Double) -> Int {
        var left = mean, events = 0
        while left > 0 {
            let piece = min(left, 30), limit = exp(-piece)
            var product = uniform()
            while product > limit {
                events += 1
                product *= uniform()
            }
            left -= piece
        }
        return events
    }
}
