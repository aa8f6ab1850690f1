// The checksum of records: CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected), masked as TensorFlow's record files have it.

enum CRC32C {
    /// The remainders of all bytes.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
    }

    /// The checksum of some bytes.
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// The checksum, rotated and shifted: a checksum of data that hold checksums would mean little.
    static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let sum = of(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
