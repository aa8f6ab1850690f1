// YAML as people and their editors write it, and the errors for files that are not YAML.

import Configuration
import Foundation
import Model
import TestSupport
import Testing

@Suite struct YAMLReadingTests {
    private let folder = try! TemporaryFolder()

    private static let system = """
        name: mine
        sequences: {inputFrames: 2, outputFrames: 2}
        network:
          encoder:
          - name: a
            convLSTM: {hidden: 4, kernel: 3}
          readout:
          - {name: b, convolution: {filters: 1, kernel: 1}}
        """

    private func read(_ bytes: [UInt8]) throws -> SystemDescription {
        try SystemDescription.named(folder.write(bytes, to: "my.yaml"))
    }

    private func read(_ text: String) throws -> SystemDescription { try read(Array(text.utf8)) }

    /// The error about a file, which must be short and on one line whatever the file contains.
    private func complaint(about bytes: [UInt8]) throws -> String {
        let error = try #require(throws: TrainingError.self) { try read(bytes) }
        let sentence = error.description.replacing(folder.path + "/", with: "")
        #expect(error.isUsage && sentence.utf8.count <= 300 && !sentence.contains { $0.isNewline }, "\(sentence)")
        return sentence
    }

    private func configuration(_ file: String) throws -> TrainingConfiguration {
        try ConfigurationLayer(path: file).applied(to: TrainingConfiguration(model: Presets.small))
    }

    private func complaint(about text: String) throws -> String { try complaint(about: Array(text.utf8)) }

