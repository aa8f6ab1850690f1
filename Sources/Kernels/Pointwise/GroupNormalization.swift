// Group normalization of feature maps, over groups of neighboring channels and all pixels, forward and backward. Over
// the N elements x of one group of one sample:
//
//     m = sum x / N    v = sum (x - m)^2 / N    r = 1 / sqrt(v + epsilon)    n = (x - m) r    y = scale n + shift
//
// Sources: Wu and He, "Group normalization", ECCV 2018, equations 1 to 6. With all channels in one group and a scale
// and shift per pixel it is also layer normalization (Ba, Kiros and Hinton, 2016) over (C, H, W), as in PyTorch.

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
    /// Normalizes x in place.
    ///
    /// - Parameters:
    ///   - x: (samples, height, width, all channels); on return y.
    ///   - normalized: n, in the shape of x; overwritten, for `backward`.
    ///   - inverseDeviations: r, (samples, groups); overwritten, for `backward`.
    @specialized(where S == Float)
    @specialized(where S == Double)
    package func forward(_ x: Tensor<S>, normalized: Tensor<S>, inverseDeviations: Tensor<S>) {
        let places = places(of: x, normalized, inverseDeviations)
        forEachGroup(of: x) { start, channel, group in
            let x = x.pointer + start, n = normalized.pointer + start
            let scale = scale.pointer + channel, shift = shift.pointer + channel
            let (mean, r) = moments(x, places)
            inverseDeviations.pointer[group] = r
            forEachRow(0..<places) { at, weight, lanes in
                let value = (S.Vector.load(x + at, lanes) - mean) * r
                value.store(n + at, lanes)
                S.Vector.load(shift + weight, lanes).addingProduct(S.Vector.load(scale + weight, lanes), value)
                    .store(x + at, lanes)
            }
        }
    }

    /// Computes dx from dy, with dn = scale dy:
    ///
    ///     dx = r (dn - sum dn / N - n sum (dn n) / N)    dscale += dy n    dshift += dy
    ///
    /// - Parameters:
    ///   - dy: (samples, height, width, all channels); on return dx.
    ///   - normalized: n from the forward pass.
    ///   - inverseDeviations: r from the forward pass.
    ///   - scaleGradient: accumulated into, like `shiftGradient`.
    @specialized(where S == Float)
    @specialized(where S == Double)
    package func backward(
        _ dy: Tensor<S>, normalized: Tensor<S>, inverseDeviations: Tensor<S>, scaleGradient: Tensor<S>,
        shiftGradient: Tensor<S>
    ) {
        sumRows(ofProducts: dy, normalized, accumulatingInto: scaleGradient)
        sumRows(of: dy, accumulatingInto: shiftGradient)
        let places = places(of: dy, normalized, inverseDeviations), elements = Double(places * channels)
        forEachGroup(of: dy) { start, channel, group in
            let dy = dy.pointer + start, n = normalized.pointer + start, scale = scale.pointer + channel
            let r = inverseDeviations.pointer[group]
            let mean = S(
                total(places) { at, weight, lanes in
                    .load(scale + weight, lanes) * .load(dy + at, lanes)
                } / elements)
            let slope = S(
                total(places) { at, weight, lanes in
                    .load(scale + weight, lanes) * .load(dy + at, lanes) * .load(n + at, lanes)
                } / elements)
            forEachRow(0..<places) { at, weight, lanes in
                let dn = S.Vector.load(scale + weight, lanes) * .load(dy + at, lanes)
                ((dn - mean - S.Vector.load(n + at, lanes) * slope) * r).store(dy + at, lanes)
            }
        }
    }
}

// The memory layout of a group: at each pixel, `channels` neighboring elements of the row of all channels.

extension GroupNormalization {
    var allChannels: Int { scale.shape.last! }
    var groups: Int { allChannels / channels }

    /// Whether each pixel has a scale and a shift of its own.
    var isPerPlace: Bool { scale.count > allChannels }

