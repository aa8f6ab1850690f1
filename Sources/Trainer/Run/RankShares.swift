// How many sequences a rank has at a time, known before the first of them is read, because memory is laid out for them.

import Model

/// What a rank works through at once.
package struct RankShares: Equatable {
    /// Of the usual batch: its share, or the first of the parts of it.
    package let part: Int

    /// The most sequences of a part that is not of the usual size, of which there is one at a time: the rest of a share,
    /// of an epoch's last batch or of the validation; 0 if all are of the usual size.
    package let largestOddPart: Int

    /// The same part in every step.
    package init(part: Int) { (self.part, largestOddPart) = (part, 0) }

    package init(of configuration: TrainingConfiguration, _ data: DataSet, rank: Int, ranks: Int) {
        let model = configuration.model, order = model.sequences.order, training = data.range(of: .train).count
        let steps = order.steps(count: training, batchSize: model.batchSize)
        let last = min(model.batchSize, training - (steps - 1) * order.stride(batchSize: model.batchSize))
        func share(_ count: Int) -> Int { Share.range(of: count, rank: rank, ranks: ranks).count }
        let part = configuration.part(of: share(model.batchSize))
        // A normalised batch is never divided, and a share of a smaller one may be larger.
        let undivided = model.network.normalisesBatches && share(last) > part ? share(last) : 0
        let rests = [model.batchSize, last, data.range(of: .validation).count].map { share($0) % part }
        self.part = part
        largestOddPart = max(undivided, rests.max() ?? 0)
    }
}
