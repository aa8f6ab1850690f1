// What an all-reduce should cost over a network, and what it does cost by measurements. The choice: the linear model of
// the literature, a message of n bytes taking alpha + n beta, because its two numbers can be measured and looked up.

import Collectives
import Foundation

/// A way of adding up a vector of n bytes over p ranks, of which each has a host of its own.
///
/// Both send the least that can be: each rank all but its share of the vector, once to be added up and once as a sum.
/// They differ in the number of messages. Thakur, Rabenseifner and Gropp, Optimization of Collective Communication
/// Operations in MPICH (2005), section 4; the ring as a reduction in Patarasuk and Yuan, Bandwidth Optimal All-reduce
/// Algorithms (2009).
package enum AllReduceAlgorithm: String, CaseIterable, Codable, Sendable {
    /// p - 1 neighbors hand on a share of the vector each, and then the sums: Open MPI's choice for large vectors.
    case ring
    /// Halves of what is left change sides, then sums come back: Rabenseifner's, for powers of two.
    case tree

    /// Seconds:
    ///
    ///     ring  2 (p - 1) alpha + 2 (p - 1) / p n beta + (p - 1) / p n gamma
    ///     tree  2 lg p    alpha + 2 (p - 1) / p n beta + (p - 1) / p n gamma
    ///
    /// - Parameters:
    ///   - bytes: n.
    ///   - ranks: p. For a tree the next power of two counts.
    package func seconds(bytes: Int, ranks: Int, _ link: LinkCost) -> Double {
        let p = Double(ranks), n = Double(bytes), share = (p - 1) / p
        let messages = self == .ring ? 2 * (p - 1) : 2 * log2(p).rounded(.up)
        return messages * link.latency + 2 * share * n * link.secondsPerByte + share * n * link.secondsPerSum
    }
}

/// What a message costs, and the addition of what it brings.
package struct LinkCost: Codable, Sendable, Equatable {
    /// Seconds of a message without content: alpha.
    package var latency: Double

    /// Seconds a byte takes on its way: beta.
    package var secondsPerByte: Double

    /// Seconds in which the numbers of a byte are added: gamma.
    package var secondsPerSum: Double

    package init(latency: Double, secondsPerByte: Double, secondsPerSum: Double) {
        (self.latency, self.secondsPerByte, self.secondsPerSum) = (latency, secondsPerByte, secondsPerSum)
    }

    /// A network of 10^9 bits a second and unit, without regard to headers.
    package init(gigabits: Double, latency: Double, secondsPerSum: Double) {
        self.init(latency: latency, secondsPerByte: 8e-9 / gigabits, secondsPerSum: secondsPerSum)
    }
}

/// The straight line through measured times, a + b n, whose relative errors have the least squares.
package struct AllReduceFit: Codable, Sendable, Equatable {
    /// Seconds of a call: a.
    package let latency: Double

    /// Seconds a byte: b.
    package let secondsPerByte: Double

    /// Of the measurements, by how much the line misses the worst: 0.1 for a tenth.
    package let largestError: Double

    /// - Parameter times: seconds by bytes, of at least two sizes.
    package init(_ times: [(bytes: Int, seconds: Double)]) {
        // Weighted least squares: w = 1 / t^2, of sums s over 1, n, n^2, t and n t.
        var s = (one: 0.0, n: 0.0, nn: 0.0, t: 0.0, nt: 0.0)
        for (bytes, t) in times {
            let n = Double(bytes), w = 1 / (t * t)
            s = (s.one + w, s.n + w * n, s.nn + w * n * n, s.t + w * t, s.nt + w * n * t)
        }
        let slope = (s.one * s.nt - s.n * s.t) / (s.one * s.nn - s.n * s.n), start = (s.t - slope * s.n) / s.one
        // Neither is negative: where the line says so, it is level, or goes through the origin.
        let (a, b) = slope < 0 ? (s.t / s.one, 0) : start < 0 ? (0, s.nt / s.nn) : (start, slope)
        (latency, secondsPerByte) = (a, b)
        largestError = times.map { abs(a + b * Double($0.bytes) - $0.seconds) / $0.seconds }.max() ?? 0
    }

    /// What the line says for a vector.
    package func seconds(bytes: Int) -> Double { latency + secondsPerByte * Double(bytes) }
}
