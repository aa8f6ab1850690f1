import Kernels
import DataLoading
import Configuration
import Formats
import Foundation
import Model
import TestSupport
import Testing
import Trainer

@Suite struct CheckpointStoreTests {
    private let example: CheckpointExample
    private var folder: TemporaryFolder { example.folder }
    private var store: CheckpointStore { example.store }
    private var data: DataSet { example.data }
    private var network: Network<Float> { example.network }
    private var configuration: TrainingConfiguration { example.configuration }

    init() throws { example = try CheckpointExample(keeping: Retention(newest: 2)) }

    @discardableResult
    private func save(step: Int, best: Validation? = nil) throws -> String {
        try store.save(example.checkpoint(of: example.state(step: step, best: best))).path
    }

    @Test func whatIsReadIsWhatWasSaved() throws {
        var saved = example.state(step: 5, best: Validation(step: 4, loss: 0.1 + 0.2))
        saved.plateaus = Plateaus(factor: 0.1 * 0.7, patience: Patience(best: 1.0 / 3, waited: 2))
        saved.stopping = Patience(best: 0.1 + 0.2, waited: 1)
        let path = try store.save(example.checkpoint(of: saved)).path
        let found = try CheckpointStore.read(path)
        var restored = TrainingState(network, optimizer: .adam(.init()), seed: 99)
        try found.checkpoint.restore(into: &restored, file: path)
        #expect(restored.position == saved.position && restored.best == saved.best && restored.optimizer.step == 5)
        #expect(example.same(restored.values, saved.values))
        #expect(restored.plateaus == saved.plateaus && restored.stopping == saved.stopping)
        #expect(restored.optimizer.moments.map(\.name) == ["m", "v"])
        for (a, b) in zip(restored.optimizer.moments, saved.optimizer.moments) {
            #expect(example.same(a.vector, b.vector))
        }
        let parts = try found.checkpoint.parts()
        #expect(parts.map(\.name) == ["parameters", "optimizer.m", "optimizer.v"])
        #expect(parts.allSatisfy { $0.elements == network.layout.count })
        #expect(found.checkpoint.configuration == configuration && found.checkpoint.frame == data.frame)
        #expect(found.checkpoint.valueRange == 0...255 && found.checkpoint.trainingSequences == 10_000)
        #expect(example.same(restored.statistics, saved.statistics))
    }

    @Test func theNewestAndTheBestStay() throws {
        for step in 1...5 { try save(step: step, best: Validation(step: min(step, 2), loss: 1)) }
        #expect(try store.steps == [2, 4, 5])
        let index = try CheckpointIndex(folder: store.folder)
        #expect(index.checkpoints.map(\.step) == [2, 4, 5] && index.best == "step-000000002.safetensors.zst")
        for entry in index.checkpoints {
            let path = store.folder + "/" + entry.file
            #expect(try Digest.ofFile(path) == entry.sha256)
        }
        #expect(try store.best()?.checkpoint.position.step == 2)
        #expect(try store.newest()?.checkpoint.position.step == 5)
    }

