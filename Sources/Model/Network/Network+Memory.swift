// The memory that a batch takes, computed before it is allocated.

import Kernels

extension Network {
    /// Returns the bytes that an `UnrolledNetwork` holds after both passes, except for the few MB of its im2col
    /// workspace.
    package func memory(batch: Int, _ unrolling: Unrolling) -> Int {
        guard isCountable(batch: batch, unrolling) else { return Self.uncountable }
        let frames = framesRead(unrolling), isFed = frames > unrolling.inputFrames
        var elements = batch * frames * frame.count
        if isFed || description.forecasterInput == .lastHidden {
            let steps = hasForecaster ? unrolling.outputFrames : frames
            elements += 2 * batch * steps * (hasForecaster ? shape(of: .forecasterInput) : frame).count
        }
        let learned = learnedNodes(unrolling)
        for (index, node) in nodes.enumerated() {
            let steps = steps(node.axis, unrolling), maps = node.layer.outputShape.count + sideBySide(node)
            let sequences = learned[index] && !sharesGradient(index) ? 2 : 1
            elements += steps * batch * maps * sequences + node.layer.elements(steps: steps, batch: batch)
        }
        return (elements + transforms(batch: batch, unrolling)) * MemoryLayout<S>.stride
    }

    /// More bytes than any machine has.
    private static var uncountable: Int { 1 << 52 }

    /// Whether the sizes, which people write into files, can be multiplied: the product stays far below 2^63 elements.
    private func isCountable(batch: Int, _ unrolling: Unrolling) -> Bool {
        let maps = nodes.reduce(Double(frame.count)) { $0 + Double($1.layer.outputShape.count) }
        return Double(batch) * Double(framesRead(unrolling) + unrolling.outputFrames) * maps < 1e13
    }

    /// For each node, whether it or any node before it has parameters.
    private func learnedNodes(_ unrolling: Unrolling) -> [Bool] {
        nodes.reduce(into: []) { learned, node in
            learned.append(node.layer.hasParameters || readsLearned(node, learned, unrolling))
        }
    }

    private func readsLearned(_ node: Node, _ learned: [Bool], _ unrolling: Unrolling) -> Bool {
        node.sources.contains { source in
            switch source {
            case .frames: !hasForecaster && framesRead(unrolling) > unrolling.inputFrames
            case .forecasterInput: true
            case .node(let index): learned[index]
            }
        }
    }

    /// Returns the number of elements of the maps in the Winograd domain; each kind of map is as large as its largest
    /// user.
    private func transforms(batch: Int, _ unrolling: Unrolling) -> Int {
        var largest: [MapContent: Int] = [:]
        for node in nodes {
            guard let demand = node.layer.transformDemand else { continue }
            let part = min(steps(node.axis, unrolling), demand.stepsAtOnce(batch: batch))
            let images = part * demand.imagesAtOnce(batch: batch)
            for (content, channels) in demand.contents {
                let count = TransformedMaps<S>.count(demand.geometry, images: images, channels: channels)
                largest[content] = max(largest[content] ?? 0, count)
            }
        }
        return largest.values.reduce(0, +)
    }

    /// Returns the number of elements of the map that concatenates a layer's inputs; 0 if the layer has one input.
    private func sideBySide(_ node: Node) -> Int {
        node.sources.count > 1 ? node.sources.reduce(0) { $0 + shape(of: $1).count } : 0
    }
}
