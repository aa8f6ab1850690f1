// The names and initial values of a ConvLSTM's gate tensors: one for all gates, such as "encoder1.bias", or one per
// gate, such as "encoder1.f.bias".

struct GateTensorNames {
    let layer: String
    let division: GateTensors
    let hidden: Int

    /// Appends the tensors of one kind of weight to a layout.
    ///
    /// - Parameters:
    ///   - shape: the shape without the last axis, which is the gates'.
    ///   - forgetting: the value added to the forget gate's initial values.
    func append(
        _ kind: String, shape: [Int], initialization: Initialization, forgetting: Double = 0,
        to layout: inout ParameterLayout
    ) -> GateBlocks {
        func start(forgetGate columns: Range<Int>?) -> Initialization {
            guard let columns, forgetting != 0 else { return initialization }
            return .forgetBias(value: forgetting, columns: columns, others: initialization)
        }
        switch division {
        case .fused:
            let slot = layout.append(
                "\(layer).\(kind)", shape: shape + [4 * hidden], initialization: start(forgetGate: hidden..<2 * hidden))
            return GateBlocks(fused: slot, hidden: hidden)
        case .perGate:
            let slots = Gate.allCases.map { gate in
                layout.append(
                    "\(layer).\(gate).\(kind)", shape: shape + [hidden],
                    initialization: start(forgetGate: gate == .f ? 0..<hidden : nil))
            }
            return GateBlocks(perGate: slots, hidden: hidden)
        }
    }

    /// Appends the bias; returns nil if the layer has none.
    ///
    /// - Throws: `ModelError` for a forget bias without a bias to add it to.
    func appendBias(
        _ initialization: Initialization, of d: ConvLSTMDescription, to layout: inout ParameterLayout
    ) throws(ModelError) -> GateBlocks? {
        guard d.hasBias || d.forgetBias == 0 else {
            throw ModelError(
                "layer \(layer): a forgetBias of \(d.forgetBias) has no bias to be added to; set hasBias, or leave "
                    + "forgetBias out")
        }
        return d.hasBias
            ? append("bias", shape: [], initialization: initialization, forgetting: d.forgetBias, to: &layout) : nil
    }
}
