// The corpus of the fuzzer without the fuzzer: every file through its reader.

import Foundation
import Readers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct CorpusTests {
    private static let corpus = Repository.path + "Fuzzing/Corpus"

    private func names(_ reader: Reader) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Self.corpus)/\(reader.rawValue)").sorted()
    }

    @Test func everyFolderHasAReader() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(Set(folders) == Set(Reader.allCases.map(\.rawValue)))
    }

    /// Each file gives a value or one short sentence.
    @Test(arguments: Reader.allCases) func nothingTrapsAReader(reader: Reader) throws {
        let folder = try TemporaryFolder(inMemory: true), names = try names(reader)
        #expect(!names.isEmpty)
        for name in names {
            let path = "\(Self.corpus)/\(reader.rawValue)/\(name)"
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            do {
                try reader.read(bytes, in: folder)
            } catch {
                let fault = DamageTrial.fault(of: error)
                #expect(fault == nil, "\(path)")
            }
        }
    }

    /// Each reader has a seed that it reads whole: otherwise the fuzzer would see nothing but its first refusal.
    @Test(arguments: Reader.allCases) func aSeedIsReadWhole(reader: Reader) throws {
        let folder = try TemporaryFolder(inMemory: true), seeds = try names(reader).filter { $0.hasPrefix("seed-") }
        let whole = try seeds.filter { name in
            let path = "\(Self.corpus)/\(reader.rawValue)/\(name)"
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            return (try? reader.read(bytes, in: folder)) != nil
        }
        #expect(!whole.isEmpty, "\(seeds)")
    }
}
