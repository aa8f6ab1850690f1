import ConvLSTM
import Formats
import TestSupport
import Testing

/// Models in files.
@Suite struct SavedModelTests {
    private let folder: TemporaryFolder
    private let model: VideoModel

    init() throws {
        folder = try TemporaryFolder()
        model = try VideoModel(smallNetwork, frame: waveFrame, seed: 9)
    }

    private var path: String { folder.file("model.safetensors") }

    @Test func aModelComesBackBitForBit() throws {
        try model.save(to: path)
        let loaded = try VideoModel(contentsOf: path), batch = try VideoBatch.waves(2, frames: 3)
        #expect(loaded == model && loaded.network == smallNetwork && loaded.frame == waveFrame)
        #expect(try loaded.forecast(from: batch, frames: 3) == model.forecast(from: batch, frames: 3))
        #expect(try folder.names == ["model.safetensors"])
    }

    /// Other programs find every parameter under the name of its layer.
    @Test func theFileIsSafetensors() throws {
        try model.save(to: path)
        let file = try SafetensorsFile(decoding: folder.bytes(of: "model.safetensors"), file: path)
        let kernel = try #require(file["encoder1.input.kernel"])
        #expect(kernel.type == .float32 && kernel.shape == [3, 3, 4, 12])
        #expect(file.tensors.reduce(0) { $0 + $1.bytes.count / 4 } == model.parameterCount)
    }

    /// Saves the model, changes what the file holds, and returns the sentence with which it is refused.
    private func refusal(_ change: (inout SafetensorsFile) -> Void) throws -> String {
        try model.save(to: path)
        var file = try SafetensorsFile(decoding: folder.bytes(of: "model.safetensors"), file: "model")
        change(&file)
        try folder.write(file.encoded(), to: "model.safetensors")
        return try sentence { _ = try VideoModel(contentsOf: path) }.replacing(folder.path + "/", with: "")
    }

    @Test func filesThatAreNoModelsAreRefused() throws {
        let network =
            #"{"hasPeepholes":true,"hiddenChannels":[3,2],"kernelSize":3,"outputActivation":"sigmoid","patchSize":2}"#
        #expect(
            try refusal { $0.metadata = [:] }
                == "model.safetensors holds tensors without the description of their network; name a file that "
                + "`VideoModel.save` wrote")
        #expect(
            try refusal { $0.metadata["convlstm"] = "{}" }
                == "model.safetensors has a description of its network that cannot be read; save it again")
        #expect(
            try refusal {
                $0.metadata["convlstm"] = $0.metadata["convlstm"]!.replacing(#""version":1"#, with: #""version":2"#)
            }
                == "model.safetensors is a model of version 2, and this library reads version 1; use the library that wrote it"
        )
        #expect(
            try refusal { $0.metadata["convlstm"] = $0.metadata["convlstm"]!.replacing("[3,2]", with: "[-3]") }
                == "hiddenChannels is [-3]; give 1 to 32 layers, each of 1 to 4096 channels")
        #expect(
            try refusal { $0.tensors.removeFirst() }.hasPrefix("model.safetensors lacks tensor "))
        #expect(
            try refusal { $0.tensors.append(.init(name: "more", shape: [1], floats: [1].span)) }
                == "model.safetensors holds tensor more, which its network has not; use a file as `VideoModel.save` wrote it"
        )
        #expect(
            try refusal { file in
                let last = file.tensors.count - 1
                file.tensors[last] = .init(name: file.tensors[last].name, shape: [1], floats: [1].span)
            }.contains(" of shape [1], and its network has ["))
        #expect(
            try refusal { file in
                let first = file.tensors[0], wrong = [Float](repeating: .nan, count: first.bytes.count / 4)
                file.tensors[0] = .init(name: first.name, shape: first.shape, floats: wrong.span)
            } == "model.safetensors holds values that are not finite; use a file as `VideoModel.save` wrote it")
        try model.save(to: path)
        #expect(
            String(decoding: try folder.bytes(of: "model.safetensors"), as: UTF8.self).contains(
                network.replacing("\"", with: "\\\"")))
    }

    /// What is no file, or none of ours.
    @Test func otherFilesAreRefused() throws {
        try folder.write([1, 2, 3], to: "model.safetensors")
        #expect(
            try sentence { _ = try VideoModel(contentsOf: path) }.hasSuffix(
                "model.safetensors is not a whole safetensors file: it has only 3 bytes; copy or make it again"))
        #expect(try sentence { _ = try VideoModel(contentsOf: folder.file("none")) }.contains("none"))
        #expect(
            try sentence { try model.save(to: folder.file("no/model.safetensors")) }.contains("no/model.safetensors"))
    }

    /// A flipped or missing byte of a file ends in a sentence, or in another model, but in no trap.
    @Test(arguments: 0..<200) func damagedFilesTrapNothing(number: Int) throws {
        try model.save(to: path)
        let damaged = try Mutation(number: number).applied(to: folder.bytes(of: "model.safetensors"))
        try folder.write(damaged, to: "model.safetensors")
        do { _ = try VideoModel(contentsOf: path) } catch { #expect(error.description.contains(";"), "\(error)") }
    }
}
