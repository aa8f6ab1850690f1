// Checks that parameters are finite: a single NaN spoils every forecast. The choice: they are checked before use,
// where the file and the tensor can be named.

import Platform
import Reports
import Formats
import Model

/// Throws `FormatError` if a tensor has elements that are not finite.
///
/// - Parameter advice: what to do, as an imperative clause.
package func requireFinite(_ elements: [Float], of tensor: String, file: String, advice: String) throws(FormatError) {
    let wrong = elements.count { !$0.isFinite }
    guard wrong == 0 else {
        throw FormatError(
            file: file,
            problem: "holds \(counted(wrong, "number")) of \(elements.count) in \(tensor.quotable()) that "
                + "\(wrong == 1 ? "is" : "are") not finite", advice: advice)
    }
}

extension Checkpoint {
    /// Throws `FormatError` naming the first tensor of the network, including its moving averages, that is not
    /// finite.
    package func requireFinite(for network: Network<Float>, file: String) throws {
        let wanted = Set((network.layout.slots + network.statistics.layout.slots).map(\.name))
        for tensor in tensors where wanted.contains(tensor.name) && tensor.type == .float32 {
            let elements = tensor.bytes.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
            try Trainer.requireFinite(
                elements, of: tensor.name, file: file,
                advice: "use another checkpoint, such as an earlier one of the run")
        }
    }
}
