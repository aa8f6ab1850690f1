import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// Arrays with axes in any order, in either order of memory and bytes, of any type.
@Suite struct AxisOrderTests {
    let folder = try! TemporaryFolder()
    private static let extents: [Character: Int] = ["N": 3, "T": 4, "H": 2, "W": 5, "C": 2]

    /// The number at a place: unlike any other, and small enough for a byte.
    private func number(_ place: [Character: Int]) -> Int {
        "NTHWC".reduce(0) { $0 * Self.extents[$1]! + (place[$1] ?? 0) }
    }

    /// Writes an array whose axes are in this order.
    private func write(
        _ axes: String, isFortran: Bool, type: String = "u1", bytes: (Int) -> [UInt8] = { [UInt8($0)] }
    ) throws {
        let letters = Array(axes), stored = isFortran ? letters.reversed() : letters
        let shape = letters.map { "\(Self.extents[$0]!)" }.joined(separator: ", ")
        let text = "{'descr': '\(type)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(shape),), }"
        var content = NpyHeader(type: .uint8, shape: []).encoded[..<8] + [UInt8(text.utf8.count), 0] + text.utf8
        let count = letters.reduce(1) { $0 * Self.extents[$1]! }
        for index in 0..<count {
            var rest = index, place: [Character: Int] = [:]
            for letter in stored.reversed() {
                place[letter] = rest % Self.extents[letter]!
                rest /= Self.extents[letter]!
            }
            content += bytes(number(place))
        }
        try folder.write([UInt8](content), to: "x.npy")
    }

    private func array() throws -> NpyFile {
        try NpyFile(path: folder.file("x.npy"), scratchFolder: folder.path, isAnyOrder: true)
    }

    private func permutations(_ text: String) -> [String] {
        guard text.count > 1 else { return [text] }
        return text.flatMap { first in permutations(text.filter { $0 != first }).map { "\(first)\($0)" } }
    }

