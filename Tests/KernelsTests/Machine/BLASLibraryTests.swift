import Kernels
import Testing
import Platform

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

    @Test func aChoiceThatLeavesAVX512IdleIsNamedWithItsRemedy() throws {
        let complaint = try #require(BLASLibrary.complaint(about: "Haswell", chosen: "Haswell", hasAVX512: true))
        #expect(complaint.contains("OPENBLAS_CORETYPE=Haswell") && complaint.contains("`unset OPENBLAS_CORETYPE`"))
        #expect(BLASLibrary.complaint(about: "Haswell", chosen: nil, hasAVX512: true) == nil)
        #expect(BLASLibrary.complaint(about: "Haswell", chosen: "Haswell", hasAVX512: false) == nil)
        #expect(BLASLibrary.complaint(about: "SkylakeX", chosen: "SKYLAKEX", hasAVX512: true) == nil)
    }

    @Test func aBuildForLessThanTheProcessorHasIsNoticed() {
        #expect(Processor.betterBuild(than: "AVX-512", hasAVX512: true, hasAVX2: true) == nil)
        #expect(Processor.betterBuild(than: "AVX2", hasAVX512: false, hasAVX2: true) == nil)
        #expect(Processor.betterBuild(than: "AVX2", hasAVX512: true, hasAVX2: true) != nil)
        #expect(Processor.betterBuild(than: "SSE2", hasAVX512: false, hasAVX2: true) != nil)
        #expect(Processor.betterBuild(than: "SSE2", hasAVX512: false, hasAVX2: false) == nil)
    }

    @Test func thisProcessorRunsWhatThisProgramWasCompiledFor() {
        #expect(Processor.complaint == nil)
    }
}