    @Test func marksAndLineEndsOfEditorsAreAllowed() throws {
        let plain = try read(Self.system)
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(Self.system.utf8)) == plain)
        #expect(try read(Self.system.replacing("\n", with: "\r\n")) == plain)
        let file = try folder.write(
            [0xEF, 0xBB, 0xBF] + Array("seed: 3\nsteps: 2\ndata: generated\n".utf8), to: "c.yaml")
        #expect(try configuration(file).seed == 3)
    }

    @Test func aKeyThatStandsThereTwiceIsNamedWithItsLines() throws {
        let comments = String(repeating: "# a comment\n", count: 9999)
        let block = Self.system + "\nbatchSize: 2\nlearningRate: 1\nbatchSize: 3\n" + comments
        #expect(
            try complaint(about: block)
                == "my.yaml, line 11: batchSize stands there twice (first in line 9); leave one of the two out")
        let flow = Self.system.replacing("hidden: 4", with: "hidden: 4, hidden: 5")
        #expect(try complaint(about: flow) == "my.yaml, line 6: hidden stands there twice; leave one of the two out")
        let long = String(repeating: "k", count: 500)
        #expect(try complaint(about: Self.system + "\n\(long): 1\n\(long): 2\n").hasPrefix("my.yaml, line 10: kkkk"))
    }

    @Test func textThatIsNoYAMLIsNamedWithItsLine() throws {
        let deep = try complaint(about: "name: x\nnetwork: " + String(repeating: "[", count: 300_000))
        #expect(
            deep.hasPrefix("my.yaml, line 2,") && deep.contains("more than 1000 deep") && !deep.contains("yaml_"),
            "\(deep)")
        #expect(
            try complaint(about: Self.system + "\nloss:\n\terror: squared\n").contains("line 10, is not YAML: a tab"))
        #expect(try complaint(about: "name: \"mine\n" + String(repeating: "x ", count: 100_000)).contains("line"))
        #expect(try complaint(about: "name: m\n---\nname: n\n").contains("another document"))
        #expect(try complaint(about: "name: a\u{1}b\n").contains("control characters are not allowed"))
        let latin = [UInt8]("name: x\nloss: ".utf8) + [0xFF, 0xFE, 0x0A]
        #expect(try complaint(about: latin).contains("line 2: it is no UTF-8 text"))
        #expect(try complaint(about: [0xFF, 0xFE, 0x6E, 0x00]).contains("no UTF-8 text"))
    }

    @Test func whatIsQuotedIsShort() throws {
        let long = String(repeating: "a very long name ", count: 5000)
        _ = try complaint(about: Self.system + "\n? \"\(long)\"\n: 1\n")
        _ = try complaint(about: Self.system + "\nloss: {error: \"\(long)\"}")
        _ = try complaint(about: Self.system.replacing("name: mine", with: "name: \"\(long)\""))
        _ = try complaint(about: Self.system + "\nloss: {error: \"a\u{2028}b\\e[31m\"}")
    }

    @Test func mergeKeysBringWhatIsNotThere() throws {
        let merged = """
            name: mine
            sequences: {inputFrames: 2, outputFrames: 2}
            network:
              encoder:
              - name: a
                convLSTM: &cell {hidden: 4, kernel: 3}
              - name: c
                convLSTM: {<<: *cell, kernel: 5}
              - name: d
                convLSTM:
                  <<: [{hidden: 8}, *cell]
              readout:
              - {name: b, convolution: {filters: 1, kernel: 1}}
            """
        let cells = try read(merged).network.encoder.map(\.operation)
        #expect(cells[1] == .convLSTM(ConvLSTMDescription(hidden: 4, kernel: 5)))
        #expect(cells[2] == .convLSTM(ConvLSTMDescription(hidden: 8, kernel: 3)))
        let wrong = try complaint(about: merged.replacing("<<: *cell", with: "<<: 3"))
        #expect(wrong.contains("line 8: << merges mappings"), "\(wrong)")
        let text = try complaint(about: merged.replacing("<<: *cell", with: "\"<<\": *cell"))
        #expect(text.contains("line 8: network.encoder[1].convLSTM.hidden is missing"), "\(text)")
    }

    @Test func mergesOfMergesEnd() throws {
        let lines = (1...30).map { level in
            "l\(level): &l\(level) {<<: [" + Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ",") + "]}"
        }
        #expect(try complaint(about: "l0: &l0 {x: 1}\n" + lines.joined(separator: "\n")).contains("aliases"))
    }

    @Test func numbersThatAreNoneAreRefused() throws {
        let rate = Self.system + "\nlearningRate: "
        for (number, sentence) in [
            ("1e400", "learningRate is 1e400; give a finite number"), (".nan", "is .nan; give"),
            (".inf", "is .inf; give"),
            ("1:30", "must be a number"), ("1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "must be a number"),
            ("one", "must be a number"), ("[1]", "must be a number"),
        ] {
            #expect(try complaint(about: rate + number).contains(sentence), "\(number)")
        }
        let size = Self.system + "\nbatchSize: "
        for number in [
            "9223372036854775808", "9223372036854775807:59", "1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "1.5", "0x", "09",
            "1e3",
        ] {
            #expect(
                try complaint(about: size + number).contains("batchSize has a value of the wrong kind"), "\(number)")
        }
        for (number, value) in [("0x10", 16), ("1_000", 1000), ("010", 8), ("+7", 7)] {
            #expect(try read(size + number).batchSize == value)
        }
        #expect(try complaint(about: size + "1000000000").contains("batchSize is 1000000000; choose 1 to 1000000"))
        let kind = Self.system.replacing(
            "outputFrames: 2", with: "outputFrames: 2, generator: {size: 4611686018427387904}")
        #expect(try complaint(about: kind).contains("model.sequences.generator.size is 4611686018427387904"))
    }

    /// Sizes are multiplied before anything else checks them.
    @Test func sizesThatCannotBeMultipliedAreRefused() throws {
        for (sizes, sentence) in [
            ("hidden: -9223372036854775808, kernel: 3", "hidden is -9223372036854775808; choose at most 65536"),
            ("hidden: 4, kernel: -9223372036854775808", "kernel is -9223372036854775808; choose at most 65536"),
            ("hidden: 65536, kernel: 65536", "would learn 1000000000000000000 numbers"),
        ] {
            let system = try read(Self.system.replacing("hidden: 4, kernel: 3", with: sizes))
            let error = try #require(throws: ModelError.self) {
                try Network<Float>(system.network, frame: FeatureShape(height: 16, width: 16, channels: 1))
            }
            #expect(error.description.contains(sentence), "\(error)")
        }
    }

    @Test func anImpossibleNumberOfMappingsIsEnoughToSay() throws {
        let layers = (1...24).map { level in
            "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ",") + "]"
        }
        _ = try complaint(about: "l0: &l0 [x]\n" + layers.joined(separator: "\n"))
    }

    @Test func aModelIsCalledWhatAFolderCanBe() throws {
        for name in [
            "..", ".", "", "a/../../b", "/tmp/x", "a\\nb", "a\\tb", "a\\u2028b", String(repeating: "n", count: 300),
        ] {
            let text = Self.system.replacing("name: mine", with: "name: \"\(name)\"")
            #expect(try complaint(about: text).contains("my.yaml: name is"), "\(name)")
            let file = try folder.write(Array("model: {name: \"\(name)\"}\ndata: generated\n".utf8), to: "c.yaml")
            #expect(throws: (any Error).self, "\(name)") { try configuration(file).check() }
        }
        for name in ["mine 2", "...", "ä", "a.b", "-x"] {
            #expect(try read(Self.system.replacing("name: mine", with: "name: \"\(name)\"")).name == name)
        }
    }
}
