// Two hosts on one machine. The choice: two network namespaces joined by a virtual cable, each with its own host name,
// so that Open MPI finds two machines connected by TCP only. Programs and files are the same on both.

import Foundation

/// The hosts `first`, where mpirun runs, and `second`, which it reaches through a remote shell script.
///
/// Both disappear when the test releases this object. Root is required.
package final class TwoHosts {
    /// The addresses of the hosts, as mpirun expects them.
    package static let addresses = ["10.77.0.1", "10.77.0.2"]

    private static let network = "10.77.0.0/24"
    private let folder: TemporaryFolder
    private let names: [String]

    /// The reason why this machine cannot simulate two hosts, or nil.
    package static let obstacle: String? = {
        guard geteuid() == 0 else { return "network namespaces need root" }
        do {
            _ = try TwoHosts()
            return nil
        } catch {
            return "\(error)"
        }
    }()

    package init() throws {
        folder = try TemporaryFolder()
        let unique = "convlstm-\(getpid())-\(UInt16.random(in: 0 ... .max))"
        names = ["first", "second"].map { "\(unique)-\($0)" }
        for name in names { try Self.ip(["netns", "add", name]) }
        try Self.ip(
            ["link", "add", "cable", "netns", names[0], "type", "veth", "peer", "name", "cable", "netns", names[1]])
        for (name, address) in zip(names, Self.addresses) {
            try Self.ip(["-n", name, "address", "add", address + "/24", "dev", "cable"])
            for device in ["lo", "cable"] { try Self.ip(["-n", name, "link", "set", device, "up"]) }
        }
        // mpirun passes the host, which can only be the second one, and then the words of a command.
        let agent = "#!/bin/sh\nshift\nexec \(entering(1)) \"$*\"\n"
        try folder.write(Array(agent.utf8), to: "agent")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("agent"))
    }

    deinit {
        for name in names {
            endWhatRuns(in: name)
            try? Self.ip(["netns", "delete", name])
        }
    }

    /// Kills the processes of a host: a job that outlived its test would run for as long as Open MPI waits for the
    /// other host.
    private func endWhatRuns(in name: String) {
        let processes = (try? Command.run("ip", ["netns", "pids", name]).stdout) ?? ""
        for process in processes.split(separator: "\n").compactMap({ pid_t($0) }) { kill(process, SIGKILL) }
    }

    /// A command line for `/bin/sh` that starts a program's ranks on both hosts.
    ///
    /// - Parameters:
    ///   - ranks: the numbers of ranks on the first and the second host.
    ///   - options: further options of mpirun, beside those that make it find the hosts.
    package func mpirun(ranks: [Int], options: [String] = [], _ program: String, _ arguments: [String]) -> String {
        let hosts = zip(Self.addresses, ranks).map { "\($0):\($1)" }.joined(separator: ",")
        let launcher = ["mpirun", "-np", "\(ranks.reduce(0, +))", "--host", hosts]
        return start(launcher, options, program, arguments)
    }

    /// The same under Launch/supervise, from a hostfile.
    package func supervise(
        slots: [Int], options: [String] = [], _ program: String, _ arguments: [String]
    ) throws
        -> String
    {
        let lines = zip(Self.addresses, slots).map { "\($0) slots=\($1)\n" }.joined()
        let hostfile = try folder.write(Array(lines.utf8), to: "hosts.txt")
        return start([Repository.path + "Launch/supervise", "--hostfile", hostfile], options, program, arguments)
    }

    private func start(
        _ launcher: [String], _ options: [String], _ program: String, _ arguments: [String]
    ) -> String {
        let networks = ["oob_tcp_if_include", "btl_tcp_if_include"].flatMap { ["--mca", $0, Self.network] }
        let words =
            launcher + ["--mca", "plm_rsh_agent", folder.file("agent")] + networks + Mpirun.options + options
            + [Command.path(of: program)] + arguments
        return "\(entering(0)) '\(words.joined(separator: " "))'"
    }

    /// A command line that disconnects the cable.
    package var cut: String { link("down") }

    /// A command line after which the second host says nothing any more, to nobody.
    package var lose: String { "\(cut); ip netns pids \(names[1]) | xargs --no-run-if-empty kill -STOP" }

    /// A command line that reconnects the cable.
    package var mend: String { link("up") }

    /// Runs a command line on the local host; it may contain those above.
    package func shell(_ line: String, directory: String, timeout: Double = 60) throws -> CommandResult {
        try Command.run(
            "sh", ["-c", line], environment: Mpirun.rootIsWelcome, directory: directory, timeout: timeout)
    }

    private func link(_ state: String) -> String { "ip -n \(names[1]) link set cable \(state)" }

    /// The prefix that runs a command line on a host.
    private func entering(_ host: Int) -> String {
        let name = ["first", "second"][host]
        return "ip netns exec \(names[host]) unshare --uts sh -c 'hostname \(name); eval \"exec $0\"'"
    }

    private static func ip(_ arguments: [String]) throws {
        let result = try Command.run("ip", arguments)
        guard result.status == 0 else {
            throw Obstacle(description: "`ip \(arguments.joined(separator: " "))`: " + result.stderr)
        }
    }

    private struct Obstacle: Error, CustomStringConvertible {
        let description: String
    }
}
