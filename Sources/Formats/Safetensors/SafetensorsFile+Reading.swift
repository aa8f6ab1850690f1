// Reads safetensors with every check of the reference library: deviating JSON, wrong sizes and bounds, gaps and
// overlaps are refused before any tensor is used. The choice: tensors share the file's bytes, without a copy.

extension SafetensorsFile {
    /// The format's own limit on the header, in bytes.
    private static let largestHeader = 100_000_000

    /// Parses the bytes of a file; `file` is its name for errors.
    ///
    /// Throws `FormatError` that says which part of the header is wrong. Tensors are ordered by their byte offset.
    package init(decoding bytes: [UInt8], file: String) throws {
        func refused(_ problem: String) -> FormatError {
            FormatError(
                file: file, problem: "is not a whole safetensors file: \(problem)", advice: "copy or make it again")
        }
        func mistaken(_ problem: String) -> FormatError {
            let start = [UInt8](bytes.prefix(FileKind.neededBytes))
            guard let kind = FileKind.of(start), kind != .safetensors else { return refused(problem) }
            return FileKind.error(file, start, not: "a safetensors file", advice: kind.advice)
        }
        guard bytes.count >= 8 else { throw mistaken("it has only \(bytes.count) bytes") }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.largestHeader, length <= bytes.count - 8 else {
            throw mistaken("its header claims \(length) bytes")
        }
        let start = 8 + Int(length), header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(parsing: [UInt8](bytes[8..<start]), refused: refused)
        } catch is TextScanner.Misfit {
            throw mistaken("its header is not the JSON it should be")
        }
        let tensors = try Self.tensors(header.entries, in: bytes[start...], refused: refused)
        self.init(tensors: tensors, metadata: header.metadata)
    }

    /// Makes every entry a view of `data`, which the entries must cover without gap or overlap.
    private static func tensors(
        _ entries: [String: SafetensorsEntry], in data: ArraySlice<UInt8>, refused: (String) -> FormatError
    ) throws -> [Tensor] {
        var tensors = [Tensor](), end = 0
        for (name, entry) in entries.sorted(by: byOffset) {
            guard entry.data_offsets[0] == end, entry.data_offsets[1] >= end else {
                throw refused("tensor \(name.quotable) at bytes \(entry.data_offsets) should start at byte \(end)")
            }
            end = entry.data_offsets[1]
            guard end <= data.count else {
                throw refused("tensor \(name.quotable) ends at byte \(end) of \(data.count)")
            }
            let slice = data[data.startIndex + entry.data_offsets[0]..<data.startIndex + end]
            guard byteCount(entry) == slice.count else {
                let claim = "\(entry.dtype.rawValue) of \(entry.shape.prefix(8)) in \(entry.shape.count) axes"
                throw refused("tensor \(name.quotable) has \(slice.count) bytes for \(claim)")
            }
            tensors.append(Tensor(name: name, type: entry.dtype, shape: entry.shape, bytes: slice))
        }
        guard end == data.count else { throw refused("\(data.count - end) bytes at its end belong to no tensor") }
        return tensors
    }

    private static func byOffset(_ a: (String, SafetensorsEntry), _ b: (String, SafetensorsEntry)) -> Bool {
        a.1.data_offsets == b.1.data_offsets
            ? a.0 < b.0 : a.1.data_offsets.lexicographicallyPrecedes(b.1.data_offsets)
    }

    /// The number of bytes of an entry's shape, or nil if the shape is invalid.
    private static func byteCount(_ entry: SafetensorsEntry) -> Int? {
        entry.shape.reduce(entry.dtype.size as Int?) { product, extent in
            guard let product, extent >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            return overflow ? nil : next
        }
    }
}
