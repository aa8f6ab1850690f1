import Formats
import Shards
import TestSupport
import Testing

@Suite struct ArraySequencesTests {
    let folder = try! TemporaryFolder()

    /// An array in which every byte encodes its index: 100 * frame + 10 * sequence + pixel.
    private func array(_ shape: [Int], _ places: (Int) -> (frame: Int, sequence: Int, pixel: Int)) throws -> NpyFile {
        let header = NpyHeader(type: .uint8, shape: shape)
        let bytes = (0..<header.byteCount).map { index in
            let place = places(index)
            return UInt8(100 * place.frame + 10 * place.sequence + place.pixel)
        }
        try NpyFile.write(bytes.span, header: header, to: folder.file("x.npy"))
        return try NpyFile(path: folder.file("x.npy"), scratchFolder: folder.path)
    }

    private func order(_ axes: String) throws -> AxisOrder { try #require(AxisOrder(axes)) }

    private let expected: [UInt8] = [10, 11, 110, 111, 20, 21, 120, 121]

    @Test func framesFirstIsTransposed() throws {
        let array = try array([2, 4, 1, 2]) { ($0 / 8, $0 / 2 % 4, $0 % 2) }
        let sequences = try ArraySequences(array, order: order("TNHW"))
        #expect(sequences.geometry == SequenceGeometry(frames: 2, height: 1, width: 2, channels: 1))
        #expect(sequences.count == 4)
        #expect(try sequences.bytes(of: 1..<3) == expected)
    }

    @Test(arguments: [[4, 2, 1, 2], [4, 2, 2, 1, 1], [4, 2, 1, 1, 2]]) func sequencesFirstIsReadThrough(
        shape: [Int]
    )
        throws
    {
        let array = try array(shape) { ($0 / 2 % 2, $0 / 4, $0 % 2) }
        let order = AxisOrder(.sequencesFirst, shape: shape)
        #expect(try ArraySequences(array, order: order).bytes(of: 1..<3) == expected)
    }

    @Test func framesInOneRowAreCutIntoSequences() throws {
        let array = try array([8, 1, 1, 2]) { ($0 / 2 % 2, $0 / 4, $0 % 2) }
        let films = try ArrayFilm.all(of: array, order("THWC"), nil)
        let cut = try FilmSequences(films, name: "x.npy", cutting: FilmCutting(frames: 2))
        #expect(try cut.bytes(of: 1..<3) == expected)
        #expect(throws: ShardError.self) { try ArraySequences(array, order: order("THWC")) }
        let uneven = #expect(throws: ShardError.self) {
            try AxisOrder.named(.concatenated, [8, 1, 1, 2], frames: 3, file: "x.npy")
        }
        #expect(uneven?.description.contains("not make whole sequences of 3") == true)
    }

    @Test func blocksCoverEverySequenceOnce() throws {
        let array = try array([2, 4, 1, 2]) { _ in (0, 0, 0) }
        #expect(try ArraySequences(array, order: order("TNHW")).blocks.flatMap(Array.init) == [0, 1, 2, 3])
    }

    @Test func doublesBecomeFloatsAndMustBeFinite() throws {
        for (value, accepted) in [(2.5, true), (.nan, false), (1e300, false), (-.infinity, false)] {
            let values = [0, 1, 2, value], header = NpyHeader(type: .float64, shape: [2, 1, 1, 2])
            let bytes = values.withUnsafeBytes { [UInt8]($0) }
            try NpyFile.write(bytes.span, header: header, to: folder.file("x.npy"))
            let array = try NpyFile(path: folder.file("x.npy"), scratchFolder: folder.path)
            let sequences = try ArraySequences(array, order: order("NTHW"))
            if accepted {
                #expect(try sequences.bytes(of: 1..<2) == [Float(2), 2.5].withUnsafeBytes { [UInt8]($0) })
            } else {
                let error = #expect(throws: ShardError.self) { try sequences.bytes(of: 0..<2) }
                #expect(error?.description.contains("sequence 1") == true)
            }
        }
    }
}
