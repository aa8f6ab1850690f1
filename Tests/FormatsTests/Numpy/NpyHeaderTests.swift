import Formats
import TestSupport
import Testing

@Suite struct NpyHeaderTests {
    let folder = try! TemporaryFolder()

    /// Writes a version 1 file with this header and `count` zeros.
    private func write(_ text: String, count: Int = 0, to name: String = "x.npy") throws {
        let length = text.utf8.count
        let start = NpyHeader(type: .uint8, shape: []).encoded[..<8] + [UInt8(length & 255), UInt8(length >> 8)]
        try folder.write([UInt8](start) + text.utf8 + [UInt8](repeating: 0, count: count), to: name)
    }

    private func refuse(_ phrase: String, _ note: String) throws {
        let error = #expect(throws: FormatError.self, "\(note)") { try folder.array("x.npy") }
        #expect(error?.description.contains(phrase) == true, "\(note): \(String(describing: error))")
        #expect((error?.description.utf8.count ?? 0) < 400)
    }

    @Test(arguments: [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 3L), }",
        "{'shape': (2,3), 'fortran_order':False,'descr':'|u1'}",
        "  {\"descr\" : \"u1\" , \"fortran_order\" : False , \"shape\" : ( 2 , 3 , ) }   \n",
        "{'descr': '<u1', 'fortran_order': False, 'shape': (1L, 2L, 3L, 1L)}",
        "{'descr': '>u1', u'fortran_order': False, 'shape': (6L,), }",
        "{'descr': '|u1', 'fortran_order': True, 'shape': (6,), }",
    ]) func whatAnyNumpyWroteIsRead(text: String) throws {
        try write(text, count: 6)
        #expect(try folder.array("x.npy").header.type == .uint8)
        #expect(try folder.array("x.npy").header.byteCount == 6)
    }

    @Test func shapesOfPython2AreThoseOfToday() throws {
        try write("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4, 5L), }\n", count: 240)
        #expect(try folder.array("x.npy").header == NpyHeader(type: .float32, shape: [3, 4, 5]))
    }

    @Test(arguments: [
        "(6)", "[6]", "6", "(-6,)", "(6.0,)", "(2, 3", "(a,)", "(True, 6)", "('6',)", "(9223372036854775808,)", "None",
        "(06,)",
        "((6,),)", "(6,), 'shape': (6,)", "(6,), 'more': 1", "(,)", "(2,,3)",
        "(4611686018427387904, 4611686018427387904)",
        "(9223372036854775807L, 9)", "(\(String(repeating: "1, ", count: 65)))",
        "(\(String(repeating: "9", count: 30_000)),)",
    ]) func othersShapesAreRefused(shape: String) throws {
        try write("{'descr': '|u1', 'fortran_order': False, 'shape': \(shape)}\n", count: 6)
        try refuse("x.npy", shape)
    }

    /// A parser with backtracking would start over at each repetition of these parts.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "'shape':(", "'descr': '", "\"fortran_order\" : ", "(", "[", "{'a':", "(1,", "'\\", "((),", "{", " ", "1L,",
        ]) func aLongHeaderTakesNoTime(part: String) throws
    {
        try write(
            "{'descr': '|u1', 'fortran_order': False, " + String(repeating: part, count: 65_000 / part.utf8.count))
        let took = try ContinuousClock().measure { try refuse("damaged .npy header", part) }
        #expect(took < .seconds(2))
    }

    @Test func arraysOfOtherTypesAreRefusedWithWhatKeepsTheirValues() throws {
        let float = "save array.astype('float32') instead"
        for (type, phrase) in [
            ("<u4", float), ("<i8", float), ("|i1", float), ("<f12", float), (">u4", float),
            ("?", "save array.astype('bool') instead"), ("<c8", "numpy.abs"), ("|O", "Python objects"),
            ("<U5", "elements of type <U5"), ("|V8", "records"), ("<M8[D]", "<M8[D]"),
            (String(repeating: "z", count: 9000), "zzz..."),
        ] {
            try write("{'descr': '\(type)', 'fortran_order': False, 'shape': (0,)}")
            try refuse(phrase, type)
        }
        for records in ["[('a', '<f4'), ('b', '|u1', (2, 3))]", "('<f4', (2,))"] {
            try write("{'descr': \(records), 'fortran_order': False, 'shape': (0,)}")
            try refuse("array['x']", records)
        }
    }

    @Test func bytesBehindTheArrayAreRefused() throws {
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}"
        try write(header, count: 7)
        try refuse("has bytes behind its array: its shape [2, 3] needs 6 bytes and it has 7", "surplus")
        let array = NpyHeader(type: .uint8, shape: [5]).encoded + [1, 2, 3, 4, 5]
        try folder.write(array + array, to: "x.npy")
        try refuse("holds another array after the first; save each array in a file of its own", "two")
    }
}
