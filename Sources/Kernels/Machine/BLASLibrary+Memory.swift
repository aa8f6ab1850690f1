// The memory that OpenBLAS packs matrices into: one buffer per thread that multiplies. OpenBLAS allocates a buffer in
// the first product, and where that fails it retries forever. The choice: the buffers are allocated before the first
// product, while the failure can still be reported. OpenBLAS keeps them; buffers that are never used take address space
// but no memory.

import Glibc
import Platform

extension BLASLibrary {
    /// The size of one buffer in bytes, with a page or two of slack: what OpenBLAS 0.3 allocates on x86-64, its
    /// largest.
    package static let pieceSize = 129 << 20

    /// OpenBLAS keeps its buffers in a table and aborts the program when the table is full. The smallest table it is
    /// built with has a few more entries than this.
    private static let mostPieces = 512

    /// Makes OpenBLAS allocate a buffer for each of the threads that will multiply at once.
    ///
    /// Throws where the address space has no room for them, or OpenBLAS no entries for so many.
    package static func reserve(threads: Int) throws(BLASMemoryError) {
        guard threads <= mostPieces else { throw .tooManyThreads(threads, most: mostPieces) }
        guard let alloc = function("blas_memory_alloc", as: Alloc.self),
            let free = function("blas_memory_free", as: Free.self)
        else {
            // This build does not export the functions.
            guard AddressSpace.hasRoom(for: threads * pieceSize) else { throw .noRoom(threads: threads) }
            return
        }
        var pieces: [UnsafeMutableRawPointer] = []
        defer { pieces.forEach(free) }
        for _ in 0..<threads {
            guard AddressSpace.hasRoom(for: pieceSize), let piece = alloc(0) else { throw .noRoom(threads: threads) }
            pieces.append(piece)
        }
    }

    private typealias Alloc = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer) -> Void

    /// Looks up a function of OpenBLAS that no header declares.
    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}

/// The reason why OpenBLAS cannot multiply on the requested number of threads.
package enum BLASMemoryError: Error, Equatable, CustomStringConvertible {
    case noRoom(threads: Int)
    case tooManyThreads(Int, most: Int)

    package var description: String {
        switch self {
        case .noRoom(let threads):
            let who = threads == 1 ? "a thread" : "each of \(threads) threads"
            let limit =
                AddressSpace.limitInWords.map { "the limit on memory (\($0)) does not leave" } ?? "there are not"
            return
                "\(limit) the 128 MB of addresses that OpenBLAS takes for \(who); raise the limit, or lower --threads"
        case .tooManyThreads(let threads, let most):
            return "OpenBLAS multiplies on at most \(most) threads at once, and --threads is \(threads); lower it"
        }
    }
}
