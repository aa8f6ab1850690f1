// The predicted cost of an all-reduce over a network, and the measured cost. The choice: the linear model of the
// literature, in which a message of n bytes takes alpha + n beta, because its two parameters can be measured and
// looked up.

import Collectives
import Foundation

/// An algorithm for the all-reduce of a vector of n bytes over p ranks, each on its own host.
///
/// Both send the minimum: each rank sends all but its share of the vector twice, once to be added and once as a
/// sum. They differ in the number of messages. Thakur, Rabenseifner and Gropp, Optimization of Collective
/// Communication Operations in MPICH (2005), section 4; the ring as a reduction in Patarasuk and Yuan, Bandwidth
/// Optimal All-reduce Algorithms (2009).
package enum AllReduceAlgorithm: String, CaseIterable, Codable, Sendable {
    /// In p - 1 steps each, neighbors pass on shares of the vector, and then the sums: Open MPI's choice for large
    /// vectors.
    case ring
    /// Recursive halving, then recursive doubling: Rabenseifner's algorithm, for powers of two.
    case tree

    /// The predicted seconds:
    ///
    ///     ring  2 (p - 1) alpha + 2 (p - 1) / p n beta + (p - 1) / p n gamma
    ///     tree  2 lg p    alpha + 2 (p - 1) / p n beta + (p - 1) / p n gamma
    ///
    /// - Parameters:
    ///   - bytes: n.
    ///   - ranks: p. For a tree it is rounded up to a power of two.
    package func seconds(bytes: Int, ranks: Int, _ link: LinkCost) -> Double {
        let p = Double(ranks), n = Double(bytes), share = (p - 1) / p
        let messages = self == .ring ? 2 * (p - 1) : 2 * log2(p).rounded(.up)
        return messages * link.latency + 2 * share * n * link.secondsPerByte + share * n * link.secondsPerSum
    }
}

/// The cost of a message and of adding its elements.
package struct LinkCost: Codable, Sendable, Equatable {
    /// The seconds of an empty message: alpha.
    package var latency: Double

    /// The seconds per byte sent: beta.
    package var secondsPerByte: Double

    /// The seconds per byte added: gamma.
    package var secondsPerSum: Double

    package init(latency: Double, secondsPerByte: Double, secondsPerSum: Double) {
        (self.latency, self.secondsPerByte, self.secondsPerSum) = (latency, secondsPerByte, secondsPerSum)
    }

    /// A network of the given bandwidth in 10^9 bits per second, without message headers.
    package init(gigabits: Double, latency: Double, secondsPerSum: Double) {
        self.init(latency: latency, secondsPerByte: 8e-9 / gigabits, secondsPerSum: secondsPerSum)
    }
}

/// The line through measured times, a + b n, with the least sum of squared relative errors.
package struct AllReduceFit: Codable, Sendable, Equatable {
    /// The seconds per call: a.
    package let latency: Double

    /// The seconds per byte: b.
    package let secondsPerByte: Double

    /// The largest relative error of the fit over the measurements: 0.1 for a tenth.
    package let largestError: Double

    /// - Parameter times: the seconds by bytes, of at least two sizes.
    package init(_ times: [(bytes: Int, seconds: Double)]) {
        // Weighted least squares with w = 1 / t^2: the sums s of 1, n, n^2, t and n t.
        var s = (one: 0.0, n: 0.0, nn: 0.0, t: 0.0, nt: 0.0)
        for (bytes, t) in times {
            let n = Double(bytes), w = 1 / (t * t)
            s = (s.one + w, s.n + w * n, s.nn + w * n * n, s.t + w * t, s.nt + w * n * t)
        }
        let slope = (s.one * s.nt - s.n * s.t) / (s.one * s.nn - s.n * s.n), start = (s.t - slope * s.n) / s.one
        // Neither parameter is negative: a negative slope becomes a constant, a negative intercept a line through
        // the origin.
        let (a, b) = slope < 0 ? (s.t / s.one, 0) : start < 0 ? (0, s.nt / s.nn) : (start, slope)
        (latency, secondsPerByte) = (a, b)
        largestError = times.map { abs(a + b * Double($0.bytes) - $0.seconds) / $0.seconds }.max() ?? 0
    }

    /// The fitted seconds for a vector.
    package func seconds(bytes: Int) -> Double { latency + secondsPerByte * Double(bytes) }
}
