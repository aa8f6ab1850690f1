// What OpenBLAS is on this machine: its kernels, its threads, and the mistake it makes on processors newer than itself.
//
// OpenBLAS chooses its kernels when it is loaded. Versions that do not know the processor fall back to Haswell's, which
// use half of an AVX-512 machine. Only the environment can choose otherwise, and only before loading: so the program
// sets OPENBLAS_CORETYPE and starts itself again, before anything else has happened.

import COpenBLAS
import Glibc
import Platform

package enum BLASLibrary {
    /// The kernels in use, as OpenBLAS names them: "SkylakeX", "Haswell".
    package static var core: String { String(cString: openblas_get_corename()) }

    package static var configuration: String { String(cString: openblas_get_config()) }

    /// The library's name and version, and its kernels: "OpenBLAS 0.3.21 with SkylakeX kernels".
    package static var version: String {
        "\(configuration.split(separator: " ").prefix(2).joined(separator: " ")) with \(core) kernels"
    }

    package static var threads: Int { Int(openblas_get_num_threads()) }

    /// Leaves threads to those who call it: see `ThreadPool`.
    static func useOneThread() { openblas_set_num_threads(1) }

    /// The value of OPENBLAS_CORETYPE that this machine should have and has not; nil where all is well or the user
    /// chose.
    ///
    /// - Parameters:
    ///   - core: the kernels in use, `core`.
    ///   - chosen: the environment's OPENBLAS_CORETYPE.
    package static func betterCore(than core: String, chosen: String?, hasAVX512: Bool) -> String? {
        hasAVX512 && chosen == nil && leavesAVX512Idle(core) ? "SKYLAKEX" : nil
    }

    /// A sentence about an OPENBLAS_CORETYPE that slows this machine down; nil where there is nothing to say.
    package static var complaint: String? {
        complaint(about: core, chosen: chosenCore, hasAVX512: Processor.hasAVX512)
    }

    /// A sentence about kernels that the user chose and that leave AVX-512 unused; nil where there is nothing to say.
    package static func complaint(about core: String, chosen: String?, hasAVX512: Bool) -> String? {
        guard let chosen, hasAVX512, leavesAVX512Idle(core) else { return nil }
        return "OPENBLAS_CORETYPE=\(chosen) makes OpenBLAS use its \(core) kernels, at about half the speed of this "
            + "AVX-512 processor; to be faster, `unset OPENBLAS_CORETYPE`."
    }

    private static func leavesAVX512Idle(_ core: String) -> Bool {
        ["Haswell", "Zen", "Prescott", "Nehalem", "Sandybridge", "Excavator", "Core2", "Penryn", "Barcelona"]
            .contains(core)
    }

    /// Restarts this process with OpenBLAS' AVX-512 kernels where OpenBLAS overlooked that the processor has them.
    ///
    /// Returns where nothing is to be done, or the restart is not possible. Call it first in `main`: before MPI, before
    /// threads, before files are open.
    package static func chooseKernels() {
        guard let better = betterCore(than: core, chosen: chosenCore, hasAVX512: Processor.hasAVX512) else { return }
        setenv(variable, better, 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
    }

    /// The environment's OPENBLAS_CORETYPE.
    private static var chosenCore: String? { getenv(variable).map { String(cString: $0) } }

    private static let variable = "OPENBLAS_CORETYPE"
}
