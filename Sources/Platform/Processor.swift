// The features of the processor, and those that this program was compiled to require.

import CProcessor

package enum Processor {
    /// Whether the processor has AVX-512 with the parts that OpenBLAS' Skylake kernels use.
    package static var hasAVX512: Bool { ckernels_has_avx512() != 0 }

    /// A sentence about the first instruction set that this program was compiled for and this processor lacks; nil if
    /// it lacks none.
    package static var complaint: String? {
        guard let missing = ckernels_missing_instructions() else { return nil }
        return
            "This program was compiled for processors with \(String(cString: missing)), which this one does not have: "
            + "build it here again, or with CONVLSTM_CPU=x86-64."
    }

    /// The widest vector instructions that this program was compiled to use, such as "AVX-512" or "AVX2".
    package static var compiledFor: String { String(cString: ckernels_compiled_for()) }

    /// The command that compiles for this processor; nil if the program already uses its widest instructions.
    package static var betterBuild: String? {
        betterBuild(than: compiledFor, hasAVX512: hasAVX512, hasAVX2: ckernels_has_avx2() != 0)
    }

    package static func betterBuild(than compiledFor: String, hasAVX512: Bool, hasAVX2: Bool) -> String? {
        let isNarrow = compiledFor == "AVX2" ? hasAVX512 : compiledFor != "AVX-512" && (hasAVX2 || hasAVX512)
        return isNarrow ? "CONVLSTM_CPU=native swift build -c release" : nil
    }
}
