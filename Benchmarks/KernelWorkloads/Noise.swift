import Kernels
import Randomness

/// Returns numbers in [-1, 1), a sequence of a few thousand that repeats: enough that no kernel meets zeros or
/// denormals.
func noise(_ shape: Int...) -> Tensor<Float> {
    let tensor = Tensor<Float>(shape: shape)
    var stream = RandomStream(19)
    let some = (0..<4099).map { _ in Float(stream.uniform(-1, 1)) }
    var elements = tensor.mutableSpan
    for i in 0..<tensor.count { elements[i] = some[i % some.count] }
    return tensor
}
