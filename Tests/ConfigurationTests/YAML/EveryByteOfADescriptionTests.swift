// Every bit of small YAML files flipped, and the files cut at every length. The choice: text has no checksum, so what is
// read may be another description, but it is a possible one: within all limits, and the same when it is printed and read
// again.

import Configuration
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct EveryByteOfADescriptionTests {
    let folder = try! TemporaryFolder(inMemory: true)

    private func requirePossible<Content: Equatable>(
        _ text: String, _ read: (String) throws -> Content, again: (Content) throws -> Content
    ) throws {
        let whole = Array(text.utf8)
        let trial = try DamageTrial(of: whole, under: Damage.flips(of: whole.count) + Damage.cuts(of: whole.count)) {
            try read(folder.write($0, to: "x.yaml"))
        } faultOf: { content, _, _ in
            (try? again(content)) == content ? nil : "is another description when it is printed and read again"
        }
        #expect(trial.faults.isEmpty)
        #expect(trial.refused > whole.count && trial.read > 0, "\(trial.refused) and \(trial.read)")
    }

    @Test func configuration() throws {
        try requirePossible("seed: 7\nsteps: 30\ndata: generated\nmodel: {learningRate: 0.01}\n") { path in
            let configuration = try ConfigurationLayer(path: path).applied(
                to: TrainingConfiguration(model: Presets.small))
            try configuration.check()
            return configuration
        } again: {
            try TrainingConfiguration(yaml: $0.yaml, file: "again.yaml")
        }
    }

    private let text = """
        name: mine
        sequences: {inputFrames: 2, outputFrames: 2}
        network:
          encoder: [{name: a, convLSTM: {hidden: 4, kernel: 3}}]
          readout: [{name: b, convolution: {filters: 1, kernel: 1}}]
        """

    /// What is read is also built, which no number of the file may make impossible without a sentence.
    @Test func system() throws {
        try requirePossible(text) { path in
            let system = try SystemDescription.named(path)
            _ = try Network<Float>(system.network, frame: FeatureShape(height: 8, width: 8, channels: 1))
            return system
        } again: {
            try SystemDescription(yaml: $0.yaml, file: "again.yaml")
        }
    }
}
