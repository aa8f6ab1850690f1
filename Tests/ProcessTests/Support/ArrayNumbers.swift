// The elements of a .npy file written by a command, for comparison.

import Formats
import Foundation
import Testing

/// The elements of a float32 array, in the order of the file.
func numbers(ofArray path: String) throws -> [Float] {
    let array = try NpyFile(path: path, scratchFolder: NSTemporaryDirectory())
    try #require(array.header.type == .float32)
    var bytes = [UInt8](repeating: 0, count: array.header.byteCount), span = bytes.mutableSpan
    try array.read(at: 0, into: &span)
    return bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
}
