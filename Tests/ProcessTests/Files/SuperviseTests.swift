import Foundation
import TestSupport
import Testing

/// Launch/supervise, with a stand-in for mpirun that does what each test needs. `SelfMendingJobTests` has a real one.
@Suite struct SuperviseTests {
    private let folder = try! TemporaryFolder()
    private let script = Repository.path + "Launch/supervise"
    private let program = Command.path(of: "convlstm-dist")

    /// Runs a command line of the shell, in which `supervise` is the script.
    ///
    /// - Parameters:
    ///   - job: what mpirun does for the job of the number `$number`, counted from 1.
    ///   - answer: what it does where it asks the host `$host` for its name before the job `$number`.
    private func shell(_ line: String, job: String, answer: String = "echo $host") throws -> CommandResult {
        let mpirun = """
            #!/bin/bash
            number=$(($(cat jobs.txt 2> /dev/null | wc -l) + 1))
            if [[ "$*" == *" uname -n" ]]; then
                words="$*" host=${words##*--host } host=${host%%:*}
                \(answer)
                exit
            fi
            echo "$*" >> jobs.txt
            if [[ "$*" =~ --hostfile\\ ([^ ]+) ]]; then cp "${BASH_REMATCH[1]}" "hosts-$number"; fi
            \(job)
            """
        try install(mpirun, as: "mpirun")
        try folder.write(Array("# Three.\na slots=1\n\nb slots=2 # big\nc slots=1".utf8), to: "hosts.txt")
        let path = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        return try Command.run(
            "bash", ["-c", "supervise() { exec '\(script)' \"$@\"; }; \(line)"], environment: ["PATH": path],
            directory: folder.path)
    }

