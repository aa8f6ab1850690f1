import Configuration
import Foundation
import TestSupport
import Testing

/// Jobs over two hosts, which are network namespaces of this machine.
@Suite(.tags(.slow), .unlessFast, .onTwoHosts) struct HostsProcessTests {
    let hosts: TwoHosts
    let folder: TemporaryFolder

    init() throws { (hosts, folder) = (try TwoHosts(), try TemporaryFolder()) }

    /// Batch normalization makes the ranks communicate within a pass too. Two ranks on the first host share memory.
    @Test(arguments: [[1, 1], [2, 1]]) func trainingGivesTheSameBitsAsOnOneHost(ranks: [Int]) throws {
        let system = try SmallSystem("keras-stack-3") { $0.batchSize = 4 }, example = system.example
        let options = ["--virtual-ranks", "4", "--steps", "2"], output = example.freshOutput()
        let result = try hosts.shell(
            hosts.mpirun(
                ranks: ranks, options: ["--tune", Repository.path + "Launch/hosts.conf"], "convlstm-dist",
                system.arguments(output, options)),
            directory: example.folder.path)
        try #require(result.status == 0, "\(result.stderr)")
        let alone = try system.train(ranks: 0, options)
        #expect(try RunOutcome(example, output, step: 2) == RunOutcome(example, alone, step: 2))
    }

    @Test func everyRankKnowsItsHost() throws {
        let doctor = hosts.mpirun(ranks: [1, 1], "convlstm-dist", ["doctor"])
        let result = try hosts.shell(doctor, directory: folder.path)
        for row in [/0 +first\b/, /1 +second\b/] { #expect(result.stdout.contains(row), "\(result)") }
    }

    /// The cable is disconnected in the middle of a run, the job ends by itself, and the run resumes after
    /// reconnecting.
    @Test func aCutLinkEndsTheJobAndTheRunGoesOn() throws {
        let example = try TrainingExample.shared.get(), (cut, whole) = (example.freshOutput(), example.freshOutput())
        let virtualRanks = ["--virtual-ranks", "2", "--checkpoint-every", "3"]
        let endless = try job(example.arguments(cut, virtualRanks + ["--steps", "100000"]))
        let result = try hosts.shell(
            "\(endless) & until grep -qs '^8,' \(cut)/metrics.csv; do sleep 0.01; done; \(hosts.cut); wait $!",
            directory: example.folder.path)
        #expect(result.status != 0 && result.stderr.contains("lost communication with a remote daemon"), "\(result)")
        #expect(result.stderr.contains("on node \(TwoHosts.addresses[1])"), "\(result.stderr)")

        let reached = try #require(try example.column("step", of: "metrics.csv", cut).last.flatMap { Int($0) })
        let further = virtualRanks + ["--steps", "\(reached + 4)", "--checkpoint-every", "100000"]
        let second = try hosts.shell(
            "\(hosts.mend); " + job(example.arguments(cut, further)), directory: example.folder.path)
        #expect(second.status == 0 && second.stderr.contains("goes on after step "), "\(second.stderr)")
        try example.train(ranks: 0, whole, further)
        #expect(try RunOutcome(example, cut, step: reached + 4) == RunOutcome(example, whole, step: reached + 4))
    }

    /// A run on both hosts with the timeouts of Launch/hosts.conf set to one second each.
    private func job(_ arguments: [String]) throws -> String {
        let published = try Repository.text(of: "Launch/hosts.conf").replacing(/[0-9]+\n/, with: "1\n")
        let tuned = ["--tune", try folder.write(Array(published.utf8), to: "hosts.conf")]
        return hosts.mpirun(ranks: [1, 1], options: tuned, "convlstm-dist", arguments)
    }
}
