import Formats
import Foundation
import TestSupport
import Testing

@Suite struct FreeSpaceTests {
    @Test func aFolderThatTakesTheFileKeepsNothingOfIt() throws {
        let folder = try TemporaryFolder()
        try TrialWrite.require(3_000_001, in: folder.path)
        #expect(try Folder.names(in: folder.path) == [])
    }

    @Test func aDiskWithoutRoomIsSaid() throws {
        let folder = try TemporaryFolder()
        let error = try #require(throws: FormatError.self) { try TrialWrite.require(1 << 60, in: folder.path) }
        #expect(
            "\(error)".contains("\(folder.path) does not take a file of 1152921504606846976 bytes: it needs "),
            "\(error)")
    }
}