    @Test(arguments: ["cut", "flipped", "emptied"], [true, false])
    func aDamagedFileIsPassedOverWithAReason(damage: String, hasIndex: Bool) throws {
        try save(step: 1)
        let path = try save(step: 2)
        var bytes = try InputFile(path: path).bytes()
        switch damage {
        case "cut": bytes.removeLast(bytes.count / 3)
        case "flipped": bytes[bytes.count / 2] ^= 0x10
        default: bytes = []
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if !hasIndex { try FileManager.default.removeItem(atPath: store.folder + "/" + CheckpointIndex.fileName) }
        #expect(throws: FormatError.self) { try CheckpointStore.read(path) }
        let found = try #require(try store.newest())
        #expect(found.checkpoint.position.step == 1 && found.damaged.map(\.path) == [path])
        #expect(found.damaged[0].reason.hasPrefix(path))
        try store.setAside(found)
        #expect(try store.steps == [1] && Folder.holds(path + ".damaged"))
    }

    /// A step that is trained again after its checkpoint was damaged, and damaged again.
    @Test func aSecondDamagedFileOfAStepLeavesTheFirst() throws {
        try save(step: 1)
        for (time, content) in ["first", "second", "third"].enumerated() {
            let path = try save(step: 2), name = time == 0 ? ".damaged" : ".damaged.\(time + 1)"
            try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            try store.setAside(try #require(try store.newest()))
            #expect(try store.steps == [1])
            #expect(try InputFile(path: path + name).bytes() == Array(content.utf8))
        }
        let path = store.folder + "/" + Checkpoint.fileName(step: 2)
        #expect(try InputFile(path: path + ".damaged").bytes() == Array("first".utf8))
        #expect(try store.newest()?.damaged.isEmpty == true)
    }

    @Test func onlyDamagedOnesAreAnErrorAndNoneAreNone() throws {
        #expect(try store.newest() == nil)
        let path = try save(step: 1)
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: FormatError.self) { try store.newest() }
        #expect("\(error)".contains("holds no whole checkpoint"))
    }

    @Test func aFileThatTheIndexMissesIsEnteredLater() throws {
        try save(step: 1)
        try Folder.remove(store.folder + "/" + CheckpointIndex.fileName)
        try save(step: 2)
        #expect(try CheckpointIndex(folder: store.folder).checkpoints.map(\.step) == [1, 2])
        try Data("half".utf8).write(
            to: URL(fileURLWithPath: store.folder + "/.step-000000003.safetensors.zst.1@elsewhere.partial"))
        try Leftovers.removeAll(in: store.folder)
        #expect(try Folder.names(in: store.folder)?.count == 3)
    }

    /// The files are as a kill between the last checkpoint and the index leaves them.
    @Test func theIndexIsMendedFromTheFiles() throws {
        try save(step: 1, best: Validation(step: 1, loss: 3))
        try save(step: 2, best: Validation(step: 1, loss: 3))
        let index = store.folder + "/" + CheckpointIndex.fileName, old = try InputFile(path: index).bytes()
        let path = try CheckpointStore(folder: store.folder, keeping: Retention(newest: 9)).save(
            example.checkpoint(of: example.state(step: 3, best: Validation(step: 3, loss: 1)))
        ).path
        try Data(old).write(to: URL(fileURLWithPath: index))
        let best = try #require(try store.best()), newest = try #require(try store.newest())
        #expect(best.path == path && newest.path == path)
        try store.mendIndex(newest: newest)
        let mended = try CheckpointIndex(folder: store.folder)
        #expect(mended.best == "step-000000003.safetensors.zst" && mended.checkpoints.map(\.step) == [2, 3])
        #expect(try store.steps == [2, 3] && mended.checkpoints[1].sha256 == Digest.ofFile(path))
    }

    @Test(arguments: ["[", #"{"checkpoints": [], "best": "step-000000009.safetensors.zst"}"#, "digest"])
    func damageInTheIndexCondemnsNoCheckpoint(text: String) throws {
        try save(step: 1)
        let path = try save(step: 2), index = store.folder + "/" + CheckpointIndex.fileName
        var bytes = text == "digest" ? try InputFile(path: index).bytes() : Array(text.utf8)
        if text == "digest" {
            let digest = try #require(String(decoding: bytes, as: UTF8.self).range(of: try Digest.ofFile(path)))
            let place = digest.lowerBound.utf16Offset(in: String(decoding: bytes, as: UTF8.self))
            bytes[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: index))
        let newest = try #require(try store.newest())
        #expect(newest.path == path && newest.damaged.isEmpty)
        #expect(try store.best()?.path == path)
        let verdicts = try CheckpointStore.verdicts(on: store.folder)
        #expect(verdicts.filter { $0.file.hasSuffix(".zst") }.allSatisfy { $0.damage == nil })
        #expect(verdicts.contains { $0.damage != nil && $0.file == index } == (text == "["))
        #expect(verdicts.contains { $0.remark != nil && $0.file == path } == (text == "digest"))
        try save(step: 3)
        #expect(try CheckpointIndex(folder: store.folder).checkpoints.map(\.step) == [2, 3])
    }

    @Test func theNewestIsBestWhereTheBestOneIsGone() throws {
        try save(step: 1, best: Validation(step: 1, loss: 1))
        let newest = try save(step: 2, best: Validation(step: 1, loss: 1))
        try Folder.remove(store.folder + "/" + Checkpoint.fileName(step: 1))
        let found = try #require(try store.best())
        #expect(found.path == newest && found.damaged[0].reason.contains("the best one: "))
    }

    @Test(arguments: [
        "step-7.safetensors.zst", "step-9999999999999999999.safetensors.zst", "step--00000001.safetensors.zst",
    ])
    func aFileOfAnotherNameIsNoCheckpointOfTheRun(name: String) throws {
        let path = try save(step: 1)
        try FileManager.default.copyItem(atPath: path, toPath: store.folder + "/" + name)
        try save(step: 2)
        #expect(try store.steps == [1, 2] && store.newest()?.checkpoint.position.step == 2)
        #expect(try Folder.holds(store.folder + "/" + name))
    }

    @Test func aFolderThatIsNoneIsNotAnEmptyOne() throws {
        #expect(try CheckpointStore(folder: folder.file("missing")).steps.isEmpty)
        let file = try folder.write([1], to: "file")
        let error = try #require(throws: FormatError.self) { try CheckpointStore(folder: file).steps }
        #expect("\(error)".contains("could not be read (not a directory)"), "\(error)")
    }

    /// Rewrites the file of a checkpoint with other facts in its header and valid checksums.
    private func rewritten(_ path: String, _ change: (inout SafetensorsFile) -> Void) throws {
        let stored = try InputFile(path: path).bytes()
        var content = try SafetensorsFile(
            decoding: Zstd.decompress(stored.span, limit: 1 << 28, file: path), file: path)
        change(&content)
        let plain = try content.encoded(), packed = try Zstd.compress(plain.span)
        try Data(packed).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: [
        ("epoch", "9223372036854775807"), ("position", "-1"), ("step", "4611686018427387904"),
        ("left_out", "-9223372036854775808 0"),
        ("left_out", "3 4"), ("frame", "-32 32 1"), ("frame", "4294967296 4294967296 1"),
        ("frame", "1000000 1000000 1"),
        ("frame", "64 64"), ("frame", "64 64 1 x"), ("value_range", "nan 1"), ("value_range", "2 1"),
        ("training_sequences", "1e3"),
        ("sampling_ranks", "-1"), ("best_loss", "inf"), ("plateau", "7 1 1"), ("early_stopping", "1 -1"),
        ("configuration", "batchSize: 1"), ("format", "convlstm-dist 1"),
    ])
    func impossibleFactsAreRefused(key: String, value: String) throws {
        let path = try save(step: 1)
        try rewritten(path) {
            $0.metadata["best_step"] = "1"
            $0.metadata["best_loss"] = "1"
            $0.metadata[key] = value
        }
        let error = try #require(throws: FormatError.self) { try CheckpointStore.read(path) }
        #expect("\(error)".hasPrefix(path) && "\(error)".utf8.count < path.utf8.count + 300, "\(error)")
    }

    @Test(arguments: [true, false]) func whatCannotBeGoneOnWithIsNoWholeCheckpoint(isMoment: Bool) throws {
        let path = try save(step: 1), name = isMoment ? "optimizer.v.readout.bias" : "encoder1.input.kernel"
        #expect(try CheckpointStore.verdicts(on: store.folder).map(\.damage) == [nil])
        try rewritten(path) { content in
            let index = content.tensors.firstIndex { $0.name == name }!
            var bytes = Array(content.tensors[index].bytes)
            bytes.replaceSubrange(0..<4, with: [0, 0, 0xC0, 0x7F])
            content.tensors[index].bytes = bytes[...]
        }
        let damage = try #require(try CheckpointStore.verdicts(on: path)[0].damage)
        #expect(damage.contains("holds 1 numbers in \(name) that are not finite"), "\(damage)")
        try rewritten(path) { content in content.tensors.removeAll { $0.name == name } }
        #expect(try CheckpointStore.verdicts(on: path)[0].damage?.contains("has no tensor \(name)") == true)
    }

    @Test func anotherModelIsRefusedByTheNameOfItsTensor() throws {
        let path = try save(step: 1)
        let other = try Network<Float>(Presets.neuralScene.network, frame: data.frame)
        let error = try #require(throws: FormatError.self) {
            _ = try CheckpointStore.read(path).checkpoint.prepare(other, file: path, on: ThreadPool())
        }
        #expect("\(error)".contains("has no tensor enco_cl1.i.input.kernel"), "\(error)")
    }

    @Test func otherToolsOpenIt() throws {
        let path = try save(step: 1), plain = folder.file("plain.safetensors")
        #expect(try Command.run("zstd", ["-q", "-d", path, "-o", plain]).status == 0)
        let facts = try Python.run(
            """
            import json, struct, sys
            data = open(sys.argv[1], 'rb').read()
            header = json.loads(data[8:8 + struct.unpack('<Q', data[:8])[0]])
            meta = header['__metadata__']
            shape = header['encoder1.input.kernel']['shape']
            print(meta['step'], meta['frame'], shape, 'optimizer.v.readout.bias' in header)
            """, [plain])
        #expect(facts == "1 64 64 1 [3, 3, 16, 128] True\n")
    }
}
