// The checks of the `doctor` command on a machine or a job. The choice: a pure function of the facts that the
// ranks gathered.

import Supervision
import Foundation
import Reports

/// How the job was started.
package struct LaunchFacts: Codable, Sendable, Equatable {
    /// The MPI library's description of itself.
    package var library: String
    /// The launcher, such as "mpirun" or "srun"; nil for a process started without one.
    package var launcher: String?
    /// The number of processes for which the launcher's hosts have slots, if it reports it.
    package var slots: Int?
    /// The first line of `mpirun --version`, read only by a process without a launcher; nil if there is no mpirun.
    package var mpirun: String?
    package var isRoot: Bool
    /// Whether the environment allows root to use mpirun.
    package var rootMayRun: Bool

    package init(
        library: String, launcher: String? = nil, slots: Int? = nil, mpirun: String? = nil, isRoot: Bool = false,
        rootMayRun: Bool = false
    ) {
        (self.library, self.launcher, self.slots, self.mpirun) = (library, launcher, slots, mpirun)
        (self.isRoot, self.rootMayRun) = (isRoot, rootMayRun)
    }
}

/// The findings about a job.
package struct Diagnosis: Codable, Sendable, Equatable {
    package let launch: LaunchFacts
    package let ranks: [RankFacts]
    package let findings: [Finding]

    /// - Parameter ranks: the facts of all ranks; at least one.
    package init(_ ranks: [RankFacts], _ launch: LaunchFacts) {
        (self.ranks, self.launch) = (ranks, launch)
        let hosts = Dictionary(grouping: ranks, by: \.host).sorted { $0.key < $1.key }
        findings =
            Self.mpi(launch, ranks: ranks.count, hosts: hosts.count) + Self.root(launch)
            + hosts.flatMap { CoreUse.findings(about: $0.value.map(\.coreUse), host: $0.key) } + Self.kernels(ranks)
            + Self.build(ranks)
            + hosts.flatMap { Self.memory($0.value[0], host: $0.key) + Self.sharedMemory($0.value, host: $0.key) }
            + Self.disk(ranks[0])
    }

    /// Whether something will not work.
    package var isFailure: Bool { findings.contains { $0.state == .failure } }
}

// Launching and communication.
extension Diagnosis {
    private static func mpi(_ launch: LaunchFacts, ranks: Int, hosts: Int) -> [Finding] {
        guard let launcher = launch.launcher else {
            let alone = "\(launch.library); this is one process alone, without MPI"
            guard let mpirun = launch.mpirun else {
                return [
                    .warning(
                        "MPI", "\(alone), and there is no mpirun to start several",
                        remedy: "apt-get install openmpi-bin")
                ]
            }
            guard mpirun.contains("Open MPI") else {
                return [
                    .warning(
                        "MPI", "\(alone), and the mpirun on the PATH is another MPI's (\(mpirun))",
                        remedy: "apt-get install openmpi-bin; update-alternatives --config mpirun")
                ]
            }
            return [.ok("MPI", "\(alone); \(mpirun) starts several")]
        }
        let slots = launch.slots.map { ", \(counted($0, "slot"))" } ?? ""
        let text =
            "\(launch.library); \(launcher) started \(counted(ranks, "rank")) on \(counted(hosts, "host"))\(slots)"
        return [.ok("MPI", text)]
    }

    private static func root(_ launch: LaunchFacts) -> [Finding] {
        guard launch.isRoot, launch.launcher == nil, launch.mpirun != nil else { return [] }
        return launch.rootMayRun
            ? [.ok("root", "mpirun is allowed to run as root")]
            : [
                .warning(
                    "root", "mpirun refuses to run as root",
                    remedy: "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1")
            ]
    }
}

// Cores and kernels.
extension Diagnosis {

