// SHA-256 as the 64 hexadecimal digits that sha256sum prints, so that anyone can check a file by hand. The choice:
// OpenSSL, for its processor-specific code, in a private library context that the machine's configuration cannot
// change.

import COpenSSL

/// A SHA-256 computed incrementally over pieces of bytes.
package struct Digest: ~Copyable {
    private let context = Self.newContext()

    package init() {
        Self.require(EVP_DigestInit_ex(context, Self.sha256, nil))
    }

    package mutating func update<Element: BitwiseCopyable>(_ values: Span<Element>) {
        values.withUnsafeBytes { Self.require(EVP_DigestUpdate(context, $0.baseAddress, $0.count)) }
    }

    /// The digest of all bytes so far, in lower-case hexadecimal.
    package var hexadecimal: String {
        let ended = Self.newContext()
        defer { EVP_MD_CTX_free(ended) }
        Self.require(EVP_MD_CTX_copy_ex(ended, context))
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE)), count: UInt32 = 0
        Self.require(EVP_DigestFinal_ex(ended, &bytes, &count))
        return bytes.prefix(Int(count)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// The digest of bytes.
    package static func of(_ bytes: [UInt8]) -> String {
        var digest = Digest()
        digest.update(bytes.span)
        return digest.hexadecimal
    }

    /// The digest of a file.
    package static func ofFile(_ path: String) throws -> String {
        let file = try InputFile(path: path)
        var digest = Digest()
        try file.forEachPiece(at: 0, count: file.size) { digest.update($0) }
        return digest.hexadecimal
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    nonisolated(unsafe) private static let sha256: OpaquePointer = {
        // OpenSSL would free its memory at the program's exit, while a thread that computed a digest may just be ending and
        // free its own: now and then a program crashed that had done all of its work.
        require(OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil))
        guard let library = OSSL_LIB_CTX_new(), let algorithm = EVP_MD_fetch(library, "SHA256", nil) else {
            lackOfMemory()
        }
        return algorithm
    }()

    private static func newContext() -> OpaquePointer {
        guard let context = EVP_MD_CTX_new() else { lackOfMemory() }
        return context
    }

    private static func require(_ success: Int32) {
        if success != 1 { lackOfMemory() }
    }

    /// Ends the program for the only reason for which a digest of OpenSSL's own provider fails.
    private static func lackOfMemory() -> Never {
        fatalError("SHA-256 could not be computed, for lack of memory")
    }
}
