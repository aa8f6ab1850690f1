// The numbers of a .npy file that a command wrote, to compare.

import Formats
import Foundation
import Testing

/// In the file's order; it has to hold float32.
func numbers(ofArray path: String) throws -> [Float] {
    let array = try NpyFile(path: path, scratchFolder: NSTemporaryDirectory())
    try #require(array.header.type == .float32)
    var bytes = [UInt8](repeating: 0, count: array.header.byteCount), span = bytes.mutableSpan
    try array.read(at: 0, into: &span)
    return bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
}
