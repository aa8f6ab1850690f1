// The data of a run: a folder of shards, or synthetic sequences. The choice: the configuration records the data
// under a name that finds them again.

import Distribution
import Configuration
import Foundation
import Model
import Shards

/// A source of sequences, and its training, validation and test splits.
package struct DataSet: Sendable {
    /// The folder, or `generated`.
    package let name: String

    /// The name with a description of the data.
    package let summary: String

    package let source: any SequenceSource
    private let splits: [SplitRange]
    private let isFresh: Bool

    /// The shards of each rank; nil where every rank reads all of them.
    package let deal: ShardDeal?

    /// Opens the data that a configuration names, by default the model's generator.
    ///
    /// Throws the shards' own errors, and a usage error for a generator that is impossible, or for shards that
    /// cannot be distributed over the ranks.
    ///
    /// - Parameter place: the rank that trains, and the number of ranks; nil to read all shards, whatever the
    ///   sampling.
    package init(of configuration: TrainingConfiguration, as place: (rank: Int, ranks: Int)? = nil) throws {
        name = configuration.data ?? TrainingConfiguration.generatedData
        if name == TrainingConfiguration.generatedData {
            let clips = try SyntheticSequences(configuration.model.sequences.generator, digits: configuration.digits)
            (source, splits, isFresh, deal) = (clips.source, clips.splits, clips.description.fresh, nil)
            summary = "\(name) (\(clips.inWords); --data names a folder of shards to use instead)"
        } else {
            let manifest = try Manifest(folder: name)
            let folder = name, place = configuration.sampling == .shard ? place : nil
            let deal = try place.map { try manifest.deal(ranks: $0.ranks, name: folder) }
            source = try ShardSet(folder: name, reading: place.flatMap { deal?.sequences(ofRank: $0.rank) })
            (splits, isFresh, summary, self.deal) = (manifest.splits, false, name, deal)
        }
    }

    /// The IDs of the sequences of a split; empty if it has none.
    ///
    /// If the source generates new sequences for every epoch, the training IDs are those of the first epoch.
    package func range(of split: Split) -> Range<Int> { splits.range(of: split) }

    /// The sequence at an index of the training split.
    package func trainingSequence(_ index: SplitIndex, epoch: Int) -> SequenceID {
        let first = range(of: .train)
        guard isFresh, epoch > 0 else { return SequenceID(first.lowerBound + index.value, epoch: epoch) }
        return SequenceID(source.count + (epoch - 1) * first.count + index.value, epoch: epoch)
    }

    /// The validation split in blocks of at most `size` sequences.
    package func validationBlocks(of size: Int, rank: Int, ranks: Int) -> ValidationBlocks {
        deal.map { ValidationBlocks(dealt: $0.validation, of: size, rank: rank) }
            ?? ValidationBlocks(range(of: .validation), of: size, rank: rank, ranks: ranks)
    }

    /// The size of the frames that a model's network sees: windows of these, or these with padding.
    package func frame(for model: SystemDescription) -> FeatureShape { model.sequences.networkFrame(of: frame) }

    /// The map from the values to those of a model's network.
    ///
    /// Throws a usage error about a transform that makes no sense for these values.
    package func scale(for model: SystemDescription) throws(TrainingError) -> ValueScale {
        try ValueScale(source.valueRange, unit: source.unit, of: name, for: model.sequences)
    }

    /// The size of the frames.
    package var frame: FeatureShape {
        let geometry = source.geometry
        return FeatureShape(height: geometry.height, width: geometry.width, channels: geometry.channels)
    }

    /// How to ask for as many frames as the sequences have, in the shares that the model has.
    private func fewer(than frames: SequenceDescription) -> String {
        let held = source.geometry.frames, seen = max(1, held * frames.inputFrames / frames.frames)
        guard frames.forecastOffset == nil, held > seen else {
            return "lower model.sequences.inputFrames or .outputFrames in a --config file"
        }
        return "give --set 'model.sequences={inputFrames: \(seen), outputFrames: \(held - seen)}'"
    }

    /// Throws a usage error unless the model's frames fit into a sequence, and its batch into an epoch.
    package func check(for model: SystemDescription) throws(TrainingError) {
        let frames = model.sequences, wanted = frames.frames, training = range(of: .train).count
        guard source.geometry.frames >= wanted else {
            let advice =
                name == TrainingConfiguration.generatedData
                ? "raise model.sequences.generator.frames" : "use longer sequences"
            throw .usage(
                "\(name) has sequences of \(source.geometry.frames) frames and model \(model.name) needs \(wanted) "
                    + "(\(frames.inputFrames) to see, \(frames.outputFrames) to forecast from number \(frames.firstForecast) on); "
                    + "\(fewer(than: frames)), or \(advice)")
        }
        guard frames.firstForecast >= 0 else {
            throw .usage(
                "model.sequences.forecastOffset is \(frames.firstForecast) and must be at least 0; change it in the --config file"
            )
        }
        try frames.checkViews(of: frame, name: name)
        _ = try scale(for: model)
        guard model.batchSize <= training else {
            throw .usage(
                "a global batch of \(model.batchSize) is more than the \(training) training sequences of \(name); "
                    + "lower --batch-size")
        }
        guard model.batchSize >= deal?.training.count ?? 1 else {
            throw .usage(
                "a global batch of \(model.batchSize) leaves some of \(deal!.training.count) ranks without sequences, "
                    + "and with --sampling shard each has its own to pass; raise --batch-size")
        }
        guard !model.needsValidation || !range(of: .validation).isEmpty else {
            throw .usage(
                "\(name) has no validation split, which model.schedule.plateau and model.earlyStopping need; leave them "
                    + "out, or use data with one")
        }
    }
}

extension DataSet {
    /// The default data if a command names none: the only folder of shards here, or the generator.
    ///
    /// Throws a usage error naming the folders if there are several.
    package static func located(in folder: String = FileManager.default.currentDirectoryPath) throws -> String {
        let everything = try FileManager.default.contentsOfDirectory(atPath: folder)
        let names = everything.filter { $0.hasSuffix(".shards") }.sorted()
        guard names.count < 2 else {
            throw TrainingError.usage(
                "there are several data sets here (\(names.joined(separator: ", "))); choose one with --data")
        }
        return names.first ?? TrainingConfiguration.generatedData
    }
}

extension Manifest {
    fileprivate func deal(ranks: Int, name: String) throws(TrainingError) -> ShardDeal {
        try ShardDeal(
            shards.map(\.range), training: splits.range(of: .train), validation: splits.range(of: .validation),
            ranks: ranks, name: name)
    }
}
