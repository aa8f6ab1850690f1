import Kernels
import Randomness

/// Numbers in [-1, 1), a few thousand of them again and again: enough that no kernel meets zeros or denormal numbers.
func noise(_ shape: Int...) -> Tensor<Float> {
    let tensor = Tensor<Float>(shape: shape)
    var stream = RandomStream(19)
    let some = (0..<4099).map { _ in Float(stream.uniform(-1, 1)) }
    var elements = tensor.mutableSpan
    for i in 0..<tensor.count { elements[i] = some[i % some.count] }
    return tensor
}
