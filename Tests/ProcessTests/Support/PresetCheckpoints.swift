// A run of every preset, with weights that no layer could do without, and its forecasts. The choice: fewer channels and frames, since
// what can be wrong does not depend on their number; and one system more, of what no preset has.

import Configuration
import Formats
import Foundation
import Kernels
import Model
import NetworkTestSupport
import TestSupport
import Testing
import Trainer

/// Runs, inputs and forecasts of all presets in one folder, made once for all tests: of NAME the run `NAME`, the frames
/// `NAME.npy`, (2, 4, height, width[, channels]), and the forecast of `predict` in `NAME-forecast`.
struct PresetCheckpoints {
    let folder: TemporaryFolder

    static let shared = Result { try PresetCheckpoints() }

    private static let systems =
        Presets.all.map { preset in
            var system = preset
            system.network = preset.network.shrunk(by: 8)
            return system
        } + [unlikePresets]

    static let names = systems.map(\.name)

    /// Two channels, a mask, normalization over layers, causal convolution over time within the feedback of frames, a rearrangement by
    /// reshaping, and a transform with a value for missing pixels.
    private static let unlikePresets: SystemDescription = {
        var sequences = SequenceDescription(inputFrames: 4, outputFrames: 4, forecastOffset: 2, reversedInput: true)
        sequences.transform = .logarithm(.init(scale: 5, to: 40))
        sequences.fill = 3
        var system = Presets.all[0]
        (system.name, system.sequences) = ("unlike-presets", sequences)
        system.network = NetworkDescription(
            encoder: [
                LayerDescription("patches", .spaceToDepth(RearrangementDescription(size: 2))),
                LayerDescription(
                    "first",
                    .convLSTM(
                        ConvLSTMDescription(
                            hidden: 3, kernel: 3, peepholes: .perPosition, normalization: .layer, hasBias: false))),
                LayerDescription(
                    "over_time",
                    .convolution3D(
                        Convolution3DDescription(filters: 4, kernel: 3, kernelTime: 3, timePadding: .causal))),
                LayerDescription("tangent", .activation(.tanh)),
                LayerDescription(
                    "second", from: ["tangent", "first"],
                    .convLSTM(
                        ConvLSTMDescription(
                            hidden: 3, kernel: 1, gateActivation: .hardSigmoid, tensors: .perGate))),
            ],
            readout: [
                LayerDescription("readout", .convolution(ConvolutionDescription(filters: 8, kernel: 1))),
                LayerDescription("unpatches", .depthToSpace(RearrangementDescription(size: 2))),
            ], inputs: .init(mask: true))
        return system
    }()

    /// The number of frames that are forecast: more than are given, so that networks read their own.
    static let frames = 6

    private init() throws {
        folder = try TemporaryFolder()
        for system in Self.systems { try make(system) }
    }

    private func make(_ preset: SystemDescription) throws {
        var system = preset
        system.sequences.inputFrames = 4
        system.sequences.outputFrames = 4
        let isRadar = system.sequences.crop != nil, isOwn = preset.name == Self.unlikePresets.name
        let frame = FeatureShape(
            height: isRadar ? 32 : 16, width: isRadar ? 48 : 24, channels: isOwn ? 2 : 1)
        if isRadar { system.sequences.crop = CropDescription(height: 32, width: 48) }
        let network = try Network<Float>(system.network, frame: frame)
        let state = TrainingState(network, optimizer: system.optimizer, seed: 1)
        let first = network.layout.slots[0].name.prefix { $0 != "." }
        for (number, slot) in network.layout.slots.enumerated() {
            // Sums of about one, also of what reads pixels of up to 255.
            let readsFrames = slot.name.hasPrefix(first + ".") && !slot.name.hasSuffix("hidden.kernel")
            let terms = Double(slot.shape.dropLast().reduce(1, *)).squareRoot()
            let kernel = 1.2 / terms / (readsFrames ? system.sequences.maxValue : 1)
            // What is rain and what not would else hang on one rounding.
            let isClipped = system.sequences.transform != nil && slot == network.layout.slots.last
            let isScale = slot.name.hasSuffix(".scale")
            vary(
                state.values[slot], UInt64(number),
                by: isClipped ? 0.05 : isScale ? 0.1 : slot.shape.count < 4 ? 0.3 : kernel,
                around: isClipped ? 0.5 : isScale ? 0.4 : 0)
        }
        for (number, slot) in state.statistics.layout.slots.enumerated() {
            vary(state.statistics[slot], UInt64(number), by: 0.3, around: slot.name.hasSuffix(".variance") ? 1 : 0)
        }
        var configuration = TrainingConfiguration(model: system)
        configuration.epochs = 1
        let checkpoint = Checkpoint(
            state, configuration: configuration, frame: frame, valueRange: 0...60.5, unit: isRadar ? "mm/h" : nil,
            trainingSequences: 0)
        let store = CheckpointStore.ofRun(folder.file(system.name))
        try Folder.make(store.folder)
        try store.save(checkpoint)
        try writeFrames(of: frame, to: system.name + ".npy")
        try predict(system.name, input: system.name, to: system.name + "-forecast")
    }

    /// Sets a tensor to random numbers around another.
    private func vary(_ tensor: Tensor<Float>, _ seed: UInt64, by scale: Double, around center: Float) {
        fill(tensor, seed: seed, scale: scale)
        var numbers = tensor.mutableSpan
        for i in numbers.indices { numbers[i] += center }
    }

    /// Two sequences with dry pixels, and some that are missing.
    private func writeFrames(of frame: FeatureShape, to name: String) throws {
        let values = (0..<2 * 4 * frame.count).map { number in
            let value = Float(number &* 7919 % 1213) / 20 - 10
            return number % 97 < 3 ? Float.nan : max(value, 0)
        }
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        let shape = [2, 4, frame.height, frame.width] + (frame.channels == 1 ? [] : [frame.channels])
        try NpyFile.write(bytes.span, header: NpyHeader(type: .float32, shape: shape), to: folder.file(name))
    }

    func predict(_ run: String, input: String, to output: String) throws {
        let result = try dist([
            "predict", "--checkpoint", run, "--input", input + ".npy", "--layout", "sequences-first", "--frames",
            "\(Self.frames)", "--output", output,
        ])
        try #require(result.status == 0, "\(result)")
    }

    func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.path)
    }

    /// Exports a run to `NAME.FORMAT`, unless a test did.
    func export(_ name: String, _ format: String, _ more: [String] = []) throws {
        let file = "\(name).\(format)"
        guard !FileManager.default.fileExists(atPath: folder.file(file)) else { return }
        let result = try dist(["export", "--format", format, "--checkpoint", name, "--output", file] + more)
        try #require(result.status == 0, "\(result)")
    }

    /// Runs a script of Python that prints a line `NAME DEVIATION` for each preset, and returns the deviations.
    func deviations(_ script: String) throws -> [String: Double] {
        let printed = try PeerPython.run(script, in: folder)
        let lines = printed.split(separator: "\n").map { $0.split(separator: " ") }
        return try Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), try #require(Double($0[1]))) })
    }
}
