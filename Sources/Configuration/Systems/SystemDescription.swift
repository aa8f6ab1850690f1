// A complete system as a value: network, loss, optimizer, schedule and data. The choice: presets are such values, and a
// run stores its own, so that a checkpoint is self-describing and needs no list of presets.

import Model

/// Everything that training needs to know of a system.
package struct SystemDescription: Codable, Sendable, Equatable {
    package var name: String

    /// A one-line summary for a table of presets.
    package var summary: String

    package var sequences: SequenceDescription
    package var network: NetworkDescription

    /// What the network reads in training after the input frames, if it reads frames there.
    package var sampling = SamplingDescription.ownOutput

    package var loss: Loss
    package var optimizer: OptimizerDescription
    package var schedule = ScheduleDescription.constant

    /// The number of sequences in the global batch.
    package var batchSize: Int

    package var learningRate: Double

    /// The largest norm of the gradient; nil for no limit.
    package var clipNorm: Double?

    /// The largest absolute value of each element of the gradient, applied before the norm for `clipNorm` is computed;
    /// nil for no limit.
    package var clipValue: Double?

    /// When to end a run that no longer improves; nil for never.
    package var earlyStopping: EarlyStoppingDescription?

    /// The convention by which the system's published results were measured.
    package var metrics = MetricConvention.standard

    /// Whether training applies batch normalization between an output and the step that reads it as input. Such steps
    /// must run one after the other, while the statistics are those of all steps together.
    package var normalizesWhatWaits: Bool {
        let isForced = sampling == .teacherForcing
        let waiting: [LayerDescription] =
            switch network.forecasterInput {
            case _ where network.forecaster.isEmpty:
                isForced || sequences.outputFrames <= sequences.inputFrames ? [] : network.encoder + network.readout
            case .nothing, .zeros: []
            case .lastHidden: network.forecaster
            case .previousFrame: isForced ? [] : network.forecaster + network.readout
            }
        return waiting.contains(where: \.normalizesBatches)
    }

    /// Whether validation losses influence the course of the run.
    package var needsValidation: Bool {
        if case .plateau = schedule { true } else { earlyStopping != nil }
    }
}

// The form in a file. The choice: name, frames and network are required; everything else has a default.

extension SystemDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try values.decode(String.self, forKey: .name),
            summary: try values.decode(.summary, or: ""),
            sequences: try values.decode(SequenceDescription.self, forKey: .sequences),
            network: try values.decode(NetworkDescription.self, forKey: .network),
            sampling: try values.decode(.sampling, or: .ownOutput),
            loss: try values.decode(.loss, or: .meanSquaredError),
            optimizer: try values.decode(.optimizer, or: .adam(.init())),
            schedule: try values.decode(.schedule, or: .constant),
            batchSize: try values.decode(.batchSize, or: 8),
            learningRate: try values.decode(.learningRate, or: 1e-3),
            clipNorm: try values.decodeIfPresent(Double.self, forKey: .clipNorm),
            clipValue: try values.decodeIfPresent(Double.self, forKey: .clipValue),
            earlyStopping: try values.decodeIfPresent(EarlyStoppingDescription.self, forKey: .earlyStopping),
            metrics: try values.decode(.metrics, or: .standard))
    }
}

/// When to end a run whose validation loss no longer falls.
package struct EarlyStoppingDescription: Codable, Sendable, Equatable {
    /// The number of consecutive validations without a new lowest loss after which the run ends.
    package var patience: Int

    package init(patience: Int) { self.patience = patience }
}
