// The facts about the machine of one rank. The choice: facts are measured here and judged elsewhere, so that the
// judgment can be tested without the machines.

import Supervision
import Foundation
import Formats
import Kernels
import Platform

/// The facts about one rank's machine.
package struct RankFacts: Codable, Sendable, Equatable {
    package var rank: Int
    package var host: String
    /// The indices of the cores that the rank may run on. `quota` is the number of cores that the container's quota
    /// is worth.
    package var cores: [Int]
    package var quota: Double?
    package var threads: Int
    package var openBLAS: String
    package var kernels: String
    package var gigaflops: Double
    package var instructions: String
    package var betterBuild: String?
    package var kernelComplaint: String?
    /// Available bytes; nil where the system does not report them.
    package var availableMemory, freeDisk: Int?
    /// The free bytes of /dev/shm, through which ranks of one machine exchange messages; nil if there is none.
    package var freeSharedMemory: Int?
    package var folder: String
    package var folderIsWritable: Bool

    package init(
        rank: Int, host: String, cores: [Int], quota: Double? = nil, threads: Int, openBLAS: String, kernels: String,
        gigaflops: Double, instructions: String, betterBuild: String? = nil, kernelComplaint: String? = nil,
        availableMemory: Int?, freeDisk: Int?, freeSharedMemory: Int?, folder: String, folderIsWritable: Bool
    ) {
        (self.rank, self.host, self.cores, self.quota, self.threads) = (rank, host, cores, quota, threads)
        (self.openBLAS, self.kernels, self.gigaflops) = (openBLAS, kernels, gigaflops)
        (self.instructions, self.betterBuild, self.kernelComplaint) = (instructions, betterBuild, kernelComplaint)
        (self.availableMemory, self.freeDisk, self.freeSharedMemory) = (availableMemory, freeDisk, freeSharedMemory)
        (self.folder, self.folderIsWritable) = (folder, folderIsWritable)
    }

    /// Measures the facts, which takes about 0.3 s. Throws if so many threads cannot be started.
    package static func measured(rank: Int, host: String, threads: Int) throws -> RankFacts {
        let folder = FileManager.default.currentDirectoryPath, pool = try ThreadPool(threads)
        return RankFacts(
            rank: rank, host: host, cores: SystemFiles.allowedCores, quota: SystemFiles.quota, threads: threads,
            openBLAS: BLASLibrary.configuration.split(separator: " ").prefix(2).joined(separator: " "),
            kernels: BLASLibrary.core, gigaflops: MatrixSpeed.measured(seconds: 0.3, on: pool),
            instructions: Processor.compiledFor, betterBuild: Processor.betterBuild,
            kernelComplaint: BLASLibrary.complaint,
            availableMemory: SystemFiles.availableMemory, freeDisk: FreeSpace.available(at: folder),
            freeSharedMemory: FreeSpace.available(at: "/dev/shm"), folder: folder,
            folderIsWritable: FileManager.default.isWritableFile(atPath: folder))
    }
}

extension RankFacts {
    var coreUse: CoreUse { CoreUse(rank: rank, cores: cores, quota: quota, threads: threads) }
}
