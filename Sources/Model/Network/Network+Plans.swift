// The convolution plans of a network's ConvLSTM layers.

extension Network {
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
