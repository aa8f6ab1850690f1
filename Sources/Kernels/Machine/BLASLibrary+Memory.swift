// The memory that OpenBLAS packs matrices into, one piece for each thread that multiplies. OpenBLAS takes a piece in a
// product, and where there is none asks the system again and again, for ever. The choice: the pieces are taken before
// the first product, while the lack of them can still be said; they stay in OpenBLAS' hands, and those that are not
// used take addresses, but no memory.

import Glibc
import Platform

extension BLASLibrary {
    /// Bytes of a piece, and a page or two: what OpenBLAS 0.3 takes on x86-64, its largest.
    package static let pieceSize = 129 << 20

    /// OpenBLAS numbers its pieces, and ends the program when its list is full. The shortest list it is built with has
    /// some more than these.
    private static let mostPieces = 512

    /// Takes as many pieces as threads are going to multiply at once.
    package static func reserve(threads: Int) throws(BLASMemoryError) {
        guard threads <= mostPieces else { throw .tooManyThreads(threads, most: mostPieces) }
        guard let alloc = function("blas_memory_alloc", as: Alloc.self),
            let free = function("blas_memory_free", as: Free.self)
        else {
            // A build that hides them.
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

    /// One of OpenBLAS' functions that no header names.
    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}

/// Why OpenBLAS could not multiply on so many threads.
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
