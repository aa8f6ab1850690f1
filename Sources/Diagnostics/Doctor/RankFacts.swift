// What one rank sees of its machine. The choice: facts are measured here and judged elsewhere, so that judgment can be
// tested without the machines.

import Supervision
import Foundation
import Formats
import Kernels
import Platform

/// One rank's machine as it finds it.
package struct RankFacts: Codable, Sendable, Equatable {
    package var rank: Int
    package var host: String
    /// The numbers of the cores that it may run on, and how many of them the container's quota is worth.
    package var cores: [Int]
    package var quota: Double?
    package var threads: Int
    package var openBLAS: String
    package var kernels: String
    package var gigaflops: Double
    package var instructions: String
    package var betterBuild: String?
    package var kernelComplaint: String?
    /// Bytes; nil where the system does not say.
    package var availableMemory, freeDisk: Int?
    /// Bytes free in /dev/shm, through which ranks of one machine exchange messages; nil where there is none.
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

    /// Looks around, which takes about 0.3 s. Throws where there are not so many threads.
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
