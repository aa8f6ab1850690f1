// The elements of an array as floats. The choice: any type becomes the nearest 32-bit float, element by element.

extension NpyHeader.ElementType {
    /// The elements in `bytes` as 32-bit floats.
    package func floats(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { raw in
            switch self {
            case .bool, .uint8: raw.map { Float($0) }
            case .uint16: raw.bindMemory(to: UInt16.self).map { Float($0) }
            case .int16: raw.bindMemory(to: Int16.self).map { Float($0) }
            case .int32: raw.bindMemory(to: Int32.self).map { Float($0) }
            case .float16: raw.bindMemory(to: Float16.self).map { Float($0) }
            case .float32: [Float](raw.bindMemory(to: Float.self))
            case .float64: raw.bindMemory(to: Double.self).map { Float($0) }
            }
        }
    }
}