    /// Checks the shapes and returns the number of pixels per sample.
    private func places(of x: Tensor<S>, _ normalized: Tensor<S>, _ inverseDeviations: Tensor<S>) -> Int {
        precondition(normalized.count == x.count, "\(normalized.shape) for \(x.shape)")
        return places(of: x, GroupMoments(mean: inverseDeviations, inverseDeviation: inverseDeviations))
    }

    func places(of x: Tensor<S>, _ moments: GroupMoments<S>) -> Int {
        let samples = x.shape[0], places = x.count / (samples * allChannels)
        precondition(samples * places * allChannels == x.count)
        precondition(moments.mean.count == samples * groups, "\(moments.mean.shape) for \(groups) groups")
        precondition(scale.count == allChannels || scale.count == places * allChannels)
        return places
    }

    /// Calls the body with the offset of each group's first element, the channel of that element, and the group's
    /// index.
    @inline(always)
    private func forEachGroup(of x: Tensor<S>, _ body: (_ start: Int, _ channel: Int, _ group: Int) -> Void) {
        let samples = x.shape[0]
        for sample in 0..<samples {
            for group in 0..<groups {
                let channel = group * channels
                body(x.count / samples * sample + channel, channel, groups * sample + group)
            }
        }
    }

    /// Calls the body for each vector of a group's elements. `at` is its offset from the group's first element,
    /// `weight` the offset of its scales from the group's first scale.
    @inline(always)
    private func forEachRow(
        _ places: Range<Int>, from first: Int = 0, by width: Int = S.Vector.width,
        _ body: (_ at: Int, _ weight: Int, _ lanes: Int) -> Void
    ) {
        let step = allChannels, weightStep = scale.count == step ? 0 : step
        for place in places {
            S.Vector.forEach(of: channels, from: first, by: width) { k, lanes in
                body(place * step + k, place * weightStep + k, lanes)
            }
        }
    }

    /// The number of pixels whose elements of one group fit in the L1 cache.
    private var placesAtOnce: Int { max(1, 1024 / channels) }

    /// Returns m and r of a group, which is read from memory once. Blocks of pixels have means of their own, which are
    /// then combined, so that large groups and elements far from zero lose no digits. Source: Chan, Golub and LeVeque,
    /// "Updating formulae and a pairwise algorithm for computing sample variances", 1979, equation 1.5.
    @inline(always)
    func moments(_ x: UnsafeMutablePointer<S>, _ places: Int) -> (mean: S, inverseDeviation: S) {
        var mean = 0.0, squares = 0.0, count = 0.0
        for first in stride(from: 0, to: places, by: placesAtOnce) {
            let some = first..<min(first + placesAtOnce, places), elements = Double(some.count * channels)
            let own = sum(some) { at, _, lanes in .load(x + at, lanes) } / elements
            let ownSquares = sum(some) { at, _, lanes in
                let difference = S.Vector.load(x + at, lanes) - S.Vector(repeating: S(own)).keeping(first: lanes)
                return difference * difference
            }
            let distance = own - mean, all = count + elements
            squares += ownSquares + distance * distance * count * elements / all
            mean += distance * elements / all
            count = all
        }
        return (S(mean), S(1 / (squares / count + Self.epsilon).squareRoot()))
    }

    /// Returns the sum of a term over a group, in blocks whose sums are added in double precision.
    @inline(always)
    private func total(_ places: Int, _ term: (_ at: Int, _ weight: Int, _ lanes: Int) -> S.Vector) -> Double {
        stride(from: 0, to: places, by: placesAtOnce).reduce(0.0) { total, first in
            total + sum(first..<min(first + placesAtOnce, places), term)
        }
    }

    @inline(always)
    private func sum(_ places: Range<Int>, _ term: (_ at: Int, _ weight: Int, _ lanes: Int) -> S.Vector) -> Double {
        let sum = S.Vector.sumOfSixteen { sum, first in
            forEachRow(places, from: first, by: 16) { at, weight, lanes in sum += term(at, weight, lanes) }
        }
        return Double(sum)
    }
}
