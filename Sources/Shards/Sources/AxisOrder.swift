// The order of an array's axes by their letters, such as NTHW. The choice: the letters of the field, each at most once, in the
// order of numpy's shape; a layout is a short name for one of these orders.

import Formats

/// The axes of an array of frames.
package struct AxisOrder: Equatable, Sendable, CustomStringConvertible {
    /// N sequences, T frames, H height, W width, C channels.
    package enum Axis: Character, CaseIterable, Sendable {
        case sequences = "N"
        case frames = "T"
        case height = "H"
        case width = "W"
        case channels = "C"
    }

    package let axes: [Axis]

    /// A single frame.
    static let frame = AxisOrder(unchecked: [.height, .width])

    private init(unchecked axes: [Axis]) { self.axes = axes }

    /// Parses letters in either case; nil unless they are H, W and T, each once, with or without N and C.
    package init?(_ text: String) {
        let axes = text.uppercased().map { Axis(rawValue: $0) }
        guard !axes.contains(nil) else { return nil }
        self.init(axes.compactMap { $0 })
    }

    private init?(_ axes: [Axis]) {
        guard Set(axes).count == axes.count, [.frames, .height, .width].allSatisfy(axes.contains) else { return nil }
        self.axes = axes
    }

    /// The order of a layout for an array with so many axes; the single channel of five or four axes may come first.
    package init(_ layout: ArrayLayout, shape: [Int]) {
        let leading: [Axis] =
            switch layout {
            case .framesFirst: [.frames, .sequences]
            case .sequencesFirst: [.sequences, .frames]
            case .concatenated: [.frames]
            }
        let image = shape.dropFirst(leading.count)
        let axes: [Axis] =
            image.count < 3
            ? [.height, .width] : image.first == 1 ? [.channels, .height, .width] : [.height, .width, .channels]
        self.axes = leading + axes
    }

    package var description: String { String(axes.map(\.rawValue)) }

    /// The extent of an axis in a shape of these axes; 1 for an axis that it has not.
    func extent(_ axis: Axis, in shape: [Int]) -> Int { axes.firstIndex(of: axis).map { shape[$0] } ?? 1 }

    /// What the axes make of a shape, such as "1000 sequences of 49 frames of 384 x 384 x 1".
    func inWords(_ shape: [Int]) -> String {
        func of(_ axis: Axis) -> Int { extent(axis, in: shape) }
        let geometry = SequenceGeometry(
            frames: of(.frames), height: of(.height), width: of(.width), channels: of(.channels))
        guard axes.contains(.sequences) else { return "a film of \(geometry)" }
        return "\(of(.sequences)) sequence\(of(.sequences) == 1 ? "" : "s") of \(geometry)"
    }
}
