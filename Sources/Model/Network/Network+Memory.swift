// How much memory a batch takes, counted before it is taken.

import Kernels

extension Network {
    /// The bytes that an `UnrolledNetwork` holds, its im2col workspace included.
    ///
    /// Throws a `ModelError` about an unrolling that this network does not have.
    package func memory(batch: Int, _ unrolling: Unrolling) throws(ModelError) -> Int {
        try check(unrolling)
        guard isCountable(batch: batch, unrolling) else { return Self.uncountable }
        return try MemoryCount.bytes { () throws(ModelError) in try UnrolledNetwork(self, batch: batch, unrolling) }
    }

    /// The bytes that a `ForecastNetwork` holds, its im2col workspace included.
    ///
    /// Throws a `ModelError` about an unrolling that this network does not have.
    package func forecastMemory(batch: Int, _ unrolling: Unrolling) throws(ModelError) -> Int {
        try check(unrolling)
        guard isCountable(batch: batch, unrolling) else { return Self.uncountable }
        return try MemoryCount.bytes { () throws(ModelError) in try ForecastNetwork(self, batch: batch, unrolling) }
    }

    /// More bytes than any machine has.
    package static var uncountable: Int { 1 << 52 }

    /// Whether sizes that people write into files can be multiplied: far below 2^63 elements.
    package func isCountable(batch: Int, _ unrolling: Unrolling) -> Bool {
        let maps = nodes.reduce(Double(inputFrame.count)) { $0 + Double($1.layer.outputShape.count) }
        return Double(batch) * Double(framesRead(unrolling) + unrolling.outputFrames) * maps < 1e13
    }
}
