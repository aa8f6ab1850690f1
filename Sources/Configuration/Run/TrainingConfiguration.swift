// All hyperparameters and options of a run. The choice: one complete value; a file or an option replaces parts of
// it, and nothing else in the program has defaults of its own.

import Platform
import Model

/// The configuration of a training run.
package struct TrainingConfiguration: Sendable, Equatable {
    /// The network, loss, optimizer, learning rate schedule, global batch size and learning rate.
    package var model: SystemDescription

    /// The folder of shards; nil for the only one in the current folder, or else the built-in generator.
    package var data: String?

    /// An idx file whose digits move in synthetic sequences; nil for digits that the program draws.
    package var digits: String?

    /// The length of the run, in epochs or in updates. One of the two is nil.
    package var epochs, steps: Int?

    /// The random seed, which alone determines the initial parameters and the order of the sequences.
    package var seed: UInt64 = 1

    /// The run's folder; nil for one of its own, `runs/MODEL/1`, `2`, ..., in which the same command, started again,
    /// goes on.
    package var output: String?

    /// The time that one process may work on the run; nil for no limit.
    package var maxTime: TimeLimit?

    package var resume = Resume.auto

    /// A checkpoint, or the folder of a run, whose weights a new run starts from in place of random ones.
    package var weights: String?

    /// The number of steps between checkpoints. The last step always writes one.
    package var checkpointEvery = 200

    /// The number of checkpoints to keep, beside the best one.
    package var keep = 3

    /// The checkpoints of steps that are multiples of this number are kept for good; 0 for none.
    package var keepEvery = 0

    /// The number of steps between validations; 0 validates at the end of every epoch.
    package var evaluateEvery = 0

    /// Whether a rank samples from the whole training split or from its own shards.
    package var sampling = SamplingScope.global

    /// The number of threads per rank, which process the rank's virtual ranks.
    package var threads = ThreadCount.automatic

    /// The number of virtual ranks: parts of the global batch whose gradients are summed in a fixed order, so that
    /// the numbers of ranks and threads change no bit. Nil for one part per thread, and sums in any order.
    package var virtualRanks: Int?

    /// The number of micro-batches per virtual rank for gradient accumulation. More of them take less memory.
    package var accumulate = 1

    /// Whether activations are recomputed in the backward pass instead of being stored, to save memory.
    package var recompute = false

    /// The algorithm for the convolutions of ConvLSTM layers.
    package var convolution = ConvolutionAlgorithm.automatic

    /// The precision in which ranks exchange the elements of the gradient.
    package var reducePrecision = ReducePrecision.float32

    /// How an update is handled whose loss or gradient is not finite.
    package var onNaN = NonFinitePolicy.abort

    /// The number of steps between comparisons of the ranks' replicas, besides those before checkpoints; 0 for no
    /// comparison at all.
    package var verifyReplicasEvery = 100

    /// When the watchdog ends a job that makes no progress.
    package var watchdog = WatchLimit.automatic

    package static let defaultEpochs = 10

    /// The value of `data` for the sequences of the model's generator.
    package static let generatedData = "generated"

    /// The folder of the runs that got no folder by name.
    package var numberedRuns: String { "runs/\(model.name)" }

    package init(model: SystemDescription) {
        self.model = model
    }
}