    @Test(arguments: [false, true]) func everyOrderOfAxesGivesTheSameSequences(isFortran: Bool) throws {
        for axes in permutations("NTHWC") + permutations("NTHW") {
            try write(axes, isFortran: isFortran)
            let sequences = try ArraySequences(array(), order: #require(AxisOrder(axes)))
            let channels = axes.contains("C") ? 2 : 1
            #expect(sequences.geometry == SequenceGeometry(frames: 4, height: 2, width: 5, channels: channels))
            let one = 4 * 2 * 5, step = channels == 2 ? 1 : 2
            let expected = (one..<3 * one).flatMap { pixel in (0..<channels).map { UInt8(2 * pixel + $0 * step) } }
            #expect(try sequences.bytes(of: 1..<3) == expected, "\(axes)")
        }
    }

    @Test func aPartOfAFilmIsReadFromAnyOrder() throws {
        for axes in permutations("THW") {
            for isFortran in [false, true] {
                try write(axes, isFortran: isFortran)
                let film = try ArrayFilm.all(of: array(), #require(AxisOrder(axes)), nil)[0]
                var bytes = [UInt8](repeating: 0, count: 20), span = bytes.mutableSpan
                try film.read(frames: 1..<3, into: &span)
                #expect(bytes == Array(stride(from: 20, to: 60, by: 2)), "\(axes)")
            }
        }
    }

    @Test(arguments: ["<u2", ">u2", "<i2", ">i2", "<i4", ">i4", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|b1"])
    func everyTypeKeepsItsNumbers(type: String) throws {
        let big = type.hasPrefix(">"), kind = type.dropFirst()
        try write("NHWT", isFortran: false, type: type) { number in
            let little: [UInt8] =
                switch kind {
                case "u2", "i2": Shards.ElementType.int16.bytes(of: Double(number))
                case "i4": Shards.ElementType.int32.bytes(of: Double(number))
                case "f2": Shards.ElementType.float16.bytes(of: Double(number))
                case "f4": Shards.ElementType.float32.bytes(of: Double(number))
                case "f8": withUnsafeBytes(of: Double(number)) { [UInt8]($0) }
                default: [UInt8(number / 2 % 2)]
                }
            return big ? little.reversed() : little
        }
        let sequences = try ArraySequences(array(), order: #require(AxisOrder("NHWT")))
        let expected = (40..<80).map { kind == "b1" ? Float($0 % 2) : Float(2 * $0) }
        var values = [Float](repeating: 0, count: 40), span = values.mutableSpan
        StoredNumbers(sequences.elementType).decode(try sequences.bytes(of: 1..<2)[...], into: &span)
        #expect(values == expected)
        let types = ["u2": "uint16", "i2": "int16", "i4": "int32", "f2": "float16", "b1": "uint8"]
        #expect(sequences.elementType.rawValue == types[String(kind)] ?? "float32")
    }

    @Test func wherePlacesAreInDoubtAPersonIsAsked() throws {
        let error = #expect(throws: ShardError.self) { try AxisOrder.read([1000, 384, 384, 49], file: "x.npy") }
        #expect(
            error?.description
                == "x.npy has the shape [1000, 384, 384, 49], in which the last axis may be frames; name what it is: "
                + "--axes NTHW for 1000 sequences of 384 frames of 384 x 49 x 1, --axes TNHW for 384 sequences of 1000 frames of "
                + "384 x 49 x 1, --axes NHWT for 1000 sequences of 49 frames of 384 x 384 x 1")
        for shape in [[384, 384, 49], [64, 64, 64], [20, 64, 8]] {
            let film = #expect(throws: ShardError.self) { try AxisOrder.read(shape, file: "x.npy") }
            #expect(film?.description.contains("--axes THW for a film of \(shape[0]) frames") == true, "\(shape)")
        }
    }

    @Test(arguments: [
        ([3168, 565, 784], "THW"), ([40, 1226, 760], "THW"), ([20, 101, 64, 64], "TNHW"), ([2000, 1, 64, 64], "TCHW"),
    ])
    func shapesWithoutADoubtAreRead(shape: [Int], axes: String) throws {
        #expect(try AxisOrder.read(shape, file: "x.npy").order.description == axes)
    }

    @Test func lettersAreEachOnceAndFitTheShape() throws {
        for text in ["", "NT", "NHW", "NTHHW", "NTHWX", "THWCC"] { #expect(AxisOrder(text) == nil, "\(text)") }
        #expect(AxisOrder("nhwt")?.description == "NHWT")
        try write("NTHW", isFortran: false)
        let error = #expect(throws: ShardError.self) { try ArraySequences(array(), order: #require(AxisOrder("THW"))) }
        #expect(error?.description.contains("THW names 3 axes; give --axes with a letter for each of 4") == true)
    }

    @Test func missingNumbersOfFloatsAreNaNOnlyWhereAPersonSaysSo() throws {
        try write("NTHW", isFortran: false, type: "<f4") {
            $0 == 82 ? Shards.ElementType.float32.bytes(of: .nan) : Shards.ElementType.float32.bytes(of: 1)
        }
        let order = try #require(AxisOrder("NTHW"))
        let error = #expect(throws: ShardError.self) { try ArraySequences(array(), order: order).bytes(of: 0..<3) }
        #expect(
            error?.description.contains("holds nan in sequence 1; if NaN is missing, say so with --missing nan") == true
        )
        let sequences = try ArraySequences(array(), order: order, given: GivenMeaning(missing: .nan))
        #expect(
            StoredNumbers(.float32, sequences.facts.values).measure(try sequences.bytes(of: 0..<3)[...]).missing == 1)
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func objectsInAnArchiveDoNotCountUnlessTheyAreNamed() throws
    {
        try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); dates = n.array([None, 'a'], dtype=object)
            n.savez('plain.npz', data=n.zeros((2, 3), 'i2'), dates=dates, miss_dates=dates)
            n.savez_compressed('packed.npz', data=n.zeros((2, 3), 'i2'), dates=dates)
            """, [folder.path])
        for name in ["plain.npz", "packed.npz"] {
            let array = try NpyFile(path: folder.file(name), scratchFolder: folder.path)
            #expect(array.header == NpyHeader(type: .int16, shape: [2, 3]))
            let error = #expect(throws: FormatError.self) {
                try NpyFile(path: folder.file(name), key: "dates", scratchFolder: folder.path)
            }
            #expect(error?.description.contains("Python objects") == true)
        }
    }
}
