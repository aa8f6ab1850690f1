import Kernels
import Model
import Configuration
import Foundation
import TestSupport
import Testing

/// Systems described in YAML files.
@Suite struct SystemFileTests {
    /// A description with only the keys that have no default.
    private static let smallest = """
        name: mine
        sequences: {inputFrames: 2, outputFrames: 2}
        network:
          encoder:
          - name: cell
            convLSTM: {hidden: 4, kernel: 3}
          readout:
          - name: pixels
            convolution: {filters: 1, kernel: 1}
        """

    private func read(_ yaml: String) throws -> SystemDescription {
        let folder = try TemporaryFolder()
        return try SystemDescription.named(folder.write(Array(yaml.utf8), to: "my.yaml"))
    }

    @Test func whatHasADefaultNeedNotBeSaid() throws {
        let system = try read(Self.smallest)
        #expect(system.name == "mine" && system.summary.isEmpty && system.sampling == .ownOutput)
        #expect(system.sequences == SequenceDescription(inputFrames: 2, outputFrames: 2))
        let cell = LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 4, kernel: 3)))
        let pixels = LayerDescription("pixels", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))
        #expect(system.network == NetworkDescription(encoder: [cell], readout: [pixels]))
        #expect(system.loss == .meanSquaredError && system.optimizer == .adam(.init()))
        #expect(system.schedule == .constant && system.clipNorm == nil)
        #expect(system.batchSize == 8 && system.learningRate == 1e-3)
        let frame = FeatureShape(height: 8, width: 8, channels: 1)
        #expect(try Network<Float>(system.network, frame: frame).layout.count == 9 * 5 * 16 + 16 + 4 + 1)
    }

    @Test(arguments: Presets.all) func aPrintedPresetIsReadBackUnchanged(preset: SystemDescription) throws {
        let yaml = try preset.yaml, again = try read(yaml)
        #expect(try again.yaml == yaml)
        #expect(again.network.encoder.map(\.name) == preset.network.encoder.map(\.name))
        #expect(!yaml.contains("{}") && !yaml.contains("null"), "\(yaml)")
    }

    @Test func whatIsPrintedIsShort() throws {
        let yaml = try Presets.neuralScene.yaml
        #expect(yaml.hasPrefix("name: neural-scene\nsummary: "), "\(yaml)")
        for line in [
            "  inputFrames: 10", "  maxValue: 255", "  order: shuffled", "  - name: patches",
            "    spaceToDepth: {size: 4, order: reshape}", "      peepholes: perPosition", "    from: [enco_cl3]",
            "      kernelInitialization: {uniform: {limit: 0.001}}", "  forecasterInput: nothing",
            "schedule: {stepDecay: {factor: 0.9, every: 275}}", "loss: {error: squared, reduction: sum/2}",
            "sampling: ownOutput",
        ] { #expect(yaml.contains("\n\(line)\n"), "\(line) in \(yaml)") }
    }

    /// A layer of each kind, both a word and a mapping where either is allowed, and every optional key.
    @Test func everyKindOfLayerIsRead() throws {
        let yaml = """
            name: all
            sequences: {inputFrames: 2, outputFrames: 2, forecastOffset: 1}
            network:
              encoder:
              - {name: a, convLSTM: {hidden: 4, kernel: 3, gateActivation: hardSigmoid,
                  normalization: {group: {channels: 8}}}}
              - {name: b, from: [a], convLSTM: {hidden: 4, kernel: 3, normalization: layer, initialState: a}}
              - {name: c, convolution: {filters: 2, kernel: 3, stride: 2, kernelInitialization: glorotUniform}}
              - {name: d, transposedConvolution: {filters: 2, kernel: 4, stride: 2, padding: 1}}
              - {name: e, convolution3D: {filters: 2, kernel: 3, kernelTime: 3, timePadding: causal}}
              - {name: f, batchNormalization: }
              - {name: g, activation: tanh}
              - {name: h, leakyReLU: {slope: 0.2}}
              - {name: i, spaceToDepth: {size: 2}}
              readout:
              - {name: j, depthToSpace: {size: 2, order: reshape}}
              forecasterInput: {zeros: {channels: 3}}
            sampling: {scheduled: {start: 1, decrease: 2e-5, until: 50000}}
            schedule: {constant: {}}
            clipNorm: 5
            """
        let system = try read(yaml), layers = system.network.encoder.map(\.operation)
        let group = ConvLSTMDescription(
            hidden: 4, kernel: 3, gateActivation: .hardSigmoid, normalization: .group(channels: 8))
        #expect(layers[0] == .convLSTM(group))
        let layer = ConvLSTMDescription(hidden: 4, kernel: 3, normalization: .layer, initialState: "a")
        #expect(layers[1] == .convLSTM(layer))
        #expect(layers[5] == .batchNormalization(BatchNormalizationDescription()) && layers[6] == .activation(.tanh))
        #expect(system.network.forecasterInput == .zeros(channels: 3) && system.schedule == .constant)
        #expect(system.sampling == .scheduled(start: 1, decrease: 2e-5, until: 50_000) && system.clipNorm == 5)
        #expect(system.sequences.forecastOffset == 1)
        #expect(try read(system.yaml) == system)
    }

    @Test(arguments: [
        ("hidden: 4", "hiden: 4", "line 6: there is no key $.convLSTM.hiden; did you mean $.convLSTM.hidden?"),
        ("kernel: 3", "kernel: 3, peephole: none", "did you mean $.convLSTM.peepholes?"),
        ("kernel: 3", "kernel: 3, xyz: 1", "there is no key $.convLSTM.xyz; the keys there are: hidden, kernel, "),
        ("convLSTM", "convLTSM", "line 6: there is no key $.convLTSM; did you mean $.convLSTM?"),
        ("    convLSTM: {hidden: 4, kernel: 3}\n", "", "$ says nothing of what it is; it takes one of the keys "),
        ("  readout:", "    activation: tanh\n  readout:", "$ is convLSTM and activation at once; it takes one of"),
        (
            "kernel: 3", "kernel: 3, peepholes: perPositon",
            "$.convLSTM.peepholes is perPositon; did you mean perPosition? choose one of: none, perPosition, perChannel"
        ),
        (
            "kernel: 3", "kernel: 3, normalization: {gruop: {channels: 8}}",
            "did you mean $.convLSTM.normalization.group?"
        ),
        (
            "kernel: 3", "kernel: 3, normalization: {group: {channel: 8}}",
            "normalization.group.channel; did you mean $.convLSTM.normalization.group.channels?"
        ),
        (
            "kernel: 3", "kernel: 3, normalization: batch",
            "there is no key $.convLSTM.normalization.batch; the keys there are: group, layer"
        ),
        (
            "kernel: 3", "kernel: 3, kernelInitialization: uniform",
            "$.convLSTM.kernelInitialization.uniform.limit is missing"
        ),
        (
            "kernel: 3", "kernel: 3, kernelInitialization: {uniform: {limit: 1, lower: 0}}",
            "there is no key $.convLSTM.kernelInitialization.uniform.lower"
        ),
        (
            "kernel: 3", "kernel: 3, kernelInitialization: {uniform: {limit: 1}, constant: {value: 0}}",
            "$.convLSTM.kernelInitialization is uniform and constant at once"
        ),
        (
            "hidden: 4", "hidden: four",
            "line 6: $.convLSTM.hidden has a value of the wrong kind; it must be a whole number"
        ),
        ("hidden: 4", "hidden: ", "$.convLSTM.hidden has a value of the wrong kind"),
        ("hidden: 4, ", "", "$.convLSTM.hidden is missing; add it"),
        (
            "kernel: 3", "kernel: 3, hasBias: 2",
            "$.convLSTM.hasBias has a value of the wrong kind; it must be true or false"
        ),
        ("{hidden: 4, kernel: 3}", "[4, 3]", "$.convLSTM has a value of the wrong kind; it must be a mapping of keys"),
        ("name: mine\n", "", "name is missing; add it"),
        (
            "name: mine", "name: mine\nlearning_rate: 1",
            "line 2: there is no key learning_rate; did you mean learningRate?"
        ),
        (
            "name: mine", "name: mine\nloss: {error: square}",
            "loss.error is square; did you mean squared? choose"
        ),
        (
            "name: mine", "name: mine\nschedule: cosin",
            "line 2: there is no key schedule.cosin; did you mean schedule.cosine?"
        ),
        (
            "{inputFrames: 2, outputFrames: 2}", "10",
            "line 2: sequences has a value of the wrong kind; it must be a mapping"
        ),
        (
            "name: mine", "name: mine\noptimizer: beta1",
            "line 2: there is no key optimizer.beta1; the keys there are: adam, adamW"
        ),
        ("inputFrames", "inputframes", "there is no key sequences.inputframes; did you mean sequences.inputFrames?"),
        ("  readout:", "  raedout:", "there is no key network.raedout; did you mean network.readout?"),
        ("name: mine", "name: mine\nname: yours", "line 2: name stands there twice (first in line 1)"),
    ])
    func aWrongFileIsRefusedInOneSentence(part: String, replacement: String, sentence: String) throws {
        let yaml = Self.smallest.replacingOccurrences(of: part, with: replacement)
        #expect(yaml != Self.smallest)
        let error = try #require(throws: TrainingError.self) { try read(yaml) }
        let wanted = sentence.replacingOccurrences(of: "$", with: "network.encoder[0]")
        #expect(error.isUsage && "\(error)".contains(wanted), "\(error)")
        #expect("\(error)".contains("my.yaml") && !"\(error)".contains("\n"))
    }
}
