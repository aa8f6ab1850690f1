// Max pooling before events are counted, which forgives displacements within a block. The choice: blocks side by side, an
// incomplete border dropped, as in PyTorch's max_pool2d; a block of missing pixels is missing.

/// The largest values of blocks of a frame.
enum MaximumPooling {
    /// Pools two frames of shape (H, W, C) over the pixels in which both have a value; blocks without any are NaN.
    static func pooled(
        _ one: Span<Float>, _ other: Span<Float>, height: Int, width: Int, channels: Int, size: Int
    ) -> (one: [Float], other: [Float]) {
        let (rows, columns) = (height / size, width / size)
        var first = [Float](repeating: .nan, count: rows * columns * channels), second = first
        for y in 0..<rows * size {
            for x in 0..<columns * size {
                for channel in 0..<channels {
                    let pixel = (y * width + x) * channels + channel
                    let (a, b) = (one[pixel], other[pixel])
                    guard a == a && b == b else { continue }
                    let block = (y / size * columns + x / size) * channels + channel
                    // Any number is larger than none.
                    if !(first[block] >= a) { first[block] = a }
                    if !(second[block] >= b) { second[block] = b }
                }
            }
        }
        return (first, second)
    }
}
