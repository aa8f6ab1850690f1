// The plans of a network's ConvLSTM layers.

extension Network {
    /// The plans of the ConvLSTM layers in the order in which they run, with how many steps each takes of a sequence.
    package func convolutionPlans(
        _ unrolling: Unrolling
    ) -> [(layer: String, steps: Int, plan: ConvolutionPlan)] {
        nodes.compactMap { node in
            (node.layer as? ConvLSTMLayer<S>).map { (node.name, steps(node.axis, unrolling), $0.plan) }
        }
    }
}
