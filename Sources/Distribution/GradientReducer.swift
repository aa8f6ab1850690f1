// The one place where training depends on other lanes and ranks: sums over all of them. Each lane's gradient is already
// scaled for the global batch, so the sum is the gradient of the global mean loss whatever the shares. With fixed lanes
// sums keep the order of the lanes; else MPI adds up the ranks as it likes best.

import Configuration
import Collectives
import Kernels
import Model

/// Makes what each rank knows of its part what all ranks know of the whole. Every operation is collective.
package final class GradientReducer {
    private let communicator: any Communicator
    private let lanes: Lanes
    private let crew: Crew
    private let ordered: OrderedSum?
    private let rounded: RoundedSum?

    /// - Parameters:
    ///   - count: numbers of the gradient.
    ///   - precision: in which ranks exchange it; float32 where lanes are fixed.
    package init(
        _ communicator: any Communicator, _ lanes: Lanes, on crew: Crew, count: Int,
        precision: ReducePrecision = .float32
    ) {
        (self.communicator, self.lanes, self.crew) = (communicator, lanes, crew)
        ordered = lanes.areFixed && lanes.ranks > 1 ? OrderedSum(communicator, lanes, on: crew, count: count) : nil
        let isRounded = precision == .bf16 && !lanes.areFixed && lanes.ranks > 1
        rounded = isRounded ? RoundedSum(communicator, on: crew, count: count) : nil
    }

    /// Numbers of memory that an exchange of so many takes.
    package static func numbers(_ lanes: Lanes, _ precision: ReducePrecision, count: Int) -> Int {
        guard lanes.ranks > 1 else { return 0 }
        if lanes.areFixed { return OrderedSum.numbers(lanes, count: count) }
        return precision == .bf16 ? RoundedSum.numbers(lanes.ranks, count: count) : 0
    }

    /// The gradient and the loss of the whole batch, the same bits on every rank, in the memory of the first sum.
    package func allReduce(_ partial: PartialGradients) throws -> BatchGradient {
        var sum = TreeSum<ParameterVector<Float>>(lanes.tree)
        for (node, gradient) in partial.sums {
            sum.append(gradient, at: node) { left, right in
                crew.add(right.flat, accumulatingInto: left.flat)
                return left
            }
        }
        let gradient = sum.parts[0].value
        if let ordered {
            try ordered.sum(sum.parts.map(\.value.flat), into: gradient.flat)
        } else if let rounded {
            try rounded.sum(gradient.flat)
        } else {
            var numbers = gradient.flat.mutableSpan
            try communicator.sum(&numbers)
        }
        return BatchGradient(gradient: gradient, loss: try self.sum(partial.losses.map { [$0] })[0])
    }

    /// The sum over all lanes of one list of numbers for each lane of this rank.
    ///
    /// Fixed lanes are first made known to all: beside zeros for the lanes of others, a sum changes nothing.
    package func sum(_ rows: [[Double]]) throws -> [Double] {
        guard lanes.areFixed else {
            var sum = lanes.tree.sum(rows)
            try communicator.sum(&sum)
            return sum
        }
        let width = rows[0].count
        var all = [Double](repeating: 0, count: lanes.count * width)
        for (lane, row) in zip(lanes.own, rows) {
            for (place, number) in row.enumerated() { all[lane * width + place] += number }
        }
        try communicator.sum(&all)
        return lanes.tree.sum((0..<lanes.count).map { Array(all[$0 * width..<($0 + 1) * width]) })
    }

    /// As `sum`, within a pass that cannot throw: an error ends the job at once.
    package func sumOrAbort(_ rows: [[Double]]) -> [Double] { communicator.orAbort { try sum(rows) } }
}
