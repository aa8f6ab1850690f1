// How much memory a batch takes, worked out before it is taken.

import Kernels

extension Network {
    /// Bytes of a `NetworkTrace` after both passes, but for the few MB that its convolutions lower patches into.
    package func memory(batch: Int, inputFrames: Int, outputFrames: Int) -> Int {
        let numbers = nodes.reduce(batch * inputFrames * frame.count) { sum, node in
            let steps = node.axis == .input ? inputFrames : outputFrames
            let maps = node.stage.outputShape.count + sideBySide(node)
            return sum + steps * batch * maps * (node.isLearned ? 2 : 1) + node.stage.numbers(steps: steps, batch: batch)
        }
        return numbers * MemoryLayout<S>.stride
    }

    /// Numbers of the map in which a stage finds its inputs side by side; 0 where it reads one.
    private func sideBySide(_ node: Node) -> Int {
        node.sources.count > 1 ? node.sources.reduce(0) { $0 + shape(of: $1).count } : 0
    }
}
