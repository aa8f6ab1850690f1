// What the program is and runs with, for --version and for the logs of runs.

import Collectives
import Formats
import Kernels
import Platform
import Version

enum ProgramVersion {
    /// The version, and a line for each component.
    static let text = Version.description(
        instructions: Processor.compiledFor,
        libraries: [MPILibrary.version, BLASLibrary.version, "zstd \(Zstd.version)"])

    /// The same on one line.
    static let line = text.replacing("\n", with: "; ")
}
