// From a configuration to a running loop: the checks, files and messages before the first step. The choice: only
// rank 0 touches the run's files, and broadcasts its state, so that replicas are equal by construction.

import Platform
import Shards
import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Foundation
import Kernels
import Model
import Reports

package enum TrainingRun {
    /// Trains as one rank of a job, from the configuration that rank 0 resolves to the end of the run, or until a
    /// stop, whose reason it returns on all ranks. Collective.
    ///
    /// Throws the first error of the configuration, the data, the run's folder or the training.
    ///
    /// - Parameters:
    ///   - start: the start time of the program, by `now()`.
    ///   - sources: the digest of the sources that the program was built from.
    ///   - force: whether a run may go on with a configuration that changes its result.
    ///   - program: what the program is and runs with, for the log.
    ///   - verbosity: what rank 0 tells on standard error.
    ///   - report: writes the run's report from its folder; nil for no report.
    package static func train(
        on communicator: any Communicator, since start: Double, sources: String, program: String = "",
        force: Bool = false, verbosity: Verbosity = .normal, report: ReportWriter? = nil,
        _ resolve: () throws -> TrainingConfiguration
    ) throws -> TrainingStopped? {
        let communicator = WatchedCommunicator(communicator, .own)
        var configuration = try communicator.shared(resolve)
        let data = try DataSet(of: configuration, as: (communicator.rank, communicator.size))
        try data.check(for: configuration.model)
        try data.requireWholeShards(on: communicator)
        let system = configuration.model,
            network = try communicator.planned { [configuration] told in
                try Network<Float>(
                    system.network, frame: data.frame(for: system), convolution: configuration.convolution, told: told,
                    recomputesGates: configuration.recompute)
            }
        var state = TrainingState(network, optimizer: system.optimizer, seed: configuration.seed)
        let folder = communicator.rank == 0 ? try RunFolder(configuration, data: data) : nil
        defer { folder?.release() }
        let run = try communicator.shared { folder!.path }
        configuration.output = run
        if let start = folder?.start { try start.checkpoint.restore(into: &state, file: start.path) }
        let source = folder != nil && folder?.start == nil ? try configuration.weights.map(CheckpointStore.named) : nil
        if let source { try source.checkpoint.giveWeights(to: state, file: source.path) }
        let threads = try configuration.threadChoice(continuing: folder, on: communicator)
        configuration.threads = .count(threads.count)
        let virtualRanks = try VirtualRanks(
            configuration.virtualRanks, threads: threads.count, rank: communicator.rank, ranks: communicator.size)
        try state.share(on: communicator)
        if state.isFinished(configuration) {
            try folder.map { try leave($0, as: nothingToDo(in: $0, configuration, state)) }
            return nil
        }
        if !force { try folder?.requireUnchanged(configuration) }

        let batches = BatchOrder(of: configuration, data, virtualRanks)
        let plan = StepPlan(
            system: system, network: network, virtualRanks: virtualRanks,
            shares: RankShares(of: configuration, data: data, batches: batches, virtualRanks: virtualRanks),
            source: data.source, scale: try data.scale(for: system),
            seed: configuration.seed, reducePrecision: configuration.reducePrecision)
        let ranks = try RankIdentity.require(
            configuration, sources: sources, threads: threads.count, on: communicator)
        try MemoryBudget.require(plan.memory(on: communicator), threads: virtualRanks.threads, on: communicator)
        let pool = try plan.threadPool(), step = try TrainingStep(plan, on: pool, communicator)
        let checkpointSize = state.vectors.count * network.layout.count * MemoryLayout<Float>.stride
        try folder?.claim(configuration, checkpointSize: checkpointSize)
        let validationBatches = Double(data.range(of: .validation).count) / Double(system.batchSize)
        let log = try folder.map { folder in
            let progress = RunProgress(
                after: state.position.step, configuration, stepsPerEpoch: batches.stepsPerEpoch,
                validationBatches: validationBatches, best: state.best)
            return try RunLog(
                folder: folder.path, through: state.position.step, ranks: communicator.size, progress, verbosity,
                reports: report.map { ReportKeeper(of: folder.path, $0) })
        }
        let timekeeper = try Timekeeper.start(
            on: communicator, since: start,
            deadline: configuration.maxTime.map {
                Deadline($0, checkpointSize: checkpointSize, validationBatches: validationBatches)
            })
        let loop = try TrainingLoop(
            configuration, data: data, batches: batches, step: step, state: state, on: communicator, pool: pool,
            timekeeper: timekeeper, log: log, folder: folder)
        if let log, let folder {
            for line in try opening(
                of: configuration, data: data, batches: batches, layout: network.layout, virtualRanks: virtualRanks,
                threads: threads, folder: folder, weights: source, log: log) + ranks
            {
                try log.say(line, at: state.position.step)
            }
            try log.tellHyperparameters(of: configuration)
            let machine = "\(communicator.hostName), \(SystemFiles.processorName ?? "processor not known")"
            for line in ["machine: \(machine)", "program: \(program)"] { try log.note(line, at: state.position.step) }
        }
        let watchdog = try Watchdog(
            configuration.watchdog, run: run, heartbeat: .own, communicator: communicator)
        defer { watchdog?.end() }
        StopSignal.listen(to: StopSignal.ending)
        let stopped = try loop.run(), seconds = durationInWords(log?.seconds ?? 0)
        try log?.say(
            stopped?.description ?? "finished in \(seconds); see \(run)", at: loop.state.position.step)
        Heartbeat.own.begin(.checkpoint, step: loop.state.position.step)
        try log?.report(at: loop.state.position.step, isFinal: true)
        return stopped
    }

    /// Ends without a step. The record of the run is unchanged, and only the person is told why.
    private static func leave(_ folder: RunFolder, as reason: String) throws {
        try folder.tidy()
        for message in (folder.start?.warnings ?? []) + [reason] { ProgressDisplay.standardError.say(message) }
    }

    /// The messages before the first step.
    private static func opening(
        of configuration: TrainingConfiguration, data: DataSet, batches: BatchOrder, layout: ParameterLayout,
        virtualRanks: VirtualRanks, threads: ThreadChoice, folder: RunFolder, weights: CheckpointStore.Found?,
        log: RunLog
    ) throws -> [String] {
        let model = configuration.model
        let training = data.range(of: .train).count, validation = data.range(of: .validation).count
        let virtual =
            configuration.virtualRanks == nil ? "" : " in \(counted(virtualRanks.count, "virtual rank"))"
        var lines = [
            "model \(model.name): \(layout.count) parameters in \(layout.slots.count) tensors, "
                + "\(model.sequences.inputFrames) frames to \(model.sequences.outputFrames)",
            "data \(data.summary): \(data.source.geometry), \(training) sequences to train, \(validation) to validate",
            "\(virtualRanks.inWords), global batch \(model.batchSize)\(virtual), OpenBLAS \(BLASLibrary.core), run folder "
                + folder.path,
            "\(counted(threads.count, "thread")) for each rank: \(threads.reason)",
        ]
        if let reason = folder.reasonToBegin { lines.append(reason) }
        if let summary = try data.valueSummary(for: model)?.inWords { lines.append("values: \(summary)") }
        if let deal = data.deal { lines.append(deal.inWords(stepsOfRanks: batches.stepsOfRanks)) }
        if model.batchSize < virtualRanks.count {
            lines.append(
                "warning: a global batch of \(model.batchSize) leaves \(virtualRanks.count - model.batchSize) of "
                    + "\(virtualRanks.count) virtual ranks without sequences; raise --batch-size")
        }
        if let complaint = BLASLibrary.complaint { lines.append("warning: \(complaint)") }
        lines += folder.start?.warnings ?? weights?.warnings ?? []
        if let weights {
            lines.append("starts from the weights of step \(weights.checkpoint.position.step) in \(weights.path)")
        }
        if let start = folder.start {
            lines.append("goes on after step \(start.checkpoint.position.step) from \(start.path)")
            var before = start.checkpoint.configuration
            // Weights that were never trained were made without a number.
            if before.threads == .automatic { before.threads = configuration.threads }
            let changes = try configuration.changes(from: before)
            if !changes.isEmpty { lines.append("changed since: \(changes.joined(separator: ", "))") }
        }
        if let gap = log.missingRows.first {
            lines.append(
                "warning: metrics.csv lacks \(counted(log.missingRows.count, "row")), the first of step \(gap); the "
                    + "checkpoint is not concerned")
        }
        return lines
    }

    /// Why a run that has already ended does not continue.
    private static func nothingToDo(
        in folder: RunFolder, _ configuration: TrainingConfiguration, _ state: TrainingState
    ) -> String {
        let run = "nothing to do: the run in \(folder.path)"
        return state.isStoppedEarly(configuration.model)
            ? "\(run) stopped early after step \(state.position.step); raise model.earlyStopping.patience to go on"
            : "\(run) has all its steps; raise --steps or --epochs to go on"
    }
}

extension CheckpointStore.Found {
    /// Warnings about newer checkpoints that could not be used.
    fileprivate var warnings: [String] { damaged.map { "warning: a newer checkpoint is set aside: \($0.reason)" } }
}
