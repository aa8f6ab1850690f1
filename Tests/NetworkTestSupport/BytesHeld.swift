// The memory that a network holds, counted buffer by buffer.

import Kernels
import Model

/// Returns the bytes of all buffers reachable from an unrolled network, except for those of the network itself.
package func bytesHeld(by unrolled: UnrolledNetwork<Float>) -> Int {
    var seen: Set<ObjectIdentifier> = []
    func bytes(in value: Any) -> Int {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .class, !seen.insert(ObjectIdentifier(value as AnyObject)).inserted { return 0 }
        if let buffer = value as? Buffer<Float> { return buffer.count * MemoryLayout<Float>.stride }
        return mirror.children.filter { !["layer", "weights", "parameters", "network"].contains($0.label) }
            .reduce(0) { $0 + bytes(in: $1.value) }
    }
    return bytes(in: unrolled)
}
