import Foundation
import Shards
import TestSupport
import Testing

/// The newest frames of a folder that frames are added to.
@Suite struct NewestFramesTests {
    private let folder = try! TemporaryFolder()
    private let rain = RainGenerator(frames: 8, size: 24, count: 1, seed: 5)
    private var archive: String { folder.file("archive") }

    init() throws {
        try RainArchive(rain, start: Date(timeIntervalSince1970: 1_780_272_000)).writeODIM(to: archive) { _ in }
    }

    /// The files of the archive in the order of their times.
    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: archive).sorted() }
    }

    private func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(archive)/\(file)") }

    @Test func theLastFramesAreReadWithTheirTimes() throws {
        let found = try NewestFrames(path: archive, count: 3)
        #expect((found.height, found.width, found.channels) == (24, 24, 1) && found.timeStep == 300)
        #expect(found.firstTime == Date(timeIntervalSince1970: 1_780_272_000 + 5 * 300))
        #expect(found.description?.unit == "mm/h" && found.remarks.contains { $0.contains("newest frame is of") })
        let expected = try rain.sequence(0)[(5 * 576)...]
        #expect(found.values.count == expected.count)
        for (value, rate) in zip(found.values, expected) {
            #expect(rate.isNaN ? value.isNaN : abs(value - rate) < 0.0051)
        }
    }

    @Test func aFrameThatDidNotComeIsMissing() throws {
        try remove(files[6])
        let found = try NewestFrames(path: archive, count: 3)
        #expect(found.remarks.contains { $0.contains("1 of the newest 3 frames did not come") })
        #expect(found.values[576..<1152].allSatisfy(\.isNaN) && !found.values[1152...].allSatisfy(\.isNaN))
        #expect(found.firstTime == Date(timeIntervalSince1970: 1_780_272_000 + 5 * 300))
    }

    @Test func tooFewFramesAreSaid() throws {
        for file in try files[2..<7] { try remove(file) }
        #expect { try NewestFrames(path: archive, count: 3) } throws: {
            "\($0)".contains("ends with 1 frame without a longer gap, and the network sees 3")
        }
        #expect(throws: (any Error).self) { try NewestFrames(path: folder.file("nothing"), count: 3) }
    }
}