extension TrainingConfiguration {
    /// All keys except `model`, in the order in which they are printed.
    static let keys: [ConfigurationKey] = [
        ConfigurationKey("data", \.data, .run),
        ConfigurationKey("digits", \.digits, .result),
        ConfigurationKey("epochs", \.epochs, in: Limits.steps, .run),
        ConfigurationKey("steps", \.steps, in: Limits.steps, .run),
        ConfigurationKey("maxTime", \.maxTime),
        ConfigurationKey("seed", \.seed, .run),
        ConfigurationKey("output", \.output),
        ConfigurationKey("resume", \.resume),
        ConfigurationKey("weights", \.weights, .result),
        ConfigurationKey("checkpointEvery", \.checkpointEvery, in: Limits.steps),
        ConfigurationKey("keep", \.keep, in: Limits.steps),
        ConfigurationKey("keepEvery", \.keepEvery, in: Limits.interval),
        ConfigurationKey("evaluateEvery", \.evaluateEvery, in: Limits.interval, .result),
        ConfigurationKey("sampling", \.sampling, .result),
        ConfigurationKey("threads", \.threads),
        ConfigurationKey("virtualRanks", \.virtualRanks, in: Limits.virtualRanks, .result),
        ConfigurationKey("accumulate", \.accumulate, in: Limits.batchSize, .result),
        ConfigurationKey("recompute", \.recompute),
        ConfigurationKey("convolution", \.convolution, .result),
        ConfigurationKey("reducePrecision", \.reducePrecision, .result),
        ConfigurationKey("onNaN", \.onNaN, .result),
        ConfigurationKey("verifyReplicasEvery", \.verifyReplicasEvery, in: Limits.interval),
        ConfigurationKey("watchdog", \.watchdog),
    ]

    /// The names of all keys except `model`.
    package static var keyNames: [String] { keys.map(\.name) }

    /// The values that an integer key may have.
    ///
    /// - Parameter name: a key that has limits.
    package static func range(of name: String) -> ClosedRange<Int> {
        guard let range = keys.first(where: { $0.name == name })?.range else {
            preconditionFailure("no limits: \(name)")
        }
        return range
    }
}

/// The pool of sequences from which a rank draws its part of a batch.
package enum SamplingScope: String, Codable, CaseIterable, Sendable {
    /// All training sequences, sampled by all ranks together.
    case global
    /// The rank's own shards, which no other rank needs to have.
    case shard
}

extension TrainingConfiguration {
    /// The limits of integer options: more than any run has needed, and small enough for counters and memory.
    package enum Limits {
        package static let threads = 1...1024
        package static let virtualRanks = 1...65_536
        package static let batchSize = 1...1_000_000
        package static let frames = 1...100_000

        /// The sides of crops and padded frames, and the windows that are drawn for one crop.
        package static let side = 1...8192
        package static let draws = 1...1000

        /// The number of steps of a run, and between its recurring events.
        package static let steps = 1...1_000_000_000
        package static let interval = 0...1_000_000_000
    }

    /// Throws a usage error about the first value that no run can have.
    package func check() throws(TrainingError) {
        let wrong = firstOutOfRange
        if let (name, value, wanted) = wrong {
            throw .usage("\(name) is \(value) and must be \(wanted); change it in the configuration or by its option")
        }
        guard (steps == nil) != (epochs == nil) else {
            throw .usage("the length of the run is given in epochs and in steps; leave one of the two out")
        }
        guard accumulate == 1 || !model.network.normalizesBatches else {
            throw .usage(
                "model \(model.name) normalizes over the whole batch, which it would not be in \(accumulate) parts; "
                    + "leave --accumulate out")
        }
        guard !model.normalizesWhatWaits else {
            throw .usage(
                "model \(model.name) normalizes over all steps at once and reads its own outputs step by step; leave "
                    + "batchNormalization out of the layers that wait for them, or set sampling to teacherForcing")
        }
        guard virtualRanks == nil || reducePrecision == .float32 else {
            throw .usage(
                "virtualRanks keeps results the same bits on any ranks, and reducePrecision \(reducePrecision) rounds what ranks "
                    + "send; leave one of the two out")
        }
        if case .from = resume, weights != nil {
            throw .usage(
                "resume names a checkpoint to go on from and weights one to start from; leave one of the two out")
        }
        try checkDigits()
        try checkSampling()
        try checkValues()
        try model.requireName(file: "the configuration")
        try model.sequences.generator.check()
        guard output != "" else { throw .usage("the output folder has no name; give one with --output") }
    }

