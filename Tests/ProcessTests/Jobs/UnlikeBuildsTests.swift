import Configuration
import Foundation
import TestSupport
import Testing

/// The build under test against one for AVX2, of the same sources: every bit of a run is the same, and ranks of both are one
/// job.
@Suite(.tags(.slow), .unlessFast, .withABuildForAVX2) struct UnlikeBuildsTests {
    private let builds = [Command.path(of: "convlstm-dist"), OtherBuild.path]

    private static let options = ["--virtual-ranks", "2", "--steps", "2"]

    /// One process of each build, all presets, with each algorithm of convolution: which is faster differs.
    @Test(arguments: Presets.all.map(\.name), ["winograd", "im2col"])
    func bothBuildsTrainTheSame(preset: String, convolution: String) throws {
        let system = try SmallSystem(preset)
        let outcomes = try builds.map { build in
            let output = system.example.freshOutput()
            let arguments = system.arguments(output, Self.options + ["--convolution", convolution])
            let result = try Command.run(build, arguments, directory: system.example.folder.path)
            try #require(result.status == 0, "\(result.stderr)")
            return try RunOutcome(system.example, output, step: 2)
        }
        #expect(outcomes[0] == outcomes[1] && !outcomes[0].tensors.isEmpty && outcomes[0].losses.count == 2)
    }

    /// Either build may be rank 0; the log says which ranks run which.
    @Test(arguments: [[0, 1], [1, 0]]) func ranksOfBothBuildsTrainTogether(order: [Int]) throws {
        let system = try SmallSystem("small"), options = Self.options + ["--convolution", "winograd"]
        let alone = try system.train(ranks: 0, options)
        let output = system.example.freshOutput()
        let ranks = order.map { ["-np", "1", builds[$0]] + system.arguments(output, options) }.joined(separator: [
            ":"
        ])
        let result = try Command.run(
            "mpirun", Mpirun.options + ranks, environment: Mpirun.rootIsWelcome, directory: system.example.folder.path)
        try #require(result.status == 0, "\(result.stderr)")
        #expect(try RunOutcome(system.example, output, step: 2) == RunOutcome(system.example, alone, step: 2))
        let log = try system.example.text(of: "log.txt", output)
        #expect(log.contains("builds of the same sources: 1 rank for "), "\(log)")
        #expect(log.contains("1 rank for AVX2 on "))
    }
}

/// The build for x86-64-v3 that Launch/test and Launch/install leave in the repository's folder.
private enum OtherBuild {
    static let path = Repository.path + ".build-x86-64-v3/release/convlstm-dist"

    /// Why it is of no use here; nil if it is.
    static let obstacle: String? = {
        guard let other = try? Command.run(path, ["--version"]), other.status == 0 else {
            return "there is no build for x86-64-v3 in .build-x86-64-v3 (Launch/install makes one)"
        }
        func sources(_ text: String) -> Substring? { text.firstMatch(of: /sources ([0-9a-f]+)/)?.1 }
        guard let mine = try? Command.run("convlstm-dist", ["--version"]).stdout, sources(mine) == sources(other.stdout)
        else { return "the build in .build-x86-64-v3 is of other sources (Launch/install makes it anew)" }
        return mine.contains("for AVX2") ? "the build under test is one for AVX2 itself" : nil
    }()
}

extension Trait where Self == ConditionTrait {
    fileprivate static var withABuildForAVX2: Self {
        .enabled(if: OtherBuild.obstacle == nil, Comment(rawValue: OtherBuild.obstacle ?? ""))
    }
}
