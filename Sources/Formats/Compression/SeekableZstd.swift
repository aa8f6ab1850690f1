// The constants that the writer and the reader of seekable zstd files share.

/// The constants of the seekable zstd format.
///
/// Source: zstd, contrib/seekable_format/zstd_seekable_compression_format.md, version 0.1.0.
enum SeekableZstd {
    static let skippable = 0x184D_2A5E, magic = 0x8F92_EAB1
    static let checksumFlag: UInt8 = 0x80
    /// A frame's first four bytes, and the bit of the fifth that announces a checksum at its end (RFC 8878, 3.1.1).
    static let frameMagic = 0xFD2F_B528, frameHasChecksum: UInt8 = 4
    /// The format's limit on the number of frames per file.
    static let mostFrames = 1 << 27
    /// The sizes in bytes of a table entry with its checksum, of the footer, and of the skippable frame's header.
    static let entrySize = 12, footerSize = 9, headerSize = 8

    /// The number of bytes of the table of `count` frames, with all that belongs to it.
    static func tableSize(of count: Int) -> Int { headerSize + count * entrySize + footerSize }

    /// Encodes a value as four bytes, little-endian.
    static func field(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).littleEndian) { [UInt8]($0) }
    }
}
