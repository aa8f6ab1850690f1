// SHA-256 as the 64 hexadecimal digits that sha256sum prints, so that anyone can check a file by hand.

import Crypto
import Foundation

/// A SHA-256 being computed over bytes that arrive in pieces.
package struct Digest {
    private var hash = SHA256()

    package init() {}

    package mutating func update<Element: BitwiseCopyable>(_ values: Span<Element>) {
        values.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The digest of everything so far, in lower-case hexadecimal.
    package var hexadecimal: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// The digest of a file on disk.
    package static func ofFile(_ path: String) throws -> String {
        let file = try InputFile(path: path)
        var digest = Digest()
        try file.forEachPiece(at: 0, count: file.size) { digest.update($0) }
        return digest.hexadecimal
    }
}
