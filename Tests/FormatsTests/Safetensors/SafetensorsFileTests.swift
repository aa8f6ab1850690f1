import Formats
import TestSupport
import Testing

@Suite struct SafetensorsFileTests {
    let file = SafetensorsFile(
        tensors: [
            .init(name: "mask", type: .uint8, shape: [3], bytes: [1, 2, 3]),
            .init(name: "encoder.0.weight", shape: [2, 2], floats: [1, -2, 0.5, 1e-20].span),
            .init(name: "step", type: .int64, shape: [], bytes: [7, 0, 0, 0, 0, 0, 0, 0]),
        ],
        metadata: ["step": "7", "path": "a/b", "quoted": "\"ü\""])

    @Test func whatIsWrittenIsRead() throws {
        let read = try SafetensorsFile(decoding: file.encoded(), file: "x")
        #expect(read.metadata == file.metadata)
        #expect(read.tensors.map(\.name) == ["step", "encoder.0.weight", "mask"])
        for tensor in file.tensors { #expect(read[tensor.name] == tensor) }
        var floats = [Float](repeating: 0, count: 4), span = floats.mutableSpan
        try read["encoder.0.weight"]?.copy(into: &span, file: "x")
        #expect(floats == [1, -2, 0.5, 1e-20])
    }

    @Test func dataStartsAtAMultipleOfEightBytes() throws {
        for length in 0..<9 {
            let name = String(repeating: "n", count: length + 1)
            let bytes = try SafetensorsFile(tensors: [.init(name: name, shape: [1], floats: [1].span)]).encoded()
            #expect((bytes.count - 4) % 8 == 0)
        }
    }

    @Test func tensorsOfAnotherShapeAreNotCopied() throws {
        var floats = [Float](repeating: 0, count: 3), span = floats.mutableSpan
        #expect(throws: FormatError.self) { try file["encoder.0.weight"]?.copy(into: &span, file: "x") }
        #expect(throws: FormatError.self) { try file["mask"]?.copy(into: &span, file: "x") }
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"Q7","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[2]}}"#, #"[]"#, "{", "",
        // Headers that Foundation's JSON decoder accepts and the reference library does not.
        #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0.0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
        "\u{FEFF}" + #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[9],"shape":[2],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":{"a":"1"},"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":{"a":"1","a":"2"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}"#,
        #"{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1,2,3,0,9],"data_offsets":[0,8]}}"#,
        #"{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        String(repeating: #"{"a":"#, count: 30_000), #"{"a":{"x":"# + String(repeating: "[", count: 60_000),
    ])
    func wrongHeadersAreRefused(json: String) {
        let error = #expect(throws: FormatError.self) {
            try SafetensorsFile(decoding: bytes([UInt8](json.utf8)), file: "x")
        }
        #expect((error?.description.utf8.count ?? 999) < 400)
        #expect(error?.description.contains("is not a whole safetensors file") == true)
    }

    /// A file with this header and two elements.
    private func bytes(_ header: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) } + header
            + [UInt8](repeating: 0, count: 8)
    }

    @Test func aHeaderInUTF16IsRefused() {
        let json = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let little: [UInt8] = json.utf8.flatMap { [$0, 0] }, big: [UInt8] = json.utf8.flatMap { [0, $0] }
        for header: [UInt8] in [little, big, [0x7B, 0x22, 0xFF, 0x22]] {
            #expect(throws: FormatError.self) { try SafetensorsFile(decoding: bytes(header), file: "x") }
        }
    }

    @Test(arguments: [
        #"{"\u00e4\ud83d\ude00\n\/":{"shape":[2],"dtype":"F32","data_offsets":[0,8]}}   "#,
        #"{ "__metadata__" : null , "ä😀\n/" : { "data_offsets" : [ 0 , 8 ] , "dtype" : "F32" , "shape" : [ 1 , 2 ] } }"#,
        #"{"ä😀\n/":{"more":{"a":[1,-2.5e+3,true,null,{}],"b":"\"}"},"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#,
    ]) func allOfJSONIsRead(json: String) throws {
        let read = try SafetensorsFile(decoding: bytes([UInt8](json.utf8)), file: "x")
        #expect(read["ä😀\n/"]?.bytes.count == 8 && read.tensors.count == 1 && read.metadata.isEmpty)
    }

    @Test(.enabled(if: Python.has("safetensors.numpy"), "needs the Python package safetensors"))
    func theReferenceLibraryReadsIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(file.encoded(), to: "x.safetensors")
        let script = """
            import sys, safetensors.numpy as s
            t = s.load_file(sys.argv[1])
            print(t["encoder.0.weight"].tolist()[1][0], t["mask"].tolist(), int(t["step"]))
            """
        #expect(try Python.run(script, [path]) == "0.5 [1, 2, 3] 7\n")
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy"))
    func theFormatAsWrittenDownReadsIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(file.encoded(), to: "x.safetensors")
        let script = """
            import sys, json, numpy as np
            raw = open(sys.argv[1], "rb").read()
            n = int.from_bytes(raw[:8], "little"); h = json.loads(raw[8:8+n]); d = raw[8+n:]
            a, b = h["encoder.0.weight"]["data_offsets"]
            print(np.frombuffer(d[a:b], "<f4").reshape(2, 2).tolist()[0], h["__metadata__"]["quoted"])
            """
        #expect(try Python.run(script, [path]) == "[1.0, -2.0] \"ü\"\n")
    }
}
