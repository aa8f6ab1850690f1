// Weights out and in again. The choice: the code of Docs/Reference/interop.md itself runs in PyTorch, for every preset, so that the
// page cannot say anything else than the files hold.

import Configuration
import Foundation
import Model
import NetworkTestSupport
import TestSupport
import Testing
import Trainer

@Suite(.serialized) struct InteropTests {
    private let presets = try! PresetCheckpoints.shared.get()

    /// The Python code of the page.
    private static func code() throws -> String {
        let lines = try Repository.text(of: "Docs/Reference/interop.md").components(separatedBy: "\n")
        let blocks = lines.split { $0.hasPrefix("```") }.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        return try #require(blocks.first { $0.first == "import json" }).joined(separator: "\n")
    }

    @Test(.enabled(if: PeerPython.hasTorch, "needs CONVLSTM_PYTHON with torch and safetensors"))
    func theModuleOfThePageForecastsWhatPredictDoes() throws {
        for name in PresetCheckpoints.names { try presets.export(name, "safetensors") }
        try presets.folder.write(Array(Self.code().utf8), to: "interop.py")
        let deviations = try presets.deviations(
            """
            sys.path.insert(0, os.getcwd())
            import interop, numpy, torch
            torch.set_num_threads(1)
            for name in '\(PresetCheckpoints.names.joined(separator: " "))'.split():
                frames, ours = (numpy.load(file) for file in (name + '.npy', name + '-forecast/prediction.npy'))
                frames, ours = (array.reshape(*array.shape[:4], -1).transpose(0, 1, 4, 2, 3) for array in (frames, ours))
                theirs = interop.load(name + '.safetensors').forecast(torch.from_numpy(frames), ours.shape[1]).numpy()
                assert theirs.shape == ours.shape, theirs.shape
                assert numpy.ptp(ours) > 0.001 * abs(ours).max(), f'{name}: all the same, {ours.min()} to {ours.max()}'
                print(name, abs(theirs - ours).max() / abs(ours).max())
            """)
        #expect(deviations.keys.sorted() == PresetCheckpoints.names.sorted())
        for (name, deviation) in deviations {
            print("PyTorch and predict, \(name): \(deviation)")
            #expect(deviation < 1e-5, "\(name): \(deviation)")
        }
    }

    /// A batch of another size goes through the same graph.
    @Test(.enabled(if: PeerPython.hasOnnx, "needs CONVLSTM_PYTHON with onnx and onnxruntime"))
    func theGraphForecastsWhatPredictDoes() throws {
        for name in PresetCheckpoints.names {
            try presets.export(name, "onnx", ["--frames", "\(PresetCheckpoints.frames)"])
        }
        let deviations = try presets.deviations(
            """
            import numpy, onnx, onnxruntime
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            for name in '\(PresetCheckpoints.names.joined(separator: " "))'.split():
                frames, ours = (numpy.load(file) for file in (name + '.npy', name + '-forecast/prediction.npy'))
                frames, ours = (array.reshape(*array.shape[:4], -1).transpose(0, 1, 4, 2, 3) for array in (frames, ours))
                onnx.checker.check_model(onnx.load(name + '.onnx'), full_check=True)
                session = onnxruntime.InferenceSession(name + '.onnx', options)
                given, made = session.get_inputs() + session.get_outputs()
                assert (given.name, made.name) == ('input', 'forecast')
                assert given.shape == ['batch', *frames.shape[1:]] and made.shape == ['batch', *ours.shape[1:]]
                theirs, = session.run(None, {'input': frames})
                alone, = session.run(None, {'input': frames[1:]})
                largest = abs(ours).max()
                assert theirs.shape == ours.shape and abs(alone - theirs[1:]).max() < 1e-5 * largest
                print(name, abs(theirs - ours).max() / largest)
            """)
        #expect(deviations.keys.sorted() == PresetCheckpoints.names.sorted())
        for (name, deviation) in deviations {
            print("ONNX and predict, \(name): \(deviation)")
            #expect(deviation < 1e-5, "\(name): \(deviation)")
        }
    }

    /// What `import` made of what `export` wrote has the same tensors, and forecasts the same bytes.
    @Test(arguments: ["safetensors", "npz"]) func whatIsExportedComesBackBitForBit(format: String) throws {
        for name in PresetCheckpoints.names {
            try presets.export(name, format)
            let back = "\(name)-\(format)"
            let result = try presets.dist(["import", "\(name).\(format)", "--output", back])
            try #require(result.status == 0, "\(result)")
            let old = try content(of: name), new = try content(of: back)
            let areSame = !old.weights.isEmpty && old.weights == new.weights
            #expect(areSame, "\(name)")
            #expect(old.checkpoint.unit == new.checkpoint.unit && old.checkpoint.frame == new.checkpoint.frame)
            #expect(old.checkpoint.valueRange == new.checkpoint.valueRange)
            #expect(old.checkpoint.configuration.model == new.checkpoint.configuration.model, "\(name)")
            try presets.predict(back, input: name, to: back + "-forecast")
            let forecasts = try ["\(name)-forecast", "\(back)-forecast"].map {
                try presets.folder.bytes(of: $0 + "/prediction.npy")
            }
            let isSame = forecasts[0] == forecasts[1]
            #expect(isSame, "\(name)")
        }
    }

    /// The checkpoint of a run, and the bits of its parameters and moving averages.
    private func content(of run: String) throws -> (checkpoint: Checkpoint, weights: [UInt32]) {
        let found = try CheckpointStore.named(presets.folder.file(run)), network = try found.checkpoint.network()
        let parameters = try found.checkpoint.parameters(of: network, file: found.path)
        return (found.checkpoint, (numbers(parameters.flat) + numbers(network.statistics.flat)).map(\.bitPattern))
    }
}
