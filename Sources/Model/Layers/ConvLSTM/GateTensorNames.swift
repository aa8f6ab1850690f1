// How the tensors of a ConvLSTM's gates are called and what they start from: one for all gates, "encoder1.bias", or one
// for each, "encoder1.f.bias".

struct GateTensorNames {
    let layer: String
    let division: GateTensors
    let hidden: Int

    /// Appends one kind of weight to a layout.
    ///
    /// - Parameters:
    ///   - shape: without the last axis, the gates'.
    ///   - forgetting: what is added to the forget gate's initial numbers.
    func append(
        _ kind: String, _ shape: [Int], _ initialization: Initialization, forgetting: Double = 0,
        to layout: inout ParameterLayout
    ) -> GateBlocks {
        func start(forgetGate columns: Range<Int>?) -> Initialization {
            guard let columns, forgetting != 0 else { return initialization }
            return .forgetBias(value: forgetting, columns: columns, others: initialization)
        }
        switch division {
        case .fused:
            let slot = layout.append(
                "\(layer).\(kind)", shape + [4 * hidden], start(forgetGate: hidden..<2 * hidden))
            return GateBlocks(fused: slot, hidden: hidden)
        case .perGate:
            let slots = Gate.allCases.map { gate in
                layout.append(
                    "\(layer).\(gate).\(kind)", shape + [hidden], start(forgetGate: gate == .f ? 0..<hidden : nil))
            }
            return GateBlocks(perGate: slots, hidden: hidden)
        }
    }

    /// Appends the bias; nil where the layer has none.
    ///
    /// - Throws: `ModelError` for a forget bias that there is nothing to add to.
    func appendBias(
        _ initialization: Initialization, of d: ConvLSTMDescription, to layout: inout ParameterLayout
    ) throws(ModelError) -> GateBlocks? {
        guard d.hasBias || d.forgetBias == 0 else {
            throw ModelError(
                "layer \(layer): a forgetBias of \(d.forgetBias) has no bias to be added to; set hasBias, or leave "
                    + "forgetBias out")
        }
        return d.hasBias ? append("bias", [], initialization, forgetting: d.forgetBias, to: &layout) : nil
    }
}
