import DataLoading
import Foundation
import TestSupport
import Testing

/// Data that a run's record names by a relative path, looked up from another folder.
@Suite struct DataPlaceTests {
    let folder = try! TemporaryFolder()

    private func make(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }

    private func found(_ name: String, output: String, run: String) -> String? {
        DataPlace.found(name, output: output, run: folder.file(run))
    }

    @Test func theFolderWhereTheRunWasStartedIsKnownFromItsPlace() throws {
        try make("work/films.shards")
        try make("work/runs/small")
        #expect(found("films.shards", output: "runs/small", run: "work/runs/small") == folder.file("work/films.shards"))
        let dotted = found("./films.shards", output: "./runs/small/", run: "work/runs/small")
        #expect(dotted?.hasSuffix("work/./films.shards") == true)
        #expect(found("films.shards", output: "runs/other", run: "work/runs/small") == nil)
        #expect(found("nowhere.shards", output: "runs/small", run: "work/runs/small") == nil)
    }

    @Test func aRunThatWasMovedIsLookedBeside() throws {
        try make("elsewhere/films.shards")
        try make("elsewhere/copy")
        #expect(
            found("films.shards", output: "runs/small", run: "elsewhere/copy") == folder.file("elsewhere/films.shards"))
        #expect(
            found("films.shards", output: "/gone/run", run: "elsewhere/copy") == folder.file("elsewhere/films.shards"))
    }

    @Test func absolutePathsAndGeneratedClipsAreWhatTheyAre() {
        #expect(found("/no/such.shards", output: "run", run: "run") == "/no/such.shards")
        #expect(found("generated", output: "run", run: "run") == "generated")
    }

    @Test func theRunOfAFileIsItsFolder() {
        #expect(DataPlace.run(ofFile: "/a/run/checkpoints/step-1.safetensors.zst") == "/a/run")
        #expect(DataPlace.run(ofFile: "/a/run/config.yaml") == "/a/run")
    }
}