    private static func kernels(_ ranks: [RankFacts]) -> [Finding] {
        let slowest = ranks.map(\.gigaflops).min()!, fastest = ranks.map(\.gigaflops).max()!
        let speed =
            ranks.count == 1
            ? "\(rounded(slowest)) GFLOP/s"
            : "\(rounded(slowest)) to \(rounded(fastest)) GFLOP/s per rank, all at once"
        let text =
            "\(ranks[0].openBLAS), \(Set(ranks.map(\.kernels)).sorted().joined(separator: " and ")) kernels, "
            + "\(counted(ranks[0].threads, "thread")): \(speed)"
        if let complaint = ranks.lazy.compactMap(\.kernelComplaint).first {
            return [.warning("OpenBLAS", "\(text). \(complaint)", remedy: "unset OPENBLAS_CORETYPE")]
        }
        guard slowest > fastest / 2 else {
            let slow = ranks.first { $0.gigaflops == slowest }!
            return [
                .warning(
                    "OpenBLAS", "\(text); all wait for rank \(slow.rank) on \(slow.host)",
                    remedy: "ssh \(slow.host) top")
            ]
        }
        return [.ok("OpenBLAS", text)]
    }

    private static func build(_ ranks: [RankFacts]) -> [Finding] {
        guard let poor = ranks.first(where: { $0.betterBuild != nil }), let command = poor.betterBuild else {
            let builds = Set(ranks.map(\.instructions)).sorted().joined(separator: " and ")
            return [.ok("build", "compiled for \(builds)")]
        }
        return [
            .warning("build", "compiled for \(poor.instructions), and \(poor.host) has wider vectors", remedy: command)
        ]
    }
}

// Memory and disk.
extension Diagnosis {
    private static let gigabyte = 1 << 30

    private static func memory(_ rank: RankFacts, host: String) -> [Finding] {
        guard let available = rank.availableMemory else {
            return [
                .warning(
                    "memory", "\(host): how much is available is not known, as /proc/meminfo cannot be read",
                    remedy: "ls -l /proc/meminfo; mount -t proc proc /proc")
            ]
        }
        let text = "\(host): \(inGigabytes(available)) available"
        return available >= gigabyte
            ? [.ok("memory", text)]
            : [
                .warning(
                    "memory", "\(text); a model and its batch may not fit", remedy: "convlstm-dist train --batch-size 4"
                )
            ]
    }

    /// Checks /dev/shm, where Open MPI gives each rank of a machine a segment of 4 MB, and some more for long
    /// messages.
    private static func sharedMemory(_ ranks: [RankFacts], host: String) -> [Finding] {
        guard let free = ranks[0].freeSharedMemory else {
            return [
                .warning(
                    "/dev/shm", "\(host): there is none, so ranks exchange messages through the network",
                    remedy: "mkdir -p /dev/shm && mount -t tmpfs tmpfs /dev/shm")
            ]
        }
        let text = "\(host): \(inGigabytes(free)) free for messages between ranks", segment = 4 << 20
        let remedy = "mount -o remount,size=1G /dev/shm"
        if ranks.count > 1 && free < segment * ranks.count { return [.failure("/dev/shm", text, remedy: remedy)] }
        return free < 4 * segment * ranks.count ? [.warning("/dev/shm", text, remedy: remedy)] : [.ok("/dev/shm", text)]
    }

    /// Checks the free disk space of rank 0, which writes the run's files.
    private static func disk(_ rank: RankFacts) -> [Finding] {
        guard rank.folderIsWritable else {
            return [
                .failure(
                    "disk", "\(rank.folder) cannot be written to",
                    remedy: "convlstm-dist train --output \"$HOME/runs/first\"")
            ]
        }
        guard let free = rank.freeDisk else {
            return [.warning("disk", "how much is free in \(rank.folder) is not known", remedy: "df -h .")]
        }
        let text = "\(inGigabytes(free)) free in \(rank.folder)"
        return free >= gigabyte
            ? [.ok("disk", text)]
            : [
                .warning(
                    "disk", "\(text), and a run keeps several checkpoints",
                    remedy: "df -h; convlstm-dist train --keep 1")
            ]
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.0f", value) }
}
