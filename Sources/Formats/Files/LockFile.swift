// A lock held by one process at a time, among all processes and hosts that share its file. The choice: flock where the
// file system supports it, because the system releases it when the process ends. The file also records the holder and
// a counter that advances while it lives, by which other hosts notice it even where locks do not cross hosts.

import Foundation
import Synchronization

package final class LockFile: Sendable {
    /// The process that holds a lock.
    package struct Owner: Codable, Equatable, Sendable, CustomStringConvertible {
        package var host: String
        package var process: Int32

        /// The time at which it acquired the lock, in ISO 8601.
        package var since: String

        /// The start time of the process in system clock ticks; it tells apart processes that reuse a process number.
        var started: UInt64?

        /// A heartbeat counter. It also tells two holders with the same process number apart.
        var beat: UInt64

        package var description: String { "process \(process) on \(host) since \(since)" }
    }

    /// The error when another process holds the lock; `owner` is nil if it has not recorded who it is.
    package struct Held: Error {
        package let owner: Owner?
    }

    private let path: String

    /// The file of the owner's record: the locked file, or without flock a file that exists only while the lock is
    /// held.
    private let record: String
    private let descriptor: Int32

    /// True only once the lock is acquired: a failed attempt must not release the lock of another process.
    private let isHeld = Mutex(false)

    /// Seconds between two heartbeats of the holder.
    private static let interval = 3.0

    /// The descriptors of libdispatch, which times the heartbeats: of epoll, an event, and a timer of each of two clocks.
    private static let timerDescriptors = 4

    /// Acquires the lock.
    ///
    /// - Parameters:
    ///   - path: the lock file, which is created if it is missing and never replaced.
    ///   - patience: seconds for which the process of another host is watched for a heartbeat.
    ///   - watching: called with an owner on another host before its heartbeat is awaited.
    /// - Throws: `Held`, or `FormatError` if the file cannot be created or written.
    package init(path: String, patience: Double = 10, watching: (Owner) -> Void = { _ in }) throws {
        self.path = path
        let (descriptor, hasLocks) = try Self.locked(path)
        self.descriptor = descriptor
        record = hasLocks ? path : path + ".held"
        do {
            try Self.requireRoom(for: path, descriptor)
            if hasLocks {
                if let owner = Self.owner(path), owner.isElsewhere {
                    try Self.requireDead(owner, at: path, patience: patience, watching: watching)
                }
                try write(Owner.own)
            } else {
                try Self.link(Owner.own, as: record, patience: patience, watching: watching)
            }
        } catch {
            close(descriptor)
            throw error
        }
        isHeld.withLock { $0 = true }
        keepBeating()
    }

    /// Seconds for which a lock that is held is asked for again: `mpirun` may return a moment before the last of the
    /// processes that it killed has let go of its files, and a script then starts the next job.
    private static let grace = 1.0

    /// Opens the file and locks it, or only opens it if the file system has no locks.
    private static func locked(_ path: String) throws -> (descriptor: Int32, hasLocks: Bool) {
        let end = ContinuousClock.now + .seconds(grace)
        while true {
            let descriptor = try checkedCall("written", on: path) { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // The previous holder may have removed the file in between.
                if Leftovers.isNamed(path, descriptor) { return (descriptor, true) }
                close(descriptor)
                continue
            }
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return (descriptor, false) }
            close(descriptor)
            guard ContinuousClock.now < end else { throw Held(owner: owner(path)) }
            usleep(20_000)
        }
    }

    /// Throws `FormatError` if the process may not open as many files as the system's timers do: where they cannot, they
    /// end the program without a word.
    private static func requireRoom(for path: String, _ descriptor: Int32) throws {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        for _ in 0..<timerDescriptors {
            opened.append(try checkedCall("locked", on: path) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) })
        }
    }

    /// Releases the lock. A second call does nothing.
    package func release() {
        isHeld.withLock { isHeld in
            guard isHeld else { return }
            isHeld = false
            if record == path { _ = ftruncate(descriptor, 0) } else { unlink(record) }
            close(descriptor)
        }
    }

    deinit { release() }
}

// The owner's record

extension LockFile.Owner {
    fileprivate static var own: Self {
        Self(
            host: Leftovers.host, process: getpid(), since: Date().formatted(.iso8601),
            started: LockFile.startTime(of: getpid()), beat: UInt64.random(in: 0...UInt64.max / 2))
    }

    fileprivate var isElsewhere: Bool { host != Leftovers.host }

    /// Whether this is a process of this host that has ended.
    fileprivate var hasEnded: Bool {
        guard !isElsewhere else { return false }
        return !LockFile.isRunning(process) || started != nil && LockFile.startTime(of: process) != started
    }

