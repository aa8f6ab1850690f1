import Foundation
import TestSupport
import Testing

/// Launch/supervise over a real mpirun: ranks and hosts that are lost change nothing of the result.
@Suite(.tags(.slow), .unlessFast) struct SelfMendingJobTests {
    private let example = try! TrainingExample.shared.get()
    private let steps = 1500

    private var options: [String] {
        ["--virtual-ranks", "2", "--steps", "\(steps)", "--checkpoint-every", "50", "--evaluate-every", "500"]
    }

    /// The options of mpirun for hosts that fail, with a second each.
    private func impatient() throws -> [String] {
        let published = try Repository.text(of: "Launch/hosts.conf").replacing(/[0-9]+\n/, with: "1\n")
        return ["--tune", try example.folder.write(Array(published.utf8), to: "hosts-\(UUID().uuidString).conf")]
    }

    private func isAsUndisturbed(_ output: String) throws -> Bool {
        let whole = example.freshOutput()
        try example.train(ranks: 0, whole, options)
        return try RunOutcome(example, output, step: steps) == RunOutcome(example, whole, step: steps)
    }

    /// Runs a job in the background, and an action once it has reached a step.
    private func disturbing(_ job: String, _ output: String, by action: String) -> String {
        "\(job) & until grep -qs '^60,' \(output)/metrics.csv; do kill -0 $! || exit 99; sleep 0.01; done; \(action); wait $!"
    }

    @Test(.onTwoHosts) func aHostDisappearsAndTrainingEndsOnTheOther() throws {
        let hosts = try TwoHosts(), output = example.freshOutput()
        let job = try hosts.supervise(
            slots: [1, 1], options: impatient(), "convlstm-dist", example.arguments(output, options))
        let result = try hosts.shell(
            disturbing(job, output, by: hosts.lose), directory: example.folder.path, timeout: 120)
        try #require(result.status == 0, "\(result)")
        let (here, lost) = (TwoHosts.addresses[0], TwoHosts.addresses[1])
        for sentence in [
            "a job on \(here) \(lost), ranks: 2", "lost communication with a remote daemon",
            "exit code 205; it is started again (1 of 10 restarts", "\(lost) does not answer; this job goes without it",
            "a job on \(here), ranks: 1", "goes on after step ",
        ] { #expect(result.stderr.contains(sentence), "\(sentence): \(result.stderr)") }
        #expect(try isAsUndisturbed(output))
    }

    @Test func aKilledRankCostsAStart() throws {
        let output = example.freshOutput(), program = Command.path(of: "convlstm-dist")
        let words = [Repository.path + "Launch/supervise", "-np", "2"] + (try impatient()) + Mpirun.options + [program]
        let rank = """
            for process in $(pgrep -f -- '--output \(output) '); do
                [ "$(readlink /proc/$process/exe)" != \(program) ] || victim=$process
            done
            kill -KILL $victim
            """
        let job = (words + example.arguments(output, options)).joined(separator: " ")
        let result = try Command.run(
            "sh", ["-c", disturbing(job, output, by: rank)], environment: Mpirun.rootIsWelcome,
            directory: example.folder.path, timeout: 120)
        try #require(result.status == 0, "\(result)")
        #expect(result.stderr.contains("exit code 137; it is started again (1 of 10 restarts"), "\(result.stderr)")
        #expect(try isAsUndisturbed(output))
    }
}
