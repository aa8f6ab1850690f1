// Checks that all ranks belong to the same job. The choice: digests of everything that must agree are compared
// before the first step, because ranks that differ would silently train something else. Programs agree by their sources,
// so that builds for unlike processors make one job.

import Reports
import Supervision
import Configuration
import Collectives
import Formats
import Foundation
import Kernels
import Platform
import Shards

/// The program, options and data of one rank.
package struct RankIdentity: Codable, Sendable, Equatable {
    package var host: String

    /// The digest of the sources that the program was built from.
    package var sources: String

    /// The widest vector instructions that it was built for, such as "AVX2".
    package var instructions: String

    /// The command line, as words.
    package var options: [String]

    /// The digest of the description of the data.
    package var data: String

    /// The kernels that OpenBLAS uses.
    package var kernels: String

    package var cores: CoreUse

    package init(
        host: String, sources: String, instructions: String, options: [String], data: String, kernels: String,
        cores: CoreUse
    ) {
        (self.host, self.sources, self.instructions, self.options) = (host, sources, instructions, options)
        (self.data, self.kernels, self.cores) = (data, kernels, cores)
    }

    /// Compares all ranks, and returns what is to be said of them on rank 0; an empty list on other ranks. Collective.
    ///
    /// Throws a usage error on rank 0 if ranks differ in sources, options or data.
    static func require(
        _ configuration: TrainingConfiguration, sources: String, threads: Int, on communicator: any Communicator
    ) throws -> [String] {
        let cores = CoreUse(
            rank: communicator.rank, cores: SystemFiles.allowedCores, quota: SystemFiles.quota,
            threads: threads)
        let mine = RankIdentity(
            host: communicator.hostName, sources: sources, instructions: Processor.compiledFor,
            options: Array(CommandLine.arguments.dropFirst()), data: try configuration.dataDigest,
            kernels: BLASLibrary.core, cores: cores)
        let all = try communicator.gather(Array(JSONEncoder().encode(mine)))
        let ranks = try all.map { try JSONDecoder().decode(RankIdentity.self, from: Data($0)) }
        if let complaint = complaint(about: ranks) { throw TrainingError.usage(complaint) }
        return (builds(of: ranks).map { [$0] } ?? []) + warnings(about: ranks)
    }
}

// What is said of all ranks
extension RankIdentity {
    /// A sentence about the first property in which ranks differ from most; nil if they agree.
    package static func complaint(about ranks: [RankIdentity]) -> String? {
        if let (odd, most) = differing(ranks, \.sources) {
            return "\(odd) a program of other sources than \(most); install one version on every host"
        }
        if let (odd, most) = differing(ranks, \.options) {
            return "\(odd) other options than \(most); give all ranks the same command line"
        }
        if let (odd, most) = differing(ranks, \.data) {
            return "\(odd) other data under the same name than \(most); copy the data set to every host again"
        }
        return nil
    }

    /// A phrase such as "rank 1 on node2 has" or "rank 0 on node1"; nil if all are the same.
    private static func differing<Value: Hashable>(
        _ ranks: [RankIdentity], _ value: (RankIdentity) -> Value
    ) -> (odd: String, most: String)? {
        // Of groups of equal size, the one with the lowest rank wins.
        let groups = Dictionary(grouping: ranks.indices) { value(ranks[$0]) }.values
        guard groups.count > 1, let most = groups.max(by: { ($0.count, -$0[0]) < ($1.count, -$1[0]) }) else {
            return nil
        }
        func name(_ rank: Int) -> String { "rank \(rank) on \(ranks[rank].host)" }
        let odd = ranks.indices.filter { !most.contains($0) }
        return ("\(firstFew(odd.map(name), "rank")) \(odd.count == 1 ? "has" : "have")", name(most[0]))
    }

    /// Up to four names, and how many more there are.
    private static func firstFew(_ names: [String], _ noun: String) -> String {
        let shown = names.prefix(4).joined(separator: ", ")
        return names.count > 4 ? "\(shown), and \(counted(names.count - 4, "more \(noun)"))" : shown
    }

    /// A sentence about the builds for unlike processors that make this job; nil if there is one.
    package static func builds(of ranks: [RankIdentity]) -> String? {
        let builds = Dictionary(grouping: ranks, by: \.instructions)
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        guard builds.count > 1 else { return nil }
        let parts = builds.map { instructions, ranks in
            let hosts = firstFew(Set(ranks.map(\.host)).sorted(), "host")
            return "\(counted(ranks.count, "rank")) for \(instructions) on \(hosts)"
        }
        return "builds of the same sources: \(parts.joined(separator: "; "))"
    }

    /// Sentences about differences that work but could be better.
    package static func warnings(about ranks: [RankIdentity]) -> [String] {
        let hosts = Dictionary(grouping: ranks, by: \.host).sorted { $0.key < $1.key }
        let crowded = hosts.flatMap { host, ranks in CoreUse.findings(about: ranks.map(\.cores), host: host) }
            .filter { $0.state == .warning }.map { "warning: \($0.text); \($0.remedy ?? "")" }
        let kernels = Dictionary(grouping: ranks, by: \.kernels).sorted { $0.key < $1.key }
        guard kernels.count > 1 else { return crowded }
        let unlike = kernels.map { "\($0.key) on \($0.value[0].host)" }.joined(separator: ", ")
        return crowded + [
            "warning: OpenBLAS computes with \(unlike), so --virtual-ranks cannot promise the bits of another job; set "
                + "OPENBLAS_CORETYPE for all hosts"
        ]
    }
}

extension TrainingConfiguration {
    /// The digest that identifies the data: manifests hold the digests of all shards.
    fileprivate var dataDigest: String {
        get throws {
            guard let data, data != TrainingConfiguration.generatedData else {
                return try digits.map(Digest.ofFile) ?? ""
            }
            let manifest = try Manifest(folder: data), inputs = manifest.inputs.map { ["\(data)/\($0)"] } ?? []
            return try ([data] + inputs).map { try Digest.ofFile($0 + "/" + Manifest.fileName) }.joined()
        }
    }
}