    private func checkDigits() throws(TrainingError) {
        guard let digits else { return }
        guard data ?? Self.generatedData == Self.generatedData else {
            throw .usage(
                "digits is \(digits.quotable()), which is for generated data, and data is \(data!.quotable()); leave one of "
                    + "the two out")
        }
        guard case .movingMNIST = model.sequences.generator.kind else {
            throw .usage(
                "digits is \(digits.quotable()), and the synthetic sequences of model \(model.name) have none; leave --digits out"
            )
        }
    }

    private func checkSampling() throws(TrainingError) {
        guard sampling == .shard else { return }
        guard data ?? Self.generatedData != Self.generatedData else {
            throw .usage("sampling is shard, and generated data has no shards; name a folder of shards with --data")
        }
        guard virtualRanks == nil else {
            throw .usage(
                "sampling is shard, so that batches depend on the number of ranks, and virtualRanks is \(virtualRanks!), which is "
                    + "for results that do not; leave one of the two out")
        }
        guard model.sequences.order != .slidingWindow else {
            throw .usage(
                "sampling is shard, and the windows of model \(model.name) slide over the sequences of all shards; "
                    + "leave --sampling out, or set model.sequences.order to shuffled")
        }
    }

    /// Throws a usage error about a transform or weights that mean nothing.
    private func checkValues() throws(TrainingError) {
        if let problem = model.sequences.transform?.problem {
            throw .usage("model.sequences.transform: \(problem); change it in the --config file")
        }
        if let problem = model.loss.weights?.problem {
            throw .usage("model.loss.weights \(problem); change it in the --config file")
        }
    }

    private var firstOutOfRange: (String, Any, String)? {
        let others: [(String, Int?, ClosedRange<Int>)] = [
            ("threads", threads.number, Limits.threads),
            ("model.batchSize", model.batchSize, Limits.batchSize),
            ("model.earlyStopping.patience", model.earlyStopping?.patience, Limits.steps),
            ("model.sequences.inputFrames", model.sequences.inputFrames, Limits.frames),
            ("model.sequences.outputFrames", model.sequences.outputFrames, Limits.frames),
            ("model.sequences.forecastOffset", model.sequences.forecastOffset, 0...Limits.frames.upperBound),
            ("model.sequences.crop.height", model.sequences.crop?.height, Limits.side),
            ("model.sequences.crop.width", model.sequences.crop?.width, Limits.side),
            ("model.sequences.crop.wet.draws", model.sequences.crop?.wet?.draws, Limits.draws),
            ("model.sequences.padTo.height", model.sequences.padTo?.height, Limits.side),
            ("model.sequences.padTo.width", model.sequences.padTo?.width, Limits.side),
        ]
        let ofKeys = Self.keys.compactMap { key in key.range.map { (key.name, key.number(self), $0) } }
        for (name, value, range) in others + ofKeys {
            if let value, !range.contains(value) {
                return (name, value, "from \(range.lowerBound) to \(range.upperBound)")
            }
        }
        let positive = [
            ("model.learningRate", model.learningRate), ("model.sequences.maxValue", model.sequences.maxValue),
            ("model.clipNorm", model.clipNorm ?? 1), ("model.clipValue", model.clipValue ?? 1),
        ]
        for (name, value) in positive where !(value > 0 && value.isFinite) {
            return (name, value, "a positive number")
        }
        let finite = [
            ("model.sequences.fill", model.sequences.fill ?? 0),
            ("model.sequences.crop.wet.above", model.sequences.crop?.wet?.above ?? 0),
            ("model.sequences.crop.wet.share", model.sequences.crop?.wet?.share ?? 0),
        ]
        for (name, value) in finite where !value.isFinite { return (name, value, "a finite number") }
        let bounded =
            model.optimizer.boundedNumbers.map { ("model.optimizer.", $0) }
            + model.schedule.boundedNumbers.map { ("model.schedule.", $0) }
        return bounded.first { !$0.1.isAllowed }.map { path, it in (path + it.name, it.value, it.bound.rawValue) }
    }
}

extension TrainingConfiguration {
    /// The number of updates of the whole run.
    package func length(stepsPerEpoch: Int) -> Int { steps ?? (epochs ?? Self.defaultEpochs) * stepsPerEpoch }
}
