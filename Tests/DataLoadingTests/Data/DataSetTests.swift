import DataLoading
import Configuration
import Foundation
import Shards
import TestSupport
import Testing

@Suite struct DataSetTests {
    private func configuration(_ generator: GeneratorDescription, digits: String? = nil) -> TrainingConfiguration {
        var configuration = TrainingConfiguration(model: Presets.small)
        configuration.model.sequences.generator = generator
        configuration.digits = digits
        return configuration
    }

    private func data(_ generator: GeneratorDescription, digits: String? = nil) throws -> DataSet {
        try DataSet(of: configuration(generator, digits: digits))
    }

    /// The sequences on which models were trained before generators had descriptions must not change.
    @Test func theStandardClipsAreThoseOfTheSmallPreset() throws {
        let data = try DataSet(of: TrainingConfiguration(model: Presets.small))
        #expect(data.range(of: .train) == 0..<10_000 && data.range(of: .validation) == 10_000..<11_000)
        #expect(data.range(of: .test) == 11_000..<12_000)
        #expect(data.trainingSequence(SplitIndex(7), epoch: 3) == SequenceID(7, epoch: 3))
        let kind = try MovingMNISTGenerator(digits: .drawn(seed: 1), count: 12_000, seed: 1)
        #expect(try data.source.sequence(11_999) == kind.sequence(11_999))
    }

    @Test func freshClipsComeOnceAndHeldBackOnesStay() throws {
        let data = try data(GeneratorDescription(frames: 2, training: 5, validation: 2, test: 1, fresh: true))
        let used = (0..<4).flatMap { epoch in (0..<5).map { data.trainingSequence(SplitIndex($0), epoch: epoch).number }
        }
        #expect(Set(used).count == 20 && Set(used).isDisjoint(with: 5..<8))
        #expect(data.range(of: .validation) == 5..<7 && data.range(of: .test) == 7..<8)
        let kind = try Set(used.map { try data.source.sequence($0) })
        #expect(kind.count == 20)
    }

    @Test func kerasSquaresAreSeenNoisyAndComparedClean() throws {
        func squares(_ view: MovingSquaresGenerator.View) throws -> any SequenceSource {
            let kind = GeneratorDescription.Kind.movingSquares(.init(view: view))
            let generator = GeneratorDescription(
                kind: kind, frames: 16, size: 40, training: 4, validation: 1, test: 1)
            return try data(generator).source
        }
        let noisy = try squares(.noisy)
        #expect(noisy.geometry == SequenceGeometry(frames: 16, height: 40, width: 40, channels: 1))
        #expect(try noisy.sequence(3) == squares(.clean).sequence(3))
        #expect(try noisy.inputs?.sequence(3).contains { $0 < 0 } == true)
        #expect(try squares(.clean).inputs == nil && squares(.shifted).inputs == nil)
        #expect(try squares(.shifted).sequence(3).dropLast(1600) == noisy.sequence(3).dropFirst(1600))
    }

    @Test func digitsComeFromAFile() throws {
        let folder = try TemporaryFolder()
        let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]
        let file = try folder.write(header + [UInt8](repeating: 77, count: 784), to: "digits")
        let kind = GeneratorDescription(kind: .movingMNIST(.init(digits: 1, motion: .tenciaLee)), frames: 3)
        #expect(try Set(data(kind, digits: file).source.sequence(0)) == [0, 77])
        #expect(throws: (any Error).self) { try data(kind, digits: folder.file("none")) }
    }

    @Test(arguments: [
        (GeneratorDescription(frames: 0), "generator.frames is 0"), (.init(size: 5000), "generator.size is 5000"),
        (.init(training: 0), "generator.training is 0"), (.init(validation: -1), "generator.validation is -1"),
        (.init(kind: .movingMNIST(.init(digits: 0))), "kind.movingMNIST.digits is 0"),
        (.init(frames: 9999, size: 4096), "lower its frames or size"), (.init(size: 20), "at least 28"),
        (.init(kind: .movingMNIST(.init(motion: .svg)), size: 32), "at least 33"),
    ])
    func impossibleClipsAreRefusedInOneSentence(generator: GeneratorDescription, phrase: String) {
        let error = #expect(throws: (any Error).self) { try data(generator) }
        #expect(error.map { "\($0)" }?.contains(phrase) == true, "\(String(describing: error))")
    }

    @Test func aModelIsTriedAgainstItsClips() throws {
        var configuration = configuration(GeneratorDescription(frames: 12))
        let data = try DataSet(of: configuration)
        func refusal() -> String {
            let error = #expect(throws: TrainingError.self) { try data.check(for: configuration.model) }
            return error?.description ?? ""
        }
        #expect(refusal().contains("raise model.sequences.generator.frames"))
        configuration.model.sequences = SequenceDescription(inputFrames: 11, outputFrames: 11, forecastOffset: 1)
        #expect(throws: Never.self) { try data.check(for: configuration.model) }
        configuration.model.sequences.forecastOffset = -1
        #expect(refusal().contains("forecastOffset is -1"))
    }
}
