// A lock that one process at a time holds, among all processes and hosts that see its file. The choice: the system's
// own lock on the file (flock) where the file system has one, as it ends with its process whatever happens; and in the
// file the holder's name with a counter that goes on as long as it lives, by which others see who holds it, and hosts
// whose locks do not reach each other see that somebody does.

import Foundation
import Synchronization

package final class LockFile: Sendable {
    /// Who holds a lock.
    package struct Owner: Codable, Equatable, Sendable, CustomStringConvertible {
        package var host: String
        package var process: Int32

        /// When it took the lock, as ISO 8601 has it.
        package var since: String

        /// When the system started the process, in ticks of its clock: another one of the same number is another one.
        var started: UInt64?

        /// Counts the signs of life, and tells two holders of one process number apart.
        var beat: UInt64

        package var description: String { "process \(process) on \(host) since \(since)" }
    }

    /// Another process holds the lock; `owner` is nil where it has not said who it is.
    package struct Held: Error {
        package let owner: Owner?
    }

    private let path: String

    /// The file of the record: the locked one, or where the system has no locks the one that exists only while held.
    private let record: String
    private let descriptor: Int32

    /// Only from when it is taken on: what is refused must not give back what another holds.
    private let isHeld = Mutex(false)

    /// Seconds from one of the holder's signs of life to the next.
    private static let interval = 3.0

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - path: its file, which is made if it is not there, and never replaced.
    ///   - patience: seconds for which the process of another host is watched for a sign of life.
    ///   - watching: told of an owner on another host whose life can only be seen by waiting.
    /// - Throws: `Held`, or `FormatError` where the file cannot be made or written.
    package init(path: String, patience: Double = 10, watching: (Owner) -> Void = { _ in }) throws {
        self.path = path
        let (descriptor, hasLocks) = try Self.locked(path)
        self.descriptor = descriptor
        record = hasLocks ? path : path + ".held"
        do {
            if hasLocks {
                if let owner = Self.owner(path), owner.isElsewhere {
                    try Self.requireDead(owner, path, patience, watching)
                }
                try write(Owner.own)
            } else {
                try Self.link(Owner.own, as: record, patience, watching)
            }
        } catch {
            close(descriptor)
            throw error
        }
        isHeld.withLock { $0 = true }
        keepBeating()
    }

    /// The file open and locked, or open alone where the file system has no locks.
    private static func locked(_ path: String) throws -> (descriptor: Int32, hasLocks: Bool) {
        while true {
            let descriptor = try checkedCall("written", path) { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // Whoever had it may have removed the file in between.
                if Leftovers.isNamed(path, descriptor) { return (descriptor, true) }
                close(descriptor)
                continue
            }
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return (descriptor, false) }
            close(descriptor)
            throw Held(owner: owner(path))
        }
    }

    /// Gives the lock back. Nothing happens the second time.
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

// The record

extension LockFile.Owner {
    fileprivate static var own: Self {
        Self(
            host: Leftovers.host, process: getpid(), since: Date().formatted(.iso8601),
            started: LockFile.startTime(of: getpid()), beat: UInt64.random(in: 0...UInt64.max / 2))
    }

    fileprivate var isElsewhere: Bool { host != Leftovers.host }

    /// Whether it is a process of this host that has ended.
    fileprivate var hasEnded: Bool {
        guard !isElsewhere else { return false }
        return !LockFile.isRunning(process) || started != nil && LockFile.startTime(of: process) != started
    }

    fileprivate var line: [UInt8] {
        get throws {
            // Always as long, so that a shorter record never ends in the rest of a longer one.
            let text = [UInt8](try JSONEncoder().encode(self))
            return text + [UInt8](repeating: UInt8(ascii: " "), count: max(0, 511 - text.count)) + [UInt8(ascii: "\n")]
        }
    }
}

extension LockFile {
    /// What a record says; nil where it says nothing yet, or no more.
    private static func owner(_ path: String) -> Owner? {
        guard let bytes = try? InputFile(path: path).bytes(), bytes.count <= 4096 else { return nil }
        return try? JSONDecoder().decode(Owner.self, from: Data(bytes))
    }

    private func write(_ owner: Owner) throws {
        // Opened anew each time: closing it is what shows it to other hosts of a network's file system.
        let line = try owner.line, record = record
        let file = try checkedCall("written", record) { open(record, O_WRONLY | O_CLOEXEC) }
        defer { close(file) }
        try checkedCall("written", record) { pwrite(file, line, line.count, 0) }
    }

    /// Throws `Held` if the owner leaves a sign of life within some seconds.
    private static func requireDead(
        _ owner: Owner, _ path: String, _ patience: Double, _ watching: (Owner) -> Void
    ) throws {
        watching(owner)
        let end = DispatchTime.now() + patience
        while DispatchTime.now() < end {
            usleep(200_000)
            if let now = Self.owner(path), now != owner { throw Held(owner: now) }
        }
    }

    /// Whether no other process has taken the lock over, as one of another host may that saw no sign of this one for
    /// long, and its file is still there. A record that cannot be read right now tells of no other.
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
                // A sign that cannot be left is one that is missing, and no more.
                try? write(owner)
                return true
            }
            if goesOn { keepBeating() }
        }
    }

    /// Whether a process of this host is at work; a dead one that nobody has asked after yet is not.
    static func isRunning(_ process: pid_t) -> Bool {
        if kill(process, 0) != 0 && errno == ESRCH { return false }
        return fields(of: process)?.first != "Z"
    }

    fileprivate static func startTime(of process: pid_t) -> UInt64? {
        fields(of: process).flatMap { $0.count > 19 ? UInt64($0[19]) : nil }
    }

    /// What the system says of a process behind its name, which may hold anything: state, parent, ... (proc(5)).
    private static func fields(of process: pid_t) -> [Substring]? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ") }
    }
}

// Without locks of the system

extension LockFile {
    /// Makes the record under its name, which only one process can: `link` is atomic on every file system.
    private static func link(_ owner: Owner, as record: String, _ patience: Double, _ watching: (Owner) -> Void) throws
    {
        let mine = "\(record).\(getpid())@\(Leftovers.host)", line = try owner.line
        try? Folder.remove(mine)
        let file = try AtomicFile(path: mine)
        try file.append(line.span)
        try file.commit()
        defer { try? Folder.remove(mine) }
        while Foundation.link(mine, record) != 0 {
            guard errno == EEXIST else { throw systemError("written", record, errno) }
            guard let other = Self.owner(record) else {
                if try !Folder.holds(record) { continue }
                throw Held(owner: nil)
            }
            if other.isElsewhere {
                try requireDead(other, record, patience, watching)
            } else if !other.hasEnded {
                throw Held(owner: other)
            }
            try setAside(other, record, mine + ".dead")
        }
    }

    /// Takes a dead owner's record away, unless another process was faster and the record is that one's.
    private static func setAside(_ dead: Owner, _ record: String, _ place: String) throws {
        guard Foundation.rename(record, place) == 0 else {
            if errno == ENOENT { return }
            throw systemError("renamed", record, errno)
        }
        if owner(place) != dead { _ = Foundation.link(place, record) }
        try Folder.remove(place)
    }
}
