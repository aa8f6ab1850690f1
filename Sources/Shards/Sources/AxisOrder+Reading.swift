// The order of axes that a shape implies. The choice: the rules of layouts, and films of three axes beside them; where a shape
// leaves a doubt, a person is asked, with what each order would make of it.

/// An order of axes with the reason for choosing it, in words.
package struct AxisReading: Equatable, Sendable {
    package var order: AxisOrder
    package var reason: String
    /// The layout of this order; nil if a person named the axes, or for a film of three axes.
    package var layout: ArrayLayout?

    package init(order: AxisOrder, reason: String, layout: ArrayLayout? = nil) {
        (self.order, self.reason, self.layout) = (order, reason, layout)
    }
}

extension AxisOrder {
    /// The order that a shape implies.
    ///
    /// Throws `ShardError` if it implies none or several, and says what to name with --axes.
    package static func read(_ shape: [Int], file: String) throws(ShardError) -> AxisReading {
        guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
            let found = try ArrayLayout.read(shape, file: file)
            return AxisReading(
                order: AxisOrder(found.layout, shape: shape), reason: found.reason, layout: found.layout)
        }
        let image = try ImageAxes(shape, axes: 2, isNamed: false, file)
        guard image.isPicture, !image.mayBeFramesLast(after: shape[0]) else {
            throw doubt(shape, file: file, reason: "frames may come first or last")
        }
        return AxisReading(order: AxisOrder("THW")!, reason: "its last two axes are sides of a picture")
    }

    /// The order of a layout that a person named.
    ///
    /// Throws `ShardError` for a shape that does not fit it.
    package static func named(
        _ layout: ArrayLayout, _ shape: [Int], frames: Int?, file: String
    ) throws(ShardError) -> AxisReading {
        let isRow = layout == .concatenated
        _ = try ArrayPlan(shape: shape, layout: layout, frames: isRow ? frames : nil, file: file)
        return AxisReading(order: AxisOrder(layout, shape: shape), reason: "--layout says so", layout: layout)
    }

    /// An error that asks for the order, and says what each would make of the shape.
    static func doubt(_ shape: [Int], file: String, reason: String) -> ShardError {
        let choices = candidates(shape).compactMap { text in
            AxisOrder(text).map { "--axes \(text) for \($0.inWords(shape))" }
        }
        return ShardError(
            "\(file) has the shape \(shape), in which \(reason); name what it is: \(choices.joined(separator: ", "))")
    }

    /// The orders that are common for so many axes; few channels may come last or before the height.
    private static func candidates(_ shape: [Int]) -> [String] {
        func isFew(_ axis: Int) -> Bool { shape[axis] <= 4 }
        switch shape.count {
        case 3: return ["THW", "HWT"]
        case 4: return ["NTHW", "TNHW", "NHWT"] + (isFew(3) ? ["THWC"] : []) + (isFew(1) ? ["TCHW"] : [])
        default: return ["NTHWC", "TNHWC", "NHWTC"] + (isFew(2) ? ["NTCHW"] : [])
        }
    }
}
