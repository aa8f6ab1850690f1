import Formats
import Foundation
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

    /// The name of a leftover of a process number that Linux never assigns.
    private func leftover(_ name: String, host: String? = nil) -> String {
        ".\(name).99999999@\(host ?? machineName).partial"
    }

    @Test func whatTheDeadLeftIsRemovedAndWhatTheLivingWriteIsNot() throws {
        let elsewhere = leftover("z", host: "elsewhere")
        try folder.write([1], to: leftover("y"))
        try folder.write([1], to: elsewhere)
        try Folder.make(folder.file(leftover("f.shards") + "/inputs"))
        let living = try AtomicFile(path: folder.file("living")),
            filling = try AtomicFolder(path: folder.file("filling"))
        try living.append([1].span)
        let other = try AtomicFile(path: folder.file("x"))
        try other.commit()
        let names = try folder.names.filter { !$0.contains(".\(getpid())@") }
        #expect(names.sorted() == [elsewhere, "x"].sorted())
        try living.commit()
        try filling.commit()
        #expect(try folder.names.sorted() == [elsewhere, "x", "living", "filling"].sorted())
    }

    @Test func aFolderAppearsWholeOrNotAtAll() throws {
        do {
            let output = try AtomicFolder(path: folder.file("out"))
            let file = try AtomicFile(path: output.temporary + "/in")
            try file.commit()
        }
        #expect(try folder.names == [])
        let output = try AtomicFolder(path: folder.file("out"))
        try output.commit()
        #expect(try folder.names == ["out"])
    }

    @Test func aNameOfTheGreatestLengthHasRoom() throws {
        let name = String(repeating: "é", count: 127)
        try AtomicFile(path: folder.file(name)).commit()
        #expect(try folder.names == [name])
    }

    @Test func digestsAreThoseOfSha256sum() throws {
        let path = try folder.write([UInt8]("abc".utf8), to: "abc")
        #expect(try Digest.ofFile(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
