// A file that holds one frame: PNG, PGM or a .npy array of two axes. The choice: the end of its name says which it is.

import Formats
import Foundation

/// A file with a single frame.
enum FrameFile {
    /// What a frame is like.
    struct Kind: Equatable, CustomStringConvertible {
        var height: Int, width: Int, channels: Int
        var type: ElementType

        var description: String {
            "\(height) x \(width) x \(channels)" + (type == .uint8 ? "" : ", \(type.rawValue)")
        }
    }

    private enum Format: String, CaseIterable {
        case png = ".png"
        case pgm = ".pgm"
        case packedPGM = ".pgm.gz"
        case npy = ".npy"
    }

    private static func format(_ path: String) -> Format? {
        let name = path.lowercased()
        return Format.allCases.first { name.hasSuffix($0.rawValue) }
    }

    /// Whether a file of this name can be read.
    static func isKnown(_ path: String) -> Bool { format(path) != nil }

    /// The files in a folder that may be frames: pictures, or where there are none, arrays, which beside pictures are anything
    /// else.
    static func frames(among paths: [String]) -> [String] {
        let pictures = paths.filter { isKnown($0) && format($0) != .npy }
        return pictures.isEmpty ? paths.filter(isKnown) : pictures
    }

    /// The name of a file without its end and its folder.
    static func stem(_ path: String) -> Substring {
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        return name.dropLast(format(path)?.rawValue.count ?? 0)
    }

    /// What the frame of a file is like.
    ///
    /// Throws `FormatError` for a damaged file, and for one with another content than a frame.
    static func kind(of path: String, asGray: Bool) throws -> Kind {
        switch format(path) {
        case .pgm, .packedPGM: return kind(try PGMFile.extents(of: path))
        case .npy: return try kind(array(path))
        default:
            let found = try PNGFile.extents(of: path)
            return Kind(
                height: found.height, width: found.width, channels: asGray ? 1 : found.channels,
                type: found.bits == 16 ? .uint16 : .uint8)
        }
    }

    /// The numbers of the frame of a file, little-endian, of shape (height, width, channels).
    ///
    /// Throws `FormatError` for a damaged file, and for one with another content than a frame.
    static func read(_ path: String, asGray: Bool) throws -> (kind: Kind, bytes: [UInt8]) {
        switch format(path) {
        case .pgm, .packedPGM:
            let (extents, bytes) = try PGMFile.pixels(of: path)
            return (kind(extents), bytes)
        case .npy:
            let array = try array(path)
            return (try kind(array), try ArrayFrames(array, .frame).bytes(sequences: 0..<1, frames: 0..<1))
        default:
            let (extents, bytes) = try PNGFile.pixels(of: path)
            let kind = try kind(of: path, asGray: asGray)
            guard asGray, extents.channels == 3 else { return (kind, bytes) }
            let colors = Picture(width: extents.width, height: extents.height, channels: 3, pixels: bytes)
            return (kind, colors.gray.pixels)
        }
    }

    private static func kind(_ found: PGMFile.Extents) -> Kind {
        Kind(height: found.height, width: found.width, channels: 1, type: found.bits == 16 ? .uint16 : .uint8)
    }

    private static func array(_ path: String) throws -> NpyFile {
        try NpyFile(path: path, scratchFolder: NSTemporaryDirectory(), isAnyOrder: true)
    }

    private static func kind(_ array: NpyFile) throws -> Kind {
        let shape = array.header.shape
        guard shape.count == 2, shape.allSatisfy({ $0 > 0 }) else {
            throw FormatError(
                file: array.path, problem: "has the shape \(shape), and a frame has two axes",
                advice: "give an array of (height, width)")
        }
        return Kind(height: shape[0], width: shape[1], channels: 1, type: ElementType(array.header.type))
    }
}
