// The input of a network in training after the given frames: the true frames, its own outputs, or a mixture.

/// How training chooses, for each such frame and sequence, between the true frame and the network's own output.
///
/// Forecasts and validation always read the network's own frames, since they have no others.
package enum SamplingDescription: Codable, Sendable, Equatable {
    /// The network's own frame, through which the gradient flows.
    case ownOutput

    /// The true frame (teacher forcing).
    case teacherForcing

    /// The true frame with a probability that falls from `start` by `decrease` per update, and is 0 from update `until`
    /// on.
    ///
    /// Source: Bengio et al., "Scheduled sampling", NIPS 2015, with the linear decay of PredRNN and OpenSTL.
    case scheduled(start: Double, decrease: Double, until: Int)

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ownOutput, teacherForcing, scheduled
    }

    /// The probability of reading the true frame after `step` updates.
    package func probability(step: Int) -> Double {
        switch self {
        case .ownOutput: 0
        case .teacherForcing: 1
        case .scheduled(let start, let decrease, let until):
            step < until ? min(max(start - decrease * Double(step), 0), 1) : 0
        }
    }
}
