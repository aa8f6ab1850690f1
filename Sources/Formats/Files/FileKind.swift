// Recognizes by its first bytes what a file of the wrong kind is; most broken downloads are one of a few kinds. The
// choice: one list for all formats, with advice on what to do.

/// A kind of file that people give by mistake in place of another.
package struct FileKind: Equatable, Sendable {
    /// The name of the kind, with its article.
    package var name: String
    package var advice: String

    /// The number of leading bytes that are enough to recognize any kind.
    package static let neededBytes = 512

    /// The kind of a file with these first bytes, or nil if it is unknown. A shorter file is passed whole.
    package static func of(_ start: [UInt8]) -> FileKind? {
        if start.isEmpty { return FileKind(name: "empty", advice: "copy or make it again") }
        if start.starts(with: "version https://git-lfs".utf8) {
            return FileKind(name: "a Git LFS pointer", advice: "fetch the file itself with `git lfs pull`")
        }
        if isMarkup(start) {
            return FileKind(
                name: "a web page", advice: "download the file itself, which may need another link or a login")
        }
        if start.starts(with: [0x50, 0x4B, 3, 4]) { return archive(start) }
        return fixed.first { start.starts(with: $0.bytes) }?.kind ?? (isSafetensors(start) ? safetensors : nil)
    }

    /// The error for a file that is not `wanted`; `advice` applies to an unknown kind.
    package static func error(_ file: String, _ start: [UInt8], not wanted: String, advice: String) -> FormatError {
        guard let kind = of(start) else { return FormatError(file: file, problem: "is not \(wanted)", advice: advice) }
        return FormatError(file: file, problem: "is \(kind.name), not \(wanted)", advice: kind.advice)
    }

    private init(name: String, advice: String) {
        (self.name, self.advice) = (name, advice)
    }

    private static let fixed: [(bytes: [UInt8], kind: FileKind)] =
        [
            ([0x1F, 0x8B], FileKind(name: "compressed with gzip", advice: "run gunzip first")),
            ([0x28, 0xB5, 0x2F, 0xFD], FileKind(name: "compressed with zstd", advice: "run zstd -d first")),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], FileKind(name: "compressed with xz", advice: "run unxz first")),
            ([UInt8]("BZh".utf8), FileKind(name: "compressed with bzip2", advice: "run bunzip2 first")),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], FileKind(name: "a 7-Zip archive", advice: "unpack it first")),
            ([0x93] + "NUMPY".utf8, FileKind(name: "a .npy array", advice: "give it where an array is asked for")),
            (
                [0x89] + "PNG\r\n".utf8 + [0x1A, 0x0A],
                FileKind(name: "a PNG file", advice: "put frames of a clip into a folder, and name that")
            ),
            (
                [UInt8]("P5".utf8),
                FileKind(name: "a PGM file", advice: "put frames of a film into a folder, and name that")
            ),
            ([0xFF, 0xD8, 0xFF], FileKind(name: "a JPEG file", advice: "convert it to PNG")),
            ([UInt8]("GIF8".utf8), FileKind(name: "a GIF file", advice: "convert its frames to PNG")),
            (
                [0x89] + "HDF\r\n".utf8 + [0x1A, 0x0A],
                FileKind(
                    name: "an HDF5 file",
                    advice:
                        "frames in it are read by `convlstm-shard split`; save weights in it with h5py and safetensors")
            ),
            ([UInt8]("CDF\u{1}".utf8), oldNetCDF), ([UInt8]("CDF\u{2}".utf8), oldNetCDF),
            ([UInt8]("CDF\u{5}".utf8), oldNetCDF),
            ([0x0E, 3, 0x13, 1], FileKind(name: "an HDF4 file", advice: "convert it with h4toh5")),
            (
                [UInt8]("GRIB".utf8),
                FileKind(
                    name: "a GRIB file",
                    advice: "convert it with `cdo -f nc4 copy`, or in Python with cfgrib and xarray")
            ),
            ([UInt8]("%PDF".utf8), FileKind(name: "a PDF document", advice: "download the file itself")),
        ] + (2...5).map { ([0x80, $0], pickle) }

    private static let oldNetCDF = FileKind(
        name: "a NetCDF file of version 3", advice: "convert it with `nccopy -k nc4`")

    private static let pickle = FileKind(
        name: "a Python pickle, as older versions of torch.save wrote",
        advice: "load it in Python; save weights with safetensors.torch.save_file, arrays with numpy.save")

    /// Whether the file starts with an eight-byte length whose upper bytes are zero, and the brace of the JSON header.
    private static func isSafetensors(_ start: [UInt8]) -> Bool {
        start.count > 8 && start[8] == UInt8(ascii: "{") && start[4..<8].allSatisfy { $0 == 0 }
    }

    static let safetensors = FileKind(
        name: "a safetensors file",
        advice: "read weights with `convlstm-dist import`, and compress a checkpoint again with zstd")

    /// Tells zip archives apart by the name of their first member.
    private static func archive(_ start: [UInt8]) -> FileKind {
        let length = start.count < 30 ? 0 : Int(start[26]) | Int(start[27]) << 8
        let name = String(decoding: start.dropFirst(30).prefix(length), as: UTF8.self)
        if name.hasSuffix("data.pkl") {
            return FileKind(
                name: "a file of torch.save",
                advice: "save the state dict with safetensors.torch.save_file in its place")
        }
        return name.hasSuffix(".npy")
            ? FileKind(name: "an archive of .npy arrays", advice: "name it .npz")
            : FileKind(name: "a zip archive", advice: "unpack it first, or name it .npz if numpy.savez wrote it")
    }

    private static func isMarkup(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start.prefix(64), as: UTF8.self).drop { $0 == "\u{FEFF}" || $0.isWhitespace }
            .lowercased()
        return ["<!doctype", "<html", "<head", "<body", "<?xml", "<error", "<!--"].contains { text.hasPrefix($0) }
    }
}
