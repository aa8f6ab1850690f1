// How many sequences a rank's threads have at a time, known before the first of them is read, because memory is laid
// out for them.

import Model

/// What the threads of a rank work through at once.
package struct RankShares: Equatable {
    /// The most sequences of one part, of all lanes of all ranks. A block of the validation has as many.
    package let part: Int

    /// For each thread that has lanes of its own.
    package let threads: [Sizes]

    package struct Sizes: Equatable {
        /// Sequences of the parts of the usual batch. Each size has memory of its own for the whole run.
        package var usual: Set<Int>

        /// The most sequences of a part of another size, of which there is one at a time: of an epoch's last batch or
        /// of the validation; 0 if all are usual.
        package var largestOther: Int
    }

    package init(of configuration: TrainingConfiguration, _ data: DataSet, _ lanes: Lanes) {
        let model = configuration.model, order = model.sequences.order, training = data.range(of: .train).count
        let steps = order.steps(count: training, batchSize: model.batchSize)
        self.init(
            lanes, batch: model.batchSize, parts: configuration.accumulate,
            last: min(model.batchSize, training - (steps - 1) * order.stride(batchSize: model.batchSize)),
            validation: data.range(of: .validation).count, isWhole: model.network.normalisesBatches)
    }

    /// - Parameters:
    ///   - batch: sequences of the usual global batch.
    ///   - parts: in which a lane is worked through.
    ///   - last: sequences of an epoch's last batch; nil if they are as many.
    ///   - validation: sequences of it.
    ///   - isWhole: whether no lane is divided, because it normalises over the batch.
    package init(
        _ lanes: Lanes, batch: Int, parts: Int = 1, last: Int? = nil, validation: Int = 0, isWhole: Bool = false
    ) {
        let part = max(1, (lanes.largest(batch: batch) + parts - 1) / parts)
        self.part = part
        threads = lanes.runs(oneEach: isWhole).enumerated().map { thread, run in
            func sizes(batch: Int) -> Set<Int> {
                let counts = run.map { lanes.places(of: $0, batch: batch).count }
                return Set(isWhole ? counts : counts.flatMap { Self.parts(of: $0, atMost: part) })
            }
            let usual = sizes(batch: batch)
            let others = sizes(batch: last ?? batch).union(Self.blocks(of: validation, of: part, lanes, thread: thread))
            return Sizes(usual: usual, largestOther: others.subtracting(usual).max() ?? 0)
        }
    }

    /// The different sizes of some sequences' parts.
    private static func parts(of count: Int, atMost part: Int) -> Set<Int> {
        Set((count >= part ? [part] : []) + (count % part > 0 ? [count % part] : []))
    }

    /// The different sizes of the blocks of the validation that a thread takes.
    private static func blocks(of count: Int, of part: Int, _ lanes: Lanes, thread: Int) -> Set<Int> {
        guard thread < lanes.threads else { return [] }
        let blocks = lanes.blocks(of: (count + part - 1) / part, thread: thread)
        let places = min(blocks.lowerBound * part, count)..<min(blocks.upperBound * part, count)
        return parts(of: places.count, atMost: part)
    }
}
