// A layer in a file: its name, what it reads, and one further key that names its operation.

extension LayerDescription: Codable {
    private enum Key: String, CodingKey {
        case name, from
    }

    private enum Kind: String, CodingKey, CaseIterable {
        case convLSTM, convolution, transposedConvolution, convolution3D, batchNormalization, activation, leakyReLU
        case spaceToDepth, depthToSpace
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self), kinds = try decoder.container(keyedBy: Kind.self)
        func decode<Value: Decodable>(_ kind: Kind) throws -> Value { try kinds.decode(Value.self, forKey: kind) }
        name = try values.decode(String.self, forKey: .name)
        from = try values.decodeIfPresent([String].self, forKey: .from)
        let kind = try kinds.onlyKey
        operation =
            switch kind {
            case .convLSTM: .convLSTM(try decode(kind))
            case .convolution: .convolution(try decode(kind))
            case .transposedConvolution: .transposedConvolution(try decode(kind))
            case .convolution3D: .convolution3D(try decode(kind))
            case .batchNormalization: .batchNormalization(try decode(kind))
            case .activation: .activation(try decode(kind))
            case .leakyReLU: .leakyReLU(try decode(kind))
            case .spaceToDepth: .spaceToDepth(try decode(kind))
            case .depthToSpace: .depthToSpace(try decode(kind))
            }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self), kinds = encoder.container(keyedBy: Kind.self)
        try values.encode(name, forKey: .name)
        try values.encodeIfPresent(from, forKey: .from)
        switch operation {
        case .convLSTM(let it): try kinds.encode(it, forKey: .convLSTM)
        case .convolution(let it): try kinds.encode(it, forKey: .convolution)
        case .transposedConvolution(let it): try kinds.encode(it, forKey: .transposedConvolution)
        case .convolution3D(let it): try kinds.encode(it, forKey: .convolution3D)
        case .batchNormalization(let it): try kinds.encode(it, forKey: .batchNormalization)
        case .activation(let it): try kinds.encode(it, forKey: .activation)
        case .leakyReLU(let it): try kinds.encode(it, forKey: .leakyReLU)
        case .spaceToDepth(let it): try kinds.encode(it, forKey: .spaceToDepth)
        case .depthToSpace(let it): try kinds.encode(it, forKey: .depthToSpace)
        }
    }
}
