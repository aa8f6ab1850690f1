// Finds the intact frames of a damaged seekable zstd file without its table. The choice: a frame ends in the checksum of
// its content, so that one which decodes to the expected size is whole; its number is the count of the frames before it
// or behind it, and a frame whose number remains in doubt is left out.

/// The search for intact frames in a file that a `SeekableZstdWriter` wrote.
package struct FrameSalvage {
    private let file: InputFile
    private let contentSize: Int
    private let isHeader: ([UInt8]) -> Bool
    private let decompressor = ZstdDecompressor()

    /// The largest content of frame 0, which is a header, in bytes.
    package static let largestHeader = 1 << 16
    /// The number of places that may look like a frame and be none, before the rest of a file is given up.
    private static let mostFalseStarts = 1000

    /// Prepares a search for frames of `contentSize` bytes behind frame 0, whose content `isHeader` recognizes.
    ///
    /// Throws `FormatError` if the file cannot be opened.
    package init(path: String, contentSize: Int, isHeader: @escaping ([UInt8]) -> Bool) throws {
        file = try InputFile(path: path)
        (self.contentSize, self.isHeader) = (contentSize, isHeader)
    }

    /// The content of frame 0; nil if it is damaged.
    package func header() throws -> [UInt8]? { try wholeHeader()?.content }

    /// Where the intact frames are among `count` of the undamaged file, by their number; frame 0 is not among them.
    ///
    /// Throws `FormatError` if the file cannot be read.
    package func frames(of count: Int) throws -> [Int: Range<Int>] {
        let runs = try runs(), table = file.size - SeekableZstd.tableSize(of: count)
        guard let first = runs.first, let last = runs.last else { return [:] }
        let beginsWhole = try first[0].lowerBound == 0 && header() != nil, hasTable = try isTable(at: table, of: count)
        let endsWhole = hasTable && last.last!.upperBound == table
        let lost = count - runs.reduce(0) { $0 + $1.count }
        var found: [Int: Range<Int>] = [:]
        func take(_ run: [Range<Int>], from number: Int) {
            for (index, place) in run.enumerated() where number + index > 0 { found[number + index] = place }
        }
        // Each gap lacks at least one frame, so as many lost frames as gaps leave no doubt about any number.
        let gaps = runs.count - 1 + (beginsWhole ? 0 : 1) + (endsWhole ? 0 : 1)
        if hasTable, lost == gaps {
            var number = beginsWhole ? 0 : 1
            for run in runs {
                take(run, from: number)
                number += run.count + 1
            }
            return found
        }
        if beginsWhole, first.count <= count { take(first, from: 0) }
        if endsWhole, lost > 0 { take(last, from: count - last.count) }
        return found
    }

    /// The intact frames in the order of the file, in runs without anything between them.
    private func runs() throws -> [[Range<Int>]] {
        var runs: [[Range<Int>]] = [], run: [Range<Int>] = [], position = 0, falseStarts = 0
        if let header = try wholeHeader() {
            run = [0..<header.size]
            position = header.size
        }
        while position < file.size, falseStarts < Self.mostFalseStarts {
            if let size = try size(ofFrameAt: position) {
                run.append(position..<position + size)
                position += size
                continue
            }
            if !run.isEmpty { runs.append(run) }
            run = []
            falseStarts += 1
            guard let next = try nextStart(after: position) else { break }
            position = next
        }
        return run.isEmpty ? runs : runs + [run]
    }

    private func wholeHeader() throws -> (content: [UInt8], size: Int)? {
        let bytes = try bytes(at: 0, Zstd.bound(Self.largestHeader))
        guard let size = Zstd.frameSize(bytes.span) else { return nil }
        let frame = [UInt8](bytes.prefix(size))
        guard SeekableZstdFile.checksum(of: frame) != nil else { return nil }
        // Only the bytes are judged here; that they could be read is known.
        guard let content = try? Zstd.decompress(frame.span, limit: Self.largestHeader, file: file.path) else {
            return nil
        }
        return isHeader(content) ? (content, size) : nil
    }

    /// The number of bytes of the intact frame at an offset; nil if there is none.
    private func size(ofFrameAt offset: Int) throws -> Int? {
        let bytes = try bytes(at: offset, Zstd.bound(contentSize))
        guard let size = Zstd.frameSize(bytes.span) else { return nil }
        let frame = [UInt8](bytes.prefix(size))
        guard SeekableZstdFile.checksum(of: frame) != nil else { return nil }
        var content = try Memory.zeros(contentSize, for: file.path), span = content.mutableSpan
        let damaged = FormatError(file: file.path, problem: "is damaged", advice: "copy or make it again")
        let isWhole = (try? decompressor.decode(frame.span, into: &span) { _ in damaged }) != nil
        return isWhole ? size : nil
    }

    private func bytes(at offset: Int, _ most: Int) throws -> [UInt8] {
        try file.bytes(at: offset, count: min(most, file.size - offset))
    }

    /// The next offset at which a frame may start.
    private func nextStart(after offset: Int) throws -> Int? {
        let magic = SeekableZstd.field(SeekableZstd.frameMagic), piece = 1 << 18
        var start = offset + 1
        while start + magic.count <= file.size {
            let bytes = try bytes(at: start, piece)
            let found = bytes.indices.dropLast(magic.count - 1).first { index in
                bytes[index] == magic[0] && bytes[index..<index + magic.count].elementsEqual(magic)
            }
            if let found { return start + found }
            start += bytes.count - magic.count + 1
        }
        return nil
    }

    /// Whether the table of `count` frames begins at an offset.
    private func isTable(at offset: Int, of count: Int) throws -> Bool {
        let length = SeekableZstd.tableSize(of: count) - SeekableZstd.headerSize
        let start = SeekableZstd.field(SeekableZstd.skippable) + SeekableZstd.field(length)
        return try offset >= 0 && bytes(at: offset, start.count) == start
    }
}
