// Checkpoints are written beside training. The choice: one thread of its own, which takes a snapshot that nobody else
// changes, and which gives way to the threads that train; at most one snapshot waits or is written at a time, so that
// memory is bounded and files appear in the order of their steps. Errors reach the loop with the next step.

import DataLoading
import Foundation
import Glibc
import Platform

/// Writes the checkpoints of a run on a thread of its own. One thread calls it.
package final class CheckpointWriter: Sendable {
    /// A checkpoint that was written, or the error.
    package struct Outcome: Sendable {
        package let step: Int
        package let saved: Result<CheckpointStore.Saved, any Error>

        /// The time that it took, without that in which the thread gave way to others.
        package let seconds: Double
    }

    /// How much the thread gives way to others, as of `nice`: beside a busy core it gets 1/19 of one.
    private static let niceness: Int32 = 13

    private let desk = Desk()

    /// Throws `ThreadError` if the system cannot start a thread.
    package init(_ store: CheckpointStore) throws(ThreadError) {
        try NewThread.start(oneOf: 2) { [desk] in
            // Of this thread alone, on Linux. Where the system refuses, the thread competes with the others.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            while let checkpoint = desk.next() { desk.finish(Self.outcome(of: checkpoint, in: store)) }
        }
    }

    /// The thread ends once it has written what it was given.
    deinit { desk.close() }

    private static func outcome(of checkpoint: Checkpoint, in store: CheckpointStore) -> Outcome {
        let start = now() - ThreadTime.waiting, saved = Result { try store.save(checkpoint) }
        return Outcome(step: checkpoint.position.step, saved: saved, seconds: now() - ThreadTime.waiting - start)
    }

    /// Begins to write a checkpoint, once the one before is on disk.
    ///
    /// - Parameter snapshot: makes the checkpoint, when no other one takes memory any more.
    package func write(_ snapshot: () -> Checkpoint) {
        desk.wait()
        desk.put(snapshot())
    }

    /// What has been written since the last call, without waiting.
    package func outcomes() -> [Outcome] { desk.taken() }

    /// Waits until everything is written.
    package func wait() { desk.wait() }
}

/// What both threads share; its lock guards every property.
private final class Desk: @unchecked Sendable {
    private let condition = NSCondition()

    /// The checkpoint that is waiting or being written.
    private var current: Checkpoint?
    private var isBegun = false
    private var isClosed = false
    private var done: [CheckpointWriter.Outcome] = []

    func put(_ checkpoint: Checkpoint) {
        condition.withLock {
            precondition(current == nil, "a checkpoint before the one before is written")
            (current, isBegun) = (checkpoint, false)
            condition.broadcast()
        }
    }

    /// Waits for a checkpoint to write; nil once the desk is closed and empty.
    func next() -> Checkpoint? {
        condition.withLock {
            while (current == nil || isBegun) && !isClosed { condition.wait() }
            guard !isBegun else { return nil }
            isBegun = true
            return current
        }
    }

    func finish(_ outcome: CheckpointWriter.Outcome) {
        condition.withLock {
            done.append(outcome)
            current = nil
            isBegun = false
            condition.broadcast()
        }
    }

    func taken() -> [CheckpointWriter.Outcome] {
        condition.withLock {
            defer { done = [] }
            return done
        }
    }

    func wait() { condition.withLock { while current != nil { condition.wait() } } }

    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
