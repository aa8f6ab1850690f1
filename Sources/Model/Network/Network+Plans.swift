// The convolution plans of a network's ConvLSTM layers, and what follows from them.

/// The algorithms of ConvLSTM layers, by the layers' names.
package typealias LayerAlgorithms = [String: ConvolutionAlgorithm]

extension Network {
    /// The algorithm of every ConvLSTM layer.
    package var layerAlgorithms: LayerAlgorithms {
        let cells = nodes.compactMap { node in (node.layer as? ConvLSTMLayer<S>).map { (node.name, $0.plan.algorithm) }
        }
        return LayerAlgorithms(uniqueKeysWithValues: cells)
    }

    /// The names of the other layers that convolve in the Winograd domain, in execution order.
    package var winogradConvolutions: [String] {
        nodes.filter { ($0.layer as? any MapConvolutionLayer<S>)?.winograd != nil }.map(\.name)
    }

    /// The number of sequences with which the products of a forecast are as long as in any larger batch.
    package var sequencesOfAForecast: Int {
        nodes.compactMap { ($0.layer as? ConvLSTMLayer<S>)?.transformDemand?.mostImagesAtOnce }.max() ?? 1
    }

    /// Returns the plans of the ConvLSTM layers in execution order, with the number of time steps of each layer per
    /// sequence.
    package func convolutionPlans(
        _ unrolling: Unrolling
    ) -> [(layer: String, steps: Int, plan: ConvolutionPlan)] {
        nodes.compactMap { node in
            (node.layer as? ConvLSTMLayer<S>).map { (node.name, steps(node.axis, unrolling), $0.plan) }
        }
    }
}