    fileprivate var line: [UInt8] {
        get throws {
            // Padded to a fixed length, so that a shorter record overwrites all of a longer one.
            let text = [UInt8](try JSONEncoder().encode(self))
            return text + [UInt8](repeating: UInt8(ascii: " "), count: max(0, 511 - text.count)) + [UInt8(ascii: "\n")]
        }
    }
}

extension LockFile {
    /// The owner in a record; nil if there is no valid record.
    private static func owner(_ path: String) -> Owner? {
        guard let bytes = try? InputFile(path: path).bytes(), bytes.count <= 4096 else { return nil }
        return try? JSONDecoder().decode(Owner.self, from: Data(bytes))
    }

    /// The process that holds a lock, as far as can be told from here without trying it; nil if none does.
    ///
    /// A process of another host is believed to live as long as its heartbeat is fresh.
    package static func holder(of path: String) throws -> Owner? {
        for record in [path, path + ".held"] {
            guard let owner = owner(record), !owner.hasEnded else { continue }
            let written = try FileManager.default.attributesOfItem(atPath: record)[.modificationDate] as? Date
            if !owner.isElsewhere || written.map({ -$0.timeIntervalSinceNow < 10 * interval }) == true { return owner }
        }
        return nil
    }

    private func write(_ owner: Owner) throws {
        // Opened anew each time, because only closing the file makes it visible to the other hosts of a network file
        // system.
        let line = try owner.line, record = record
        let file = try checkedCall("written", on: record) { open(record, O_WRONLY | O_CLOEXEC) }
        defer { close(file) }
        try checkedCall("written", on: record) { pwrite(file, line, line.count, 0) }
    }

    /// Throws `Held` if the owner's heartbeat advances within `patience` seconds.
    private static func requireDead(
        _ owner: Owner, at path: String, patience: Double, watching: (Owner) -> Void
    ) throws {
        watching(owner)
        let end = DispatchTime.now() + patience
        while DispatchTime.now() < end {
            usleep(200_000)
            if let now = Self.owner(path), now != owner { throw Held(owner: now) }
        }
    }

    /// Whether this process still owns the lock: another host may take it over after seeing no heartbeat for long, and
    /// the file may be removed. A record that cannot be read right now does not count as a takeover.
    package var isOwn: Bool {
        guard let owner = Self.owner(record) else { return (try? Folder.holds(record)) ?? true }
        return owner.process == getpid() && !owner.isElsewhere
    }

    private func keepBeating() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            guard let self else { return }
            let goesOn = isHeld.withLock { isHeld in
                guard isHeld, isOwn else { return false }
                guard var owner = Self.owner(record) else { return true }
                owner.beat += 1
                // A failed write is just a missed heartbeat.
                try? write(owner)
                return true
            }
            if goesOn { keepBeating() }
        }
    }

    /// Whether a process of this host is running; a zombie is not.
    static func isRunning(_ process: pid_t) -> Bool {
        if kill(process, 0) != 0 && errno == ESRCH { return false }
        return fields(of: process)?.first != "Z"
    }

    fileprivate static func startTime(of process: pid_t) -> UInt64? {
        fields(of: process).flatMap { $0.count > 19 ? UInt64($0[19]) : nil }
    }

    /// The fields of /proc/PID/stat after the process name, which may contain anything: state, parent, ... (proc(5)).
    private static func fields(of process: pid_t) -> [Substring]? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ") }
    }
}

// File systems without flock

extension LockFile {
    /// Creates the record under its name, which only one process can: `link` is atomic on every file system.
    private static func link(_ owner: Owner, as record: String, patience: Double, watching: (Owner) -> Void) throws {
        let mine = "\(record).\(getpid())@\(Leftovers.host)", line = try owner.line
        try? Folder.remove(mine)
        let file = try AtomicFile(path: mine)
        try file.append(line.span)
        try file.commit()
        defer { try? Folder.remove(mine) }
        while Foundation.link(mine, record) != 0 {
            guard errno == EEXIST else { throw systemError("written", on: record, code: errno) }
            guard let other = Self.owner(record) else {
                if try !Folder.holds(record) { continue }
                throw Held(owner: nil)
            }
            if other.isElsewhere {
                try requireDead(other, at: record, patience: patience, watching: watching)
            } else if !other.hasEnded {
                throw Held(owner: other)
            }
            try setAside(other, from: record, to: mine + ".dead")
        }
    }

    /// Removes a dead owner's record, unless another process was faster and the record is already its own.
    private static func setAside(_ dead: Owner, from record: String, to place: String) throws {
        guard Foundation.rename(record, place) == 0 else {
            if errno == ENOENT { return }
            throw systemError("renamed", on: record, code: errno)
        }
        if owner(place) != dead { _ = Foundation.link(place, record) }
        try Folder.remove(place)
    }
}
