// A system of the field as a value: network, loss, optimizer, schedule and data. The presets are such values; a run
// carries its own, so that a checkpoint says what it is without the program's list.

import Model

/// All that training needs to know of a system.
package struct SystemDescription: Codable, Sendable, Equatable {
    package var name: String

    /// One line for a table of presets.
    package var summary: String

    package var sequences: SequenceDescription
    package var network: NetworkDescription

    /// What training reads of the frames after the input, if the network reads any.
    package var sampling = SamplingDescription.ownOutput

    package var loss: Loss
    package var optimizer: OptimizerDescription
    package var schedule = ScheduleDescription.constant

    /// Sequences of the global batch.
    package var batchSize: Int

    package var learningRate: Double

    /// The most that the gradient's norm may be; nil for no limit.
    package var clipNorm: Double?

    /// The most that each number of the gradient may be, either way, before the norm is taken for `clipNorm`; nil for
    /// no limit.
    package var clipValue: Double?

    /// When to end a run that learns no more; nil for never.
    package var earlyStopping: EarlyStoppingDescription?

    /// How the system's published figures were measured.
    package var metrics = MetricConvention.standard

    /// Whether training normalizes over the batch between an output and where it is read again: there steps wait for
    /// one another, and the statistics are those of all steps at once.
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

    /// Whether the losses of validations decide how the run goes on.
    package var needsValidation: Bool {
        if case .plateau = schedule { true } else { earlyStopping != nil }
    }
}

// In a file. The choice: what has to be said is a system's name, its frames and its network; all else has a default.

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

/// The end of a run whose validation loss becomes no lower.
package struct EarlyStoppingDescription: Codable, Sendable, Equatable {
    /// Validations in a row without a new lowest loss after which the run ends.
    package var patience: Int

    package init(patience: Int) { self.patience = patience }
}
