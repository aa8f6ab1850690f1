// Many arrays with names and attributes in one place: an HDF5 file or a Zarr folder. The choice: one protocol for both, so
// that a convention of names and attributes, as CF is, has one reader.

/// A file or folder of named arrays.
package protocol ArrayStore: Sendable {
    /// The path by which messages name it.
    var path: String { get }

    /// The names of all arrays and groups from its root, without a leading slash, in alphabetical order.
    func names() throws -> (arrays: [String], groups: [String])

    /// The array of a name.
    ///
    /// Throws `FormatError` where there is none, with the names that there are, or if it holds no numbers.
    func array(_ name: String) throws -> any StoredArray

    /// What is said of an array or a group; the root is "". Attributes that are neither numbers nor texts are left out.
    func attributes(of name: String) throws -> [String: AttributeValue]

    /// The names of the axes of an array, which are those of the arrays that hold their coordinates; nil if it has none.
    func axes(of name: String) throws -> [String]?
}

extension ArrayStore {
    /// All numbers of a small array.
    ///
    /// Throws `FormatError` if it has more than `limit`.
    package func numbers(of name: String, atMost limit: Int = 1 << 24) throws -> [Double] {
        let array = try array(name),
            count = array.shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue })
        guard (0...limit).contains(count), array.shape.allSatisfy({ (0...limit).contains($0) }) else {
            throw FormatError(
                file: path, problem: "has \(name.quotable) of shape \(array.shape), too large for what it is",
                advice: "check the file")
        }
        var bytes = try Memory.zeros(count * 8, for: path), span = bytes.mutableSpan
        try array.read(from: array.shape.map { _ in 0 }, count: array.shape, as: .float64, into: &span)
        return bytes.withUnsafeBytes { bytes in (0..<count).map { NumberType.float64.value(in: bytes, at: 8 * $0) } }
    }
}

/// An array in a file, of which any rectangular part can be read from any thread.
package protocol StoredArray: Sendable {
    /// The file and the array's name in it, for messages.
    var path: String { get }
    var name: String { get }

    var shape: [Int] { get }
    var type: NumberType { get }

    /// The extents of the pieces in which the file holds it; nil if it is in one piece.
    var chunk: [Int]? { get }

    /// Fills `bytes` with the part that begins at `start`, in the order of the array's axes.
    ///
    /// - Parameter type: the array's own type, or float64, to which any is converted.
    func read(from start: [Int], count: [Int], as type: NumberType, into bytes: inout MutableSpan<UInt8>) throws
}

extension StoredArray {
    /// Traps unless a part is one of this array, and fits the bytes.
    func check(_ start: [Int], _ count: [Int], _ type: NumberType, _ bytes: borrowing MutableSpan<UInt8>) {
        precondition(start.count == shape.count && count.count == shape.count, "a part of another array")
        precondition(type == self.type || type == .float64, "\(self.type) is not read as \(type)")
        for axis in shape.indices {
            precondition(
                start[axis] >= 0 && count[axis] >= 0 && start[axis] + count[axis] <= shape[axis], "no such part")
        }
        precondition(bytes.count == count.reduce(type.size, *), "\(bytes.count) bytes for \(count) of \(type)")
    }
}
