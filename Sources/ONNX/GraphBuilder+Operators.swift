// The operators that networks are made of, under the names of mathematics. Maps are (batch, channels, height, width).

extension GraphBuilder {
    mutating func add(_ a: Value, _ b: Value) -> Value { apply("Add", [a, b]) }

    mutating func multiply(_ a: Value, _ b: Value) -> Value { apply("Mul", [a, b]) }

    /// factor x + offset.
    mutating func line(_ x: Value, factor: Float, offset: Float) -> Value {
        let scaled = multiply(x, number(factor))
        return offset == 0 ? scaled : add(scaled, number(offset))
    }

    mutating func clip(_ x: Value, _ lowest: Float, _ highest: Float) -> Value {
        apply("Clip", [x, number(lowest), number(highest)])
    }

    mutating func concatenate(_ values: [Value], axis: Int) -> Value {
        values.count == 1 ? values[0] : apply("Concat", values, ["axis": .integer(axis)])
    }

    /// Parts of equal size along an axis, whose sum is `extent`.
    mutating func split(_ x: Value, axis: Int, extent: Int, into parts: Int) -> [Value] {
        guard parts > 1 else { return [x] }
        let sizes = integers(Array(repeating: extent / parts, count: parts))
        return apply("Split", [x, sizes], ["axis": .integer(axis)], outputs: parts)
    }

    /// The maps with one more axis of extent 1.
    mutating func unsqueeze(_ x: Value, axis: Int) -> Value { apply("Unsqueeze", [x, integers([axis])]) }

    mutating func squeeze(_ x: Value, axis: Int) -> Value { apply("Squeeze", [x, integers([axis])]) }

    /// - Parameter shape: 0 for an extent that stays, and once -1 for what is left.
    mutating func reshape(_ x: Value, _ shape: [Int]) -> Value { apply("Reshape", [x, integers(shape)]) }

    mutating func transpose(_ x: Value, _ order: [Int]) -> Value {
        apply("Transpose", [x], ["perm": .integers(order)])
    }

    /// A convolution along as many axes as `padding` has.
    mutating func convolve(_ x: Value, _ weights: [Value], stride: Int = 1, padding: [Int]) -> Value {
        apply(
            "Conv", [x] + weights,
            ["pads": .integers(padding + padding), "strides": .integers(padding.map { _ in stride })])
    }

    /// Maps of one value for a batch of the size of another value's first axis.
    mutating func maps(of number: Float, channels: Int, height: Int, width: Int, like batch: Value) -> Value {
        let size = apply("Shape", [batch], ["start": .integer(0), "end": .integer(1)])
        let shape = concatenate([size, integers([channels, height, width])], axis: 0)
        return apply("Expand", [self.number(number), shape])
    }
}
