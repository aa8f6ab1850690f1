// The only allocator of tensors' memory. The choice: memory is zeroed and starts at a multiple of 64 bytes (a cache
// line and an AVX-512 vector); pages that are never touched cost nothing. Behind the last element there is room for
// sixteen more, so that the end of a row can be read like its middle.

import Glibc
import Platform

/// Aligned, zeroed memory for `count` elements, freed with its last owner.
///
/// Not synchronized: code that shares a buffer between threads must ensure that they write disjoint parts.
package final class Buffer<S: Scalar>: @unchecked Sendable {
    package let count: Int
    let start: UnsafeMutablePointer<S>
    private let allocation: UnsafeMutableRawPointer?

    /// Counts this buffer, which then has no memory.
    private let counter: MemoryCount.Counter?

    package init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) elements")
        let bytes = count.multipliedReportingOverflow(by: MemoryLayout<S>.stride)
        let more = Self.alignment + 16 * MemoryLayout<S>.stride
        if let counter = MemoryCount.current, !bytes.overflow {
            counter.add(bytes.partialValue)
            (self.count, allocation, self.counter) = (count, nil, counter)
            // An address that nobody can touch unnoticed.
            start = UnsafeMutablePointer(bitPattern: Self.alignment)!
            return
        }
        guard !bytes.overflow, bytes.partialValue <= .max - more, let memory = calloc(bytes.partialValue + more, 1)
        else {
            OutOfMemory.end("\(count) elements of \(MemoryLayout<S>.stride) bytes")
        }
        (self.count, allocation, counter) = (count, memory, nil)
        Self.wantLargePages(memory, bytes.partialValue)
        start = memory.alignedUp(toMultipleOf: Self.alignment).assumingMemoryBound(to: S.self)
    }

    deinit {
        counter?.add(-count * MemoryLayout<S>.stride)
        free(allocation)
    }

    /// Asks for huge pages, since transforms that walk many parts of a buffer at once would otherwise miss the TLB. A
    /// system without huge pages ignores the request.
    private static func wantLargePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        let page = 2 << 20
        guard bytes >= 2 * page else { return }
        let start = memory.alignedUp(toMultipleOf: page), end = (memory + bytes).alignedDown(toMultipleOf: page)
        madvise(start, end - start, MADV_HUGEPAGE)
    }

    private static var alignment: Int { 64 }
}
