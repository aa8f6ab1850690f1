// What `export` and `import` refuse, and how they say it.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

@Suite struct ExportTests {
    private let tools = try! ToolsExample.shared.get()

    /// The name of a new file.
    private func new(_ suffix: String) -> String { "\(UUID().uuidString).\(suffix)" }

    private func export(_ format: String, to output: String, _ more: [String] = []) throws -> CommandResult {
        try tools.dist(["export", "--format", format, "--checkpoint", tools.run, "--output", output] + more)
    }

    private func refused(_ result: CommandResult, _ sentence: String, status: Int32) {
        #expect(result.status == status && result.stdout.isEmpty, "\(result)")
        #expect(result.stderr.contains(sentence), "\(result)")
        #expect(!result.stderr.contains("\n\n") && !result.stderr.contains("Fatal"), "\(result)")
    }

    @Test func nothingIsOverwrittenAndAFileIsCalledWhatItIs() throws {
        for format in ["safetensors", "npz", "onnx"] {
            let file = new(format), made = try export(format, to: file)
            #expect(made.status == 0 && made.stdout.hasPrefix("\(file): "), "\(made)")
            let bytes = try tools.folder.bytes(of: file)
            refused(try export(format, to: file), "\(file) exists; remove it", status: 2)
            #expect(try tools.folder.bytes(of: file) == bytes)
            let again = new(format)
            #expect(try export(format, to: again).status == 0)
            #expect(try tools.folder.bytes(of: again) == bytes, "\(format)")
            refused(try export(format, to: new("bin")), "end in .\(format)", status: 2)
        }
        refused(try export("npz", to: new("npz"), ["--frames", "3"]), "leave them out", status: 2)
        refused(try export("onnx", to: new("onnx"), ["--frames", "0"]), "--frames is 0", status: 2)
        refused(try export("onnx", to: new("onnx"), ["--frame", "25x24x1"]), "25 x 24 x 1", status: 2)
        refused(try export("safetensors", to: "nowhere/" + new("safetensors")), "nowhere", status: 1)
        refused(
            try tools.dist(["export", "--checkpoint", "nothing", "--output", new("safetensors")]),
            "nothing does not exist",
            status: 1)
    }

    /// Whatever is cut off, the file is refused, and no folder is made.
    @Test(arguments: ["safetensors", "npz"]) func whatIsCutShortIsRefused(format: String) throws {
        let file = new(format)
        try #require(try export(format, to: file).status == 0)
        let bytes = try tools.folder.bytes(of: file)
        for count in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
            let cut = new(format), output = UUID().uuidString
            try tools.folder.write(Array(bytes[..<count]), to: cut)
            let result = try tools.dist(["import", cut, "--output", output])
            refused(result, cut, status: 1)
            #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
            #expect(!FileManager.default.fileExists(atPath: tools.folder.file(output)))
        }
    }

    /// Writes an exported file with other contents.
    private func changed(_ change: (inout SafetensorsFile) throws -> Void) throws -> String {
        let file = new("safetensors"), path = tools.folder.file(file)
        try #require(try export("safetensors", to: file).status == 0)
        var content = try SafetensorsFile(decoding: InputFile(path: path).bytes(), file: path)
        try change(&content)
        try tools.folder.write(content.encoded(), to: file)
        return file
    }

    private func importing(_ file: String, _ more: [String] = []) throws -> CommandResult {
        try tools.dist(["import", file, "--output", UUID().uuidString] + more)
    }

    @Test func everythingInAFileHasItsPlace() throws {
        let key = WeightDescription.key
        refused(try importing(changed { $0.tensors.removeLast() }), "lacks ", status: 1)
        refused(
            try importing(
                changed {
                    $0.tensors.append(SafetensorsFile.Tensor(name: "extra", type: .float32, shape: [0], bytes: []))
                }), "holds extra, which has no place", status: 1)
        refused(try importing(changed { $0.tensors[0].shape += [1] }), " of shape [", status: 1)
        refused(try importing(changed { $0.metadata[key] = nil }), "give --preset and --gate-order", status: 2)
        refused(try importing(changed { $0.metadata[key] = "{}" }), "description of its weights that", status: 1)
        refused(
            try importing(
                changed { file in
                    file.metadata[key] = file.metadata[key]?.replacing(#""version":1"#, with: #""version":2"#)
                }), "is an export of version 2", status: 1)
        refused(
            try importing(
                changed { file in
                    let nan = withUnsafeBytes(of: Float.nan) { Array($0) }
                    file.tensors[0].bytes = (nan + file.tensors[0].bytes.dropFirst(4))[...]
                }), "not finite", status: 1)
        refused(try importing("squares-shifted.npy"), "squares-shifted.npy is a .npy array", status: 1)
        refused(try importing("x.safetensors", ["--preset", "pytorch-seq2seq"]), "belong together", status: 2)
        refused(try importing("x.safetensors", ["--frame", "8x8x1"]), "leave them out", status: 2)
    }
}
