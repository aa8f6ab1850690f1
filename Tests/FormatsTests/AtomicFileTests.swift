import Formats
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    let folder = try! TemporaryFolder()

    @Test func theNameAppearsWithTheLastByte() throws {
        let file = try AtomicFile(path: folder.file("x"), expecting: 6)
        try file.append([1, 2, 3].span)
        try file.append([4].span)
        try file.write([9].span, at: 1)
        #expect(try !folder.names.contains("x"))
        try file.commit()
        #expect(try folder.names == ["x"])
        #expect(try folder.bytes(of: "x") == [1, 9, 3, 4])
    }

    @Test func anAbandonedFileLeavesTheOldOneAndNothingElse() throws {
        try folder.write([7], to: "x")
        do {
            let file = try AtomicFile(path: folder.file("x"))
            try file.append([1, 2, 3].span)
            #expect(try folder.names.count == 2)
        }
        #expect(try folder.names == ["x"])
        #expect(try folder.bytes(of: "x") == [7])
    }

    @Test func aFullDiskIsKnownBeforeAByteIsWritten() throws {
        #expect(throws: FormatError.self) { try AtomicFile(path: folder.file("x"), expecting: 1 << 60) }
        #expect(try folder.names == [])
    }

    @Test func aMissingFolderIsNamed() throws {
        let path = folder.file("missing/x")
        let error = #expect(throws: FormatError.self) { try AtomicFile(path: path) }
        #expect(error?.description.contains(path) == true)
    }

    @Test func digestsAreThoseOfSha256sum() throws {
        let path = try folder.write([UInt8]("abc".utf8), to: "abc")
        #expect(try Digest.ofFile(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
