// OpenBLAS on this machine: its kernels, its threads, and the wrong kernels it picks on processors newer than itself.
//
// OpenBLAS selects its kernels when it is loaded. Versions that do not know the processor fall back to the Haswell
// kernels, which reach half the speed of an AVX-512 machine. Only the environment can override this, and only before
// loading. The choice: the program sets OPENBLAS_CORETYPE and re-executes itself before it does anything else.

import COpenBLAS
import Glibc
import Platform

package enum BLASLibrary {
    /// The kernels in use, by OpenBLAS's name: "SkylakeX", "Haswell".
    package static var core: String { String(cString: openblas_get_corename()) }

    package static var configuration: String { String(cString: openblas_get_config()) }

    /// The name and version of the library and its kernels: "OpenBLAS 0.3.21 with SkylakeX kernels".
    package static var version: String {
        "\(configuration.split(separator: " ").prefix(2).joined(separator: " ")) with \(core) kernels"
    }

    package static var threads: Int { Int(openblas_get_num_threads()) }

    /// Turns off the threads of OpenBLAS at the first call: its callers have a `ThreadPool`, and how it would divide a product among
    /// threads of its own changes bits.
    static func useOneThread() { _ = usesOneThread }

    private static let usesOneThread: Void = openblas_set_num_threads(1)

    /// Returns the value of OPENBLAS_CORETYPE that this machine needs and lacks; nil where the kernels are right or the
    /// user chose them.
    ///
    /// - Parameters:
    ///   - core: the kernels in use, as in `core`.
    ///   - chosen: the OPENBLAS_CORETYPE of the environment.
    package static func betterCore(than core: String, chosen: String?, hasAVX512: Bool) -> String? {
        hasAVX512 && chosen == nil && leavesAVX512Idle(core) ? "SKYLAKEX" : nil
    }

    /// A warning about an OPENBLAS_CORETYPE that slows this machine down; nil where there is none.
    package static var complaint: String? {
        complaint(about: core, chosen: chosenCore, hasAVX512: Processor.hasAVX512)
    }

    /// Returns a warning about kernels that the user chose and that leave AVX-512 unused; nil where there is none.
    package static func complaint(about core: String, chosen: String?, hasAVX512: Bool) -> String? {
        guard let chosen, hasAVX512, leavesAVX512Idle(core) else { return nil }
        return "OPENBLAS_CORETYPE=\(chosen) makes OpenBLAS use its \(core) kernels, at about half the speed of this "
            + "AVX-512 processor; to be faster, `unset OPENBLAS_CORETYPE`."
    }

    private static func leavesAVX512Idle(_ core: String) -> Bool {
        ["Haswell", "Zen", "Prescott", "Nehalem", "Sandybridge", "Excavator", "Core2", "Penryn", "Barcelona"]
            .contains(core)
    }

    /// Re-executes this process with the AVX-512 kernels where OpenBLAS failed to detect that the processor has
    /// AVX-512.
    ///
    /// Returns where there is nothing to do or `execv` fails. Call it first in `main`: before MPI, threads and open
    /// files.
    package static func chooseKernels() {
        guard let better = betterCore(than: core, chosen: chosenCore, hasAVX512: Processor.hasAVX512) else { return }
        setenv(variable, better, 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
    }

    /// The OPENBLAS_CORETYPE of the environment.
    private static var chosenCore: String? { getenv(variable).map { String(cString: $0) } }

    private static let variable = "OPENBLAS_CORETYPE"
}
