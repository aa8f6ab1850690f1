// How much memory a batch takes, worked out before it is taken.

import Kernels

extension Network {
    /// Bytes of a `NetworkTrace` after both passes, but for the few MB that its convolutions lower patches into.
    package func memory(batch: Int, _ unrolling: Unrolling) -> Int {
        let frames = framesRead(unrolling), isFed = frames > unrolling.inputFrames
        var numbers = batch * frames * frame.count
        if isFed || description.forecasterInput == .lastHidden {
            let steps = hasForecaster ? unrolling.outputFrames : frames
            numbers += 2 * batch * steps * (hasForecaster ? shape(of: .forecasterInput) : frame).count
        }
        let learned = learnedNodes(unrolling)
        for (index, node) in nodes.enumerated() {
            let steps = steps(node.axis, unrolling), maps = node.stage.outputShape.count + sideBySide(node)
            numbers += steps * batch * maps * (learned[index] ? 2 : 1) + node.stage.numbers(steps: steps, batch: batch)
        }
        return (numbers + transforms(batch: batch, unrolling)) * MemoryLayout<S>.stride
    }

    /// Whether anything learned lies in each node or before it.
    private func learnedNodes(_ unrolling: Unrolling) -> [Bool] {
        nodes.reduce(into: []) { learned, node in
            learned.append(node.stage.hasParameters || readsLearned(node, learned, unrolling))
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

    /// Numbers of all maps in the domain of points: of each sequence once for a kernel, and the largest products.
    private func transforms(batch: Int, _ unrolling: Unrolling) -> Int {
        var kept: Set<[Int]> = [], numbers = 0, outputs = 0, inputs = 0
        let learned = learnedNodes(unrolling)
        func keep(_ geometry: WinogradGeometry, _ sequence: Int, channels: Int, steps: Int) {
            guard channels > 0, kept.insert([sequence, geometry.kernel]).inserted else { return }
            numbers += TransformedMaps<S>.count(geometry, images: steps * batch, channels: channels)
        }
        for (index, node) in nodes.enumerated() {
            guard let demand = node.stage.transformDemand else { continue }
            let steps = steps(node.axis, unrolling), group = demand.imagesAtOnce(batch: batch)
            let part = min(steps, demand.stepsAtOnce(batch: batch)) * group
            keep(demand.geometry, sequence(read: node, index), channels: demand.input, steps: steps)
            keep(demand.geometry, index, channels: demand.hidden, steps: steps)
            func count(_ images: Int, _ channels: Int) -> Int {
                TransformedMaps<S>.count(demand.geometry, images: images, channels: channels)
            }
            outputs = max(outputs, count(part, demand.outputs))
            if readsLearned(node, learned, unrolling) { inputs = max(inputs, count(part, demand.input)) }
            inputs = max(inputs, count(group, demand.hidden))
        }
        return numbers + outputs + inputs
    }

    /// A number for what a node reads: a node's own, or one below 0.
    private func sequence(read node: Node, _ index: Int) -> Int {
        guard node.sources.count == 1 else { return -10 - index }
        return switch node.sources[0] {
        case .frames: -1
        case .forecasterInput: -2
        case .node(let source): source
        }
    }

    /// Numbers of the map in which a stage finds its inputs side by side; 0 where it reads one.
    private func sideBySide(_ node: Node) -> Int {
        node.sources.count > 1 ? node.sources.reduce(0) { $0 + shape(of: $1).count } : 0
    }
}
