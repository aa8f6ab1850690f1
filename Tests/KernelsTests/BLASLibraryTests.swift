import Kernels
import Testing

@Suite struct BLASLibraryTests {
    @Test func haswellKernelsOnAnAVX512MachineAreReplaced() {
        #expect(BLASLibrary.betterCore(than: "Haswell", chosen: nil, hasAVX512: true) == "SKYLAKEX")
    }

    @Test func whatTheUserChoseStands() {
        #expect(BLASLibrary.betterCore(than: "Haswell", chosen: "Haswell", hasAVX512: true) == nil)
    }

    @Test func nothingToDoWithoutAVX512OrWithItsKernels() {
        #expect(BLASLibrary.betterCore(than: "Haswell", chosen: nil, hasAVX512: false) == nil)
        #expect(BLASLibrary.betterCore(than: "SkylakeX", chosen: nil, hasAVX512: true) == nil)
        #expect(BLASLibrary.betterCore(than: "Cooperlake", chosen: nil, hasAVX512: true) == nil)
    }

    @Test func thisProcessorRunsWhatThisProgramWasCompiledFor() {
        #expect(Processor.complaint == nil)
    }
}
