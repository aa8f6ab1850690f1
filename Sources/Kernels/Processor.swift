// What the processor can do, and what this program was compiled to need of it.

import COpenBLAS

package enum Processor {
    /// AVX-512 with the parts that OpenBLAS' Skylake kernels use.
    package static var hasAVX512: Bool { ckernels_has_avx512() != 0 }

    /// A sentence about the first instruction set that this program was compiled for and this processor lacks; nil where
    /// there is none.
    package static var complaint: String? {
        guard let missing = ckernels_missing_instructions() else { return nil }
        return "This program was compiled for processors with \(String(cString: missing)), which this one does not have: "
            + "build it here again, or with CONVLSTM_CPU=x86-64."
    }
}
