// The shapes of the feature maps between a network's layers, by the layers' names.

import Kernels

extension Network {
    /// The shape of each layer's output.
    package var outputShapes: [String: FeatureShape] {
        Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.layer.outputShape) })
    }

    /// The shape of what each layer reads, concatenated; layers that read nothing, or zeros, have none.
    package var inputShapes: [String: FeatureShape] {
        let shapes = nodes.compactMap { node -> (String, FeatureShape)? in
            let read = node.sources.map(shape)
            return read.first.map { (node.name, $0.with(channels: read.reduce(0) { $0 + $1.channels })) }
        }
        return Dictionary(uniqueKeysWithValues: shapes)
    }
}
