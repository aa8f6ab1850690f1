// The cores that one rank may use, compared with its number of threads.

import Reports

package struct CoreUse: Codable, Sendable, Equatable {
    package var rank: Int

    /// The indices of the cores that the rank may run on. `quota` is the number of cores that the container's quota
    /// is worth.
    package var cores: [Int]
    package var quota: Double?
    package var threads: Int

    package init(rank: Int, cores: [Int], quota: Double?, threads: Int) {
        (self.rank, self.cores, self.quota, self.threads) = (rank, cores, quota, threads)
    }
}

extension CoreUse {
    /// Compares the cores of a host with the threads of its ranks.
    package static func findings(about ranks: [CoreUse], host: String) -> [Finding] {
        let cores = Set(ranks.flatMap(\.cores)).count, wanted = ranks.reduce(0) { $0 + $1.threads }
        let usable = min(cores, ranks[0].quota.map { max(1, Int($0)) } ?? cores)
        let limit =
            usable < cores
            ? "\(counted(cores, "core")), of which the container's quota leaves \(usable)"
            : counted(cores, "core")
        let work = "\(counted(ranks.count, "rank")) of \(counted(ranks[0].threads, "thread"))"
        if wanted > usable {
            let most = usable / ranks[0].threads
            return [
                .warning(
                    "cores", "\(host): oversubscribed, \(work) on \(limit): they take turns",
                    remedy: most > 0
                        ? "mpirun -np \(most) convlstm-dist train --threads \(ranks[0].threads)"
                        : "convlstm-dist train --threads \(usable)")
            ]
        }
        if let crowded = ranks.first(where: { $0.cores.count < $0.threads }) {
            return [
                .warning(
                    "cores",
                    "\(host): rank \(crowded.rank) computes with \(crowded.threads) threads and is bound to "
                        + counted(crowded.cores.count, "core"),
                    remedy: "mpirun -np \(ranks.count) --map-by slot:PE=\(crowded.threads) convlstm-dist train "
                        + "--threads \(crowded.threads)")
            ]
        }
        return [.ok("cores", "\(host): \(work) on \(limit)")]
    }
}
