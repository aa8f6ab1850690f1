import Formats
import Foundation
import TestSupport
import Testing

@Suite struct SetAsideTests {
    private let folder = try! TemporaryFolder()

    @Test func everyFileKeepsItsContentUnderANameOfItsOwn() throws {
        let path = folder.file("x")
        for number in 1...3 {
            try folder.write([UInt8(number)], to: "x")
            #expect(try SetAside.rename(path) == path + ".damaged" + (number == 1 ? "" : ".\(number)"))
        }
        #expect(try folder.names == ["x.damaged", "x.damaged.2", "x.damaged.3"])
        #expect(try folder.bytes(of: "x.damaged") == [1] && folder.bytes(of: "x.damaged.3") == [3])
    }

    @Test func aCopyIsKeptOnceAndFoundByItsDigest() throws {
        let path = try folder.write([1, 2], to: "x"), digest = try Digest.ofFile(path)
        #expect(try SetAside.copy(of: path, sha256: digest) == nil)
        for _ in 1...2 { try SetAside.keepCopy(of: path) }
        #expect(try folder.names == ["x", "x.damaged"])
        try folder.write([3], to: "x")
        try SetAside.keepCopy(of: path)
        #expect(try SetAside.copy(of: path, sha256: digest) == path + ".damaged")
        try SetAside.removeCopy(of: path, sha256: Digest.ofFile(path))
        #expect(try folder.names == ["x", "x.damaged"])
    }

    @Test func tooManyAreRefused() throws {
        let path = try folder.write([0], to: "x")
        for number in 1...99 { try folder.write([], to: "x.damaged" + (number == 1 ? "" : ".\(number)")) }
        let error = #expect(throws: FormatError.self) { try SetAside.rename(path) }
        #expect(error?.description.contains("has 99 damaged predecessors beside it") == true)
        #expect(try folder.bytes(of: "x") == [0])
    }
}
