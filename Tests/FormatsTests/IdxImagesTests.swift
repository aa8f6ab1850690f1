import Formats
import TestSupport
import Testing

@Suite struct IdxImagesTests {
    let folder = try! TemporaryFolder()
    let whole: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(10..<22)

    @Test func plainAndGzippedAreTheSame() throws {
        let path = try folder.write(whole, to: "images")
        #expect(try Command.run("gzip", ["-k", path]).status == 0)
        for name in ["images", "images.gz"] {
            let images = try IdxImages(path: folder.file(name))
            #expect(images.count == 2 && images.height == 2 && images.width == 3)
            #expect(images.pixels == Array(10..<22))
        }
    }

    @Test func labelsTruncationsAndOtherFilesAreRefused() throws {
        let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 5, 6] + [UInt8](repeating: 0, count: 9)
        let floats: [UInt8] = [0, 0, 13, 3] + whole[4...]
        for (bytes, phrase) in [
            (labels, "no images"), (floats, "not an idx file"), ([UInt8](whole.dropLast()), "cut short"),
            ([], "not an idx file"), ([0x1F, 0x8B], "cut short"),
        ] {
            let path = try folder.write(bytes, to: "images")
            let error = #expect(throws: FormatError.self) { try IdxImages(path: path) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }
}
