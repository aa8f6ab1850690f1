import Foundation
import TestSupport
import Testing

/// Launch/hostfile.example and Launch/hosts.conf, read by mpirun itself.
@Suite struct HostfileTests {
    private func mpirun(_ options: [String]) throws -> CommandResult {
        try Command.run(
            "mpirun", options, environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
    }

    /// Without launching anything, mpirun shows how it would assign ranks to hosts.
    @Test func mpirunReadsTheHosts() throws {
        let example = try Repository.text(of: "Launch/hostfile.example")
        let command = try #require(example.firstMatch(of: /mpirun --hostfile (\S+) -np (\d+) (.+)/))
        let plan = ["--do-not-launch", "--display-map", "--hostfile", Repository.path + command.1, "-np"]
        let result = try mpirun(plan + [String(command.2), "true"])
        try #require(result.status == 0, "\(result)")
        let hosts = example.split(separator: "\n").filter { !$0.hasPrefix("#") }
        for host in hosts {
            let name = host.split(separator: " ")[0], slots = try #require(host.firstMatch(of: /\ slots=(\d+)/)).1
            #expect(result.stdout.contains("node: \(name)\tNum slots: \(slots)"), "\(result.stdout)")
        }
        #expect(hosts.count >= 3 && result.stdout.contains("Num procs: 8"))
        let more = try mpirun(plan + ["\(Int(command.2)! + 1)", "true"])
        #expect(more.stderr.contains("not enough slots"), "\(more)")
        let words = command.3.split(separator: " ").dropFirst().map(String.init)
        #expect(try Command.run("convlstm-dist", words + ["--print-config"]).status == 0)
    }

    /// Open MPI ignores unknown parameters, so every name is looked up.
    @Test func everyParameterIsOneOfOpenMPI() throws {
        let names = try Repository.text(of: "Launch/hosts.conf").matches(of: /-mca (\w+) \d+/).map { String($0.1) }
        #expect(names.count == 6)
        let known = try Command.run("ompi_info", ["--param", "all", "all", "--level", "9", "--parsable"]).stdout
        for name in names { #expect(known.contains(":param:\(name):value:"), "\(name)") }
        #expect(try mpirun(["--tune", Repository.path + "Launch/hosts.conf", "-np", "1", "true"]).status == 0)
    }
}
