// Group normalization of feature maps, over groups of neighboring channels and all pixels: the parameters and the moments.
// NormalizedGates.swift applies it. Over the N elements x of one group of one sample:
//
//     m = sum x / N    v = sum (x - m)^2 / N    r = 1 / sqrt(v + epsilon)    n = (x - m) r    y = scale n + shift
//
// Sources: Wu and He, "Group normalization", ECCV 2018, equations 1 to 6. With all channels in one group and a scale
// and shift per pixel it is also layer normalization (Ba, Kiros and Hinton, 2016) over (C, H, W), as in PyTorch.

import CProcessor

/// The moments of all groups of some samples, which backward needs: m and r, (samples, groups).
package struct GroupMoments<S: Scalar> {
    let mean, inverseDeviation: Tensor<S>

    package init(mean: Tensor<S>, inverseDeviation: Tensor<S>) {
        precondition(mean.count == inverseDeviation.count, "\(mean.shape) and \(inverseDeviation.shape)")
        (self.mean, self.inverseDeviation) = (mean, inverseDeviation)
    }
}

/// A group normalization with its affine parameters.
package struct GroupNormalization<S: Scalar>: Sendable {
    /// The number of neighboring channels in a group.
    let channels: Int

    /// The affine parameters: (all channels), or (height, width, all channels).
    let scale, shift: Tensor<S>

    package init(channels: Int, scale: Tensor<S>, shift: Tensor<S>) {
        precondition(scale.shape == shift.shape && scale.shape.last! % channels == 0)
        (self.channels, self.scale, self.shift) = (channels, scale, shift)
    }

    /// The constant that is added to the variance.
    private static var epsilon: Double { 1e-5 }
}

extension GroupNormalization {
    var allChannels: Int { scale.shape.last! }
    var groups: Int { allChannels / channels }

    /// Whether each pixel has a scale and a shift of its own.
    var isPerPlace: Bool { scale.count > allChannels }

    /// Checks the shapes and returns the number of pixels per sample.
    func places(of x: Tensor<S>, _ moments: GroupMoments<S>) -> Int {
        let samples = x.shape[0], places = x.count / (samples * allChannels)
        precondition(samples * places * allChannels == x.count)
        precondition(moments.mean.count == samples * groups, "\(moments.mean.shape) for \(groups) groups")
        precondition(scale.count == allChannels || scale.count == places * allChannels)
        return places
    }

    /// The number of pixels whose elements of one group fit in the L1 cache.
    private var placesAtOnce: Int { max(1, 1024 / channels) }

    /// Computes m and r of each group of a sample, which is read from memory once. Blocks of pixels have means of their own,
    /// which are then combined, so that large groups and elements far from zero lose no digits. Source: Chan, Golub and
    /// LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979, equation 1.5.
    ///
    /// - Parameters:
    ///   - x: the sample, (places, all channels).
    ///   - number: the index of the sample in `moments`.
    @inline(always)
    func computeMoments(of x: UnsafeMutablePointer<S>, _ places: Int, number: Int, into moments: GroupMoments<S>) {
        withUnsafeTemporaryAllocation(of: RunningMoments.self, capacity: groups) { running in
            running.initialize(repeating: RunningMoments())
            for first in stride(from: 0, to: places, by: placesAtOnce) {
                let some = first..<min(first + placesAtOnce, places), elements = Double(some.count * channels)
                // The next block, which no processor foresees from a few channels of each pixel.
                let ahead = placesAtOnce * allChannels
                for group in 0..<groups {
                    let x = x + group * channels
                    let total = sum(some) { at, lanes in
                        ckernels_prefetch(x + (at &+ ahead))
                        return .load(x + at, lanes)
                    }
                    let mean = total / elements
                    let squares = sum(some) { at, lanes in
                        let mean = S.Vector(repeating: S(mean)).keeping(first: lanes)
                        let difference = S.Vector.load(x + at, lanes) - mean
                        return difference * difference
                    }
                    running[group].add(mean: mean, squares: squares, of: elements)
                }
            }
            for (group, all) in running.enumerated() {
                let at = number * groups + group, v = all.squares / all.count
                moments.mean.pointer[at] = S(all.mean)
                moments.inverseDeviation.pointer[at] = S(1 / (v + Self.epsilon).squareRoot())
            }
        }
    }

    /// Returns the sum of a term over some pixels of a group. `at` is the offset of a vector from the group's first element.
    @inline(always)
    private func sum(_ places: Range<Int>, _ term: (_ at: Int, _ lanes: Int) -> S.Vector) -> Double {
        let sum = S.Vector.sumOfSixteen { sum, first in
            for place in places {
                S.Vector.forEach(of: channels, from: first, by: 16) { c, lanes in
                    sum += term(place &* allChannels &+ c, lanes)
                }
            }
        }
        return Double(sum)
    }
}

/// The mean of some elements, and the sum of their squared distances from it.
private struct RunningMoments {
    private(set) var mean = 0.0, squares = 0.0, count = 0.0

    @inline(always)
    mutating func add(mean own: Double, squares ownSquares: Double, of elements: Double) {
        let distance = own - mean, all = count + elements
        squares += ownSquares + distance * distance * count * elements / all
        mean += distance * elements / all
        count = all
    }
}
