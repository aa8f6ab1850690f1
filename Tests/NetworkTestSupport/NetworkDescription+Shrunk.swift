// Reference systems small enough for a test: fewer channels, otherwise unchanged.

import Model

extension NetworkDescription {
    /// Returns the same network with fewer channels, as make-systems.py shrinks the published sizes.
    package func shrunk(by divisor: Int) -> NetworkDescription {
        var small = self
        func shrink(_ channels: Int) -> Int { max(2, channels / divisor) }
        func shrink(_ layers: inout [LayerDescription], keepingLast: Bool) {
            let last = layers.lastIndex { layer in
                switch layer.operation {
                case .convolution, .convolution3D: true
                default: false
                }
            }
            for index in layers.indices where !(keepingLast && index == last) {
                layers[index].operation = shrink(layers[index].operation)
            }
        }
        func shrink(_ operation: LayerDescription.Operation) -> LayerDescription.Operation {
            switch operation {
            case .convLSTM(var it):
                if case .group(let channels) = it.normalization {
                    it.normalization = .group(channels: channels / divisor)
                }
                it.hidden = shrink(it.hidden)
                return .convLSTM(it)
            case .convolution(var it):
                it.filters = shrink(it.filters)
                return .convolution(it)
            case .transposedConvolution(var it):
                it.filters = shrink(it.filters)
                return .transposedConvolution(it)
            default: return operation
            }
        }
        shrink(&small.encoder, keepingLast: false)
        shrink(&small.forecaster, keepingLast: false)
        shrink(&small.readout, keepingLast: true)
        if case .zeros(let channels) = forecasterInput { small.forecasterInput = .zeros(channels: shrink(channels)) }
        return small
    }
}
