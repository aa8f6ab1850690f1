import Forecasting
import DataLoading
import Configuration
import Formats
import Model
import Shards
import TestSupport
import Testing
import TrainingTestSupport

@Suite struct InputArrayTests {
    private let folder = try! TemporaryFolder()

    private func array(_ shape: [Int], type: NpyHeader.ElementType = .float32) throws -> String {
        let count = shape.reduce(1, *), path = folder.file("x.npy")
        let numbers = (0..<count).map { $0 % 251 }
        let bytes: [UInt8] =
            switch type {
            case .uint8: numbers.map { UInt8($0) }
            case .float32: numbers.map(Float.init).withUnsafeBytes { [UInt8]($0) }
            case .float64: numbers.map(Double.init).withUnsafeBytes { [UInt8]($0) }
            case .int16, .uint16: numbers.map(UInt16.init).withUnsafeBytes { [UInt8]($0) }
            default: preconditionFailure("no numbers of \(type)")
            }
        try NpyFile.write(bytes.span, header: NpyHeader(type: type, shape: shape), to: path)
        return path
    }

    @Test(
        arguments: [
            ([6, 8, 7], 1, nil, 6), ([6, 8, 7, 1], 1, nil, 6), ([6, 1, 8, 7], 1, nil, 6), ([2, 6, 8, 7], 1, 2, 6),
            ([2, 6, 8, 7, 1], 1, 2, 6), ([6, 8, 7, 3], 3, nil, 6), ([2, 6, 8, 7, 3], 3, 2, 6),
            ([5, 120, 8, 7], 1, 120, 5),
        ] as [([Int], Int, Int?, Int)])
    func theFrameSizeTellsBatchesFromChannels(shape: [Int], channels: Int, batch: Int?, frames: Int) throws {
        let frame = FeatureShape(height: 8, width: 7, channels: channels)
        let input = try InputArray(path: try array(shape), frame: frame, needed: 3)
        #expect(
            input.batch == batch && input.frames == frames && input.reading.contains("x.npy: shape \(shape), read as"))
    }

    @Test func layoutsInDoubtAreNamedByAPerson() throws {
        let path = try array([4, 6, 8, 7])
        let error = #expect(throws: TrainingError.self) { try InputArray(path: path, frame: exampleFrame, needed: 3) }
        #expect(
            error?.isUsage == true && error!.description.contains("--layout frames-first for 6 sequences of 4 frames"))
        for (layout, batch) in [(ArrayLayout.sequencesFirst, 4), (.framesFirst, 6)] {
            #expect(try InputArray(path: path, frame: exampleFrame, needed: 3, layout: layout).batch == batch)
        }
        #expect(throws: TrainingError.self) {
            try InputArray(path: path, frame: exampleFrame, needed: 3, layout: .concatenated)
        }
    }

    @Test func framesFirstIsReadAcrossTheSequences() throws {
        let input = try InputArray(path: try array([5, 2, 8, 7]), frame: exampleFrame, needed: 3, layout: .framesFirst)
        for sequence in 0..<2 {
            let expected = (2..<5).flatMap { frame in (0..<56).map { Float((($0 + (frame * 2 + sequence) * 56)) % 251) }
            }
            #expect(try input.past(of: sequence, count: 3) == expected)
        }
    }

    @Test(arguments: [[8, 7], [6, 7, 8], [6, 8, 7, 3], [2, 4, 6, 8, 7, 1], [2, 8, 7], [0, 6, 8, 7], [8, 7, 6]])
    func otherArraysAreRefused(shape: [Int]) throws {
        let path = try array(shape)
        let error = #expect(throws: TrainingError.self) { try InputArray(path: path, frame: exampleFrame, needed: 3) }
        #expect(error?.isUsage == true && error!.description.hasPrefix(path), "\(error!)")
    }

    @Test(arguments: [NpyHeader.ElementType.uint8, .int16, .float32, .float64])
    func theLastFramesOfEachSequenceAreThePast(type: NpyHeader.ElementType) throws {
        let input = try InputArray(path: try array([2, 5, 8, 7], type: type), frame: exampleFrame, needed: 3)
        for sequence in 0..<2 {
            let start = (sequence * 5 + 2) * 56
            #expect(try input.past(of: sequence, count: 3) == (start..<start + 3 * 56).map { Float($0 % 251) })
        }
    }

    @Test func valuesFromAnotherWorldAreNoticed() {
        func complaint(_ values: [Float]) -> String? {
            ValueComplaint.about([values], of: "x.npy", trainedOn: 0...255)
        }
        #expect(complaint([0, 128, 255]) == nil)
        #expect(complaint([0, 0, 0]) == nil)
        #expect(complaint([0, 0.5, 1])?.contains("between 0.0 and 1.0") == true)
        #expect(complaint([0, 300]) != nil)
        #expect(complaint([-20, 200]) != nil)
    }

    /// The range of a whole data set is measured, so a small part of the training range is suspicious, unlike in a
    /// few dark frames.
    @Test func otherUnitsAreNoticedByTheRangeOfADataSet() {
        func complaint(_ values: ClosedRange<Float>) -> String? {
            ValueComplaint.about(values, of: "x.shards", trainedOn: 0...255)
        }
        #expect(complaint(0...250) == nil && complaint(0...100) == nil)
        #expect(complaint(0...1) != nil && complaint(-32...70) != nil)
        #expect(complaint(0...70)?.contains("between 0.0 and 70.0") == true)
    }
}
