// `convlstm-shard split` and `generate` that are killed, or whose file system fails, at every single call that changes
// files: what they make is there as a whole or not at all, and the same command makes it.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct SplitAnywhereTests {
    private let folder = try! TemporaryFolder(inMemory: true)

    /// A command, in a folder of its own.
    struct Work: Sendable, CustomTestStringConvertible {
        var line: String
        /// The least number of calls that change files.
        var calls: Int

        var testDescription: String { line }
    }

    static let works = [
        Work(line: "split ../a-clean.npy --layout sequences-first --shards 2 --output out.shards", calls: 25),
        Work(
            line:
                "split ../a-clean.npy --inputs ../a-noisy.npy --layout sequences-first --shards 2 --output out.shards",
            calls: 50),
        Work(line: "generate moving-mnist --sequences 3 --frames 2 --size 32 --output out.npy", calls: 4),
        Work(line: "generate moving-squares --sequences 3 --frames 2 --size 8 --output out", calls: 12),
    ]

    init() throws {
        let made = try shard("generate moving-squares --sequences 10 --frames 3 --size 8 --output a", in: "")
        try #require(made.status == 0, "\(made)")
    }

    private func shard(_ line: String, in place: String, under fault: Fault? = nil) throws -> CommandResult {
        try Command.run(
            "convlstm-shard", line.split(separator: " ").map(String.init), environment: fault?.environment ?? [:],
            directory: folder.file(place))
    }

    private func freshPlace() throws -> String {
        let place = "work-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder.file(place), withIntermediateDirectories: false)
        return place
    }

    /// All files in a folder and the folders in it, hidden ones included, by their names.
    private func contents(_ place: String) throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.file(place)) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder.file("\(place)/\(name)"), isDirectory: &isFolder)
            contents[name] = isFolder.boolValue ? [] : try folder.bytes(of: "\(place)/\(name)")
        }
        return contents
    }

    /// What the command makes, and the number of its calls that change files.
    private func undisturbed(_ work: Work) throws -> (whole: [String: [UInt8]], calls: Int) {
        let place = try freshPlace(), notes = folder.file(place + "-calls")
        let result = try shard(work.line, in: place, under: .noted(in: notes, on: place))
        try #require(result.status == 0, "\(result)")
        let calls = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").count
        try #require(calls >= work.calls, "\(calls) calls")
        return (try contents(place), calls)
    }

    /// What has its name is whole, what has not is named as missing, and the same command makes all of it.
    private func nothingIsHalfThere(
        _ place: String, _ work: Work, _ whole: [String: [UInt8]], _ what: String
    ) throws {
        let found = try contents(place).filter { !$0.key.hasPrefix(".") }
        for (name, bytes) in found { #expect(whole[name] == bytes, "\(what): \(name)") }
        if found.keys.sorted() == whole.keys.sorted() { return }
        // Of a folder there is nothing before all of it is there; of several files there may be some.
        #expect(!found.keys.contains { $0.hasPrefix("out.shards") }, "\(what): \(found.keys)")
        if work.line.hasPrefix("split") {
            let info = try shard("info out.shards", in: place)
            #expect(info.status == 1 && info.stderr.contains("out.shards does not exist"), "\(what): \(info)")
            let training = ["train", "--data", "out.shards", "--steps", "1"]
            let train = try Command.run("convlstm-dist", training, directory: folder.file(place))
            #expect(train.status == 1 && train.stderr.contains("out.shards does not exist"), "\(what): \(train)")
        }
        var again = try shard(work.line, in: place)
        if !found.isEmpty {
            // Nothing is overwritten: the sentence says which file to remove.
            for name in found.keys.sorted() {
                #expect(again.status == 1 && again.stderr.contains("exists; remove it"), "\(what): \(again)")
                try FileManager.default.removeItem(atPath: folder.file("\(place)/\(name)"))
                again = try shard(work.line, in: place)
            }
        }
        #expect(again.status == 0, "\(what): \(again)")
        #expect(try contents(place) == whole, "\(what)")
    }

    @Test(arguments: works) func aKillLeavesAllOrNothing(work: Work) throws {
        let (whole, calls) = try undisturbed(work)
        for call in 1...calls {
            let place = try freshPlace(), what = "a kill at call \(call) of \(calls)"
            let killed = try shard(work.line, in: place, under: .killedAtCall(call, on: place))
            #expect(killed.status == 137, "\(what): \(killed)")
            try nothingIsHalfThere(place, work, whole, what)
        }
    }

    @Test(arguments: works, [EIO, ENOSPC]) func anErrorIsSaidAndLeavesAllOrNothing(work: Work, code: Int32) throws {
        let (whole, calls) = try undisturbed(work), reason = String(cString: strerror(code)).lowercased()
        for call in 1...calls {
            let place = try freshPlace(), what = "error \(code) of call \(call) of \(calls)"
            let failed = try shard(work.line, in: place, under: .failingCall(call, on: place, errno: code))
            #expect(failed.status == 1, "\(what): \(failed)")
            let lines = failed.stderr.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].hasPrefix("convlstm-shard: "), "\(what): \(failed)")
            #expect(lines.last?.contains("(\(reason))") == true, "\(what): \(failed)")
            try nothingIsHalfThere(place, work, whole, what)
        }
    }

    /// An interrupted call is repeated, and one that writes less goes on.
    @Test(arguments: works, [true, false]) func interruptionsAndShortWritesChangeNothing(
        work: Work, interrupts: Bool
    ) throws {
        let (whole, _) = try undisturbed(work)
        for first in [1, 2] {
            let place = try freshPlace()
            let fault: Fault =
                interrupts
                ? .everySecondCallInterrupted(from: first, on: place) : .everySecondWriteShort(from: first, on: place)
            let result = try shard(work.line, in: place, under: fault)
            #expect(result.status == 0, "from call \(first) on: \(result)")
            #expect(try contents(place) == whole, "from call \(first) on")
        }
    }
}