    /// Writes a script that the shell finds before a program of this name.
    private func install(_ script: String, as name: String) throws {
        let file = try folder.write(Array(script.utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    private func supervise(
        _ options: [String] = [], job: String, answer: String = "echo $host"
    ) throws -> CommandResult {
        let words = options + [program, "train", "--output", "run"]
        return try shell("supervise " + words.joined(separator: " "), job: job, answer: answer)
    }

    /// What mpirun was started with, for each job.
    private func jobs() throws -> [String] {
        guard try folder.names.contains("jobs.txt") else { return [] }
        return String(decoding: try folder.bytes(of: "jobs.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The hosts of a job.
    private func hosts(ofJob number: Int) throws -> [String] {
        String(decoding: try folder.bytes(of: "hosts-\(number)"), as: UTF8.self).split(separator: "\n")
            .map { String($0.prefix { $0 != " " }) }
    }

    @Test(arguments: [0, 1, 2]) func whatIsDoneOrWrongIsNotRepeated(status: Int32) throws {
        let result = try supervise(["-np", "2", "--tag-output"], job: "echo said; echo why >&2; exit \(status)")
        #expect(result.status == status && result.stdout == "said\n" && result.stderr == "why\n", "\(result)")
        let command = "\(program) train --output run"
        #expect(try jobs() == ["--tune \(Repository.path)Launch/hosts.conf -np 2 --tag-output \(command)"])
    }

    @Test(arguments: [69, 131, 137, 139, 142, 143, 205]) func whatWasLostIsStartedAgain(status: Int32) throws {
        let result = try supervise(job: "[[ $number -gt 2 ]] || exit \(status)")
        #expect(try result.status == 0 && jobs().count == 3 && Set(jobs()).count == 1, "\(result)")
        #expect(result.stderr.contains("exit code \(status); it is started again (2 of 10 restarts"), "\(result)")
    }

    @Test func itGivesUpInTheEnd() throws {
        let result = try supervise(["--restarts", "2"], job: "exit 137")
        #expect(try result.status == 137 && jobs().count == 3, "\(result)")
        #expect(result.stderr.hasSuffix("supervise: gives up: exit code 137, after 2 restarts (--restarts)\n"))
    }

    @Test func aRunThatWasToldToStopGoesOnHoweverOften() throws {
        let result = try supervise(["--restarts", "0"], job: "[[ $number -gt 3 ]] || exit 75")
        #expect(try result.status == 0 && jobs().count == 4, "\(result)")
    }

    /// Exit code 1 is also mpirun's own, and that of a run whose last ranks have not ended yet.
    @Test(arguments: [
        ("ORTE was unable to reliably start one or more daemons.", 1),
        ("An ORTE daemon has unexpectedly failed after launch and before", 1),
        ("convlstm-dist: another process trains in run: process 3 on b since 2026; wait for it", 137),
    ]) func anErrorOfTheHostsIsNoErrorOfTheRun(sentence: String, first: Int32) throws {
        let job = "if [[ $number == 1 && \(first) != 1 ]]; then exit \(first); fi; [[ $number -lt 3 ]] || exit 0"
        let result = try supervise(job: "\(job); echo '\(sentence)' >&2; exit 1")
        #expect(try result.status == 0 && jobs().count == 3, "\(result)")
    }

    /// A host is blamed by mpirun, by the name in the hostfile, or by a watchdog, by the name that it has itself.
    @Test(arguments: [
        ("mpirun noticed that process rank 1 with PID 5 on node b exited on signal 9 (Killed).", 137),
        ("  Remote daemon: [[19254,0],1] on node b", 205),
        ("Error: rank 1 of 4 on b.local is stuck: no sign of life while rank 0 waited for 75 s", 69),
    ]) func aHostThatFailsTwiceIsLeftOut(sentence: String, status: Int32) throws {
        let result = try supervise(
            ["--hostfile", "hosts.txt"], job: "[[ $number -lt 3 ]] || exit 0; echo '\(sentence)' >&2; exit \(status)",
            answer: "echo $host.local")
        #expect(try result.status == 0 && jobs().count == 3, "\(result)")
        #expect(try (1...3).map(hosts) == [["a", "b", "c"], ["a", "b", "c"], ["a", "c"]])
        #expect(result.stderr.contains("supervise: b has failed twice and is left out from now on\n"), "\(result)")
        #expect(result.stderr.hasSuffix("supervise: a job on a c, ranks: 2\n"), "\(result)")
    }

    @Test func aHostIsThereAgainWhenItAnswers() throws {
        let result = try supervise(
            ["--hostfile", "hosts.txt"], job: "[[ $number != 1 ]] || exit 137",
            answer: "[[ $host != b || $number != 1 ]] || exit 1; echo $host")
        #expect(result.status == 0, "\(result)")
        #expect(result.stderr.contains("supervise: b does not answer; this job goes without it\n"), "\(result)")
        #expect(try (1...2).map(hosts) == [["a", "c"], ["a", "b", "c"]])
    }

    @Test func tooFewRanksAreNoJob() throws {
        let options = ["--hostfile", "hosts.txt", "--min-ranks", "3"]
        let sentence = "slots for 2 ranks, and there should be 3 or more (--min-ranks)\n"
        let never = try supervise(options, job: "exit 0", answer: "[[ $host != b ]] || exit 1; echo $host")
        #expect(try never.status == 1 && never.stderr.hasSuffix(sentence) && jobs().isEmpty, "\(never)")
        let lost = try supervise(
            options, job: "exit 205", answer: "[[ $host != b || $number == 1 ]] || exit 1; echo $host")
        #expect(try lost.status == 205 && lost.stderr.hasSuffix(sentence) && jobs().count == 1, "\(lost)")
    }

    /// mpirun gets each signal once, and no other job follows. One that ended otherwise than it was told to can go on.
    @Test(arguments: [
        ("USR1", 75, 75), ("USR2", 75, 75), ("XCPU", 75, 75), ("USR1", 0, 0), ("USR1", 1, 1), ("USR1", 205, 75),
        ("TERM", 1, 143), ("INT", 1, 130), ("HUP", 1, 129), ("QUIT", 131, 131), ("TERM", 0, 0),
    ]) func signalsArePassedOnAndEndIt(signal: String, mpirun: Int32, status: Int32) throws {
        let job = "trap 'echo once >> signals; exit \(mpirun)' \(signal); touch ready; while true; do sleep 0.01; done"
        let line = "supervise \(program) train & until [ -e ready ]; do sleep 0.01; done; kill -\(signal) $!; wait $!"
        // As a job in the background of a shell would ignore what a terminal sends.
        let result = try shell("set -m; " + line, job: job)
        #expect(result.status == status, "\(result)")
        #expect(try jobs().count == 1 && folder.bytes(of: "signals").count == 5, "\(result)")
    }

    /// Open MPI's mpirun at times stays when all of its ranks have ended.
    @Test func anMpirunWithoutRanksIsEnded() throws {
        let stuck = "[[ $number != 1 ]] || { (sleep 2); exec sleep 1000; }"
        let result = try supervise(job: stuck)
        #expect(try result.status == 0 && jobs().count == 2, "\(result)")
        #expect(result.stderr.contains("mpirun does not end although its ranks have; it is killed"), "\(result)")
    }

    /// What looks for the end of mpirun may be slow, and look where nothing is any more.
    @Test func nothingIsSaidAfterTheEnd() throws {
        try install("#!/bin/bash\nsleep 0.5\nPATH=${PATH#*:} exec grep \"$@\"", as: "grep")
        let result = try shell("(supervise \(program) train); status=$?; sleep 1; exit $status", job: "sleep 0.3")
        #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
    }

    @Test(arguments: [
        ("supervise", "there is no `convlstm-dist train` in the command"),
        ("supervise -np 2 /nowhere/convlstm-dist train", "or no such program"),
        ("supervise PROGRAM evaluate", "there is no `convlstm-dist train` in the command"),
        ("supervise --hostfile", "--hostfile needs a value"),
        ("supervise --mca btl PROGRAM", "there is no `convlstm-dist train` in the command"),
        ("supervise --mca btl", "--mca needs a name and a value"),
        ("supervise --restarts some PROGRAM train", "some is no number of restarts"),
        ("supervise --min-ranks 2 PROGRAM train", "--min-ranks needs --hostfile"),
        ("supervise --host a,b PROGRAM train", "--host of mpirun names hosts that supervise could not replace"),
        ("supervise --tune none PROGRAM train", "none, from which mpirun learns how long to wait for hosts, is not"),
        ("supervise --hostfile none PROGRAM train", "the hostfile none is not there"),
        ("echo '# a' > h; supervise --hostfile h PROGRAM train", "the hostfile h names no host"),
        ("echo a > h; supervise --hostfile h PROGRAM train", "h, line 1: a needs slots=N"),
        ("echo a max_slots=2 > h; supervise --hostfile h PROGRAM train", "h, line 1: a needs slots=N"),
        ("printf 'a slots=1\\na slots=1' > h; supervise --hostfile h PROGRAM train", "h, line 2: a is there twice"),
        ("supervise --hostfile hosts.txt -np 4 PROGRAM train", "-np: with --hostfile there is a rank for each slot"),
        ("supervise PROGRAM train --resume never", "leave --resume away"),
        ("supervise PROGRAM train --resume=run/a.zst", "leave --resume away"),
    ]) func badInputGetsOneSentence(line: String, sentence: String) throws {
        let result = try shell(line.replacingOccurrences(of: "PROGRAM", with: program), job: "exit 0")
        #expect(result.status == 2 && result.stderr.contains(sentence), "\(result)")
        #expect(result.stderr.hasPrefix("Error: ") && result.stderr.split(separator: "\n").count == 1, "\(result)")
        #expect(try jobs().isEmpty)
    }

    /// The commands of the manual start a job each, whose ranks understand their options.
    @Test func theDocumentedCommandsAreUnderstood() throws {
        let pages = try ["Docs/HowTo/several-hosts.md", "Launch/README.md"].map(Repository.text)
        let lines = pages.flatMap { $0.split(separator: "\n") }.filter {
            $0.hasPrefix("    ") && $0.drop { $0 == " " }.hasPrefix("Launch/supervise ")
        }
        #expect(lines.count >= 2)
        for line in lines {
            let words = line.split(separator: " ").dropFirst().map { $0.hasSuffix("convlstm-dist") ? program : "\($0)" }
            let result = try shell(
                "printf 'a slots=8\\nb slots=8\\n' | tee hosts.txt > my-hosts; supervise \(words.joined(separator: " "))",
                job: "exit 0")
            #expect(result.status == 0, "\(line): \(result)")
            let command = try #require(words.firstIndex(of: program))
            let configuration = try Command.run(program, words[(command + 1)...] + ["--print-config"])
            #expect(configuration.status == 0, "\(line): \(configuration)")
        }
        #expect(try jobs().count == lines.count)
    }
}
