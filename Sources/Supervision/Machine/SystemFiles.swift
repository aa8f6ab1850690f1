// What Linux reports about this process in /proc and /sys. The choice: parsers take text and return values, so
// that every case can be tested.

import Foundation

package enum SystemFiles {
    /// The integers of a list such as "0-3,8".
    package static func list(_ text: some StringProtocol) -> [Int] {
        text.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }

    /// The value after "NAME:" in a file of such lines.
    package static func value(_ name: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    /// The number of cores that a CPU quota is worth; nil for no limit.
    ///
    /// - Parameter text: "QUOTA PERIOD" in microseconds; "max" or a negative quota stands for no limit.
    package static func quota(_ text: String) -> Double? {
        let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        return quota / period
    }

    /// The cores that this process may run on.
    package static var allowedCores: [Int] {
        list(value("Cpus_allowed_list", in: content("/proc/self/status")) ?? "")
    }

    /// What the processor calls itself; nil where the kernel does not say.
    package static var processorName: String? { value("model name\t", in: content("/proc/cpuinfo")) }

    /// The number of physical cores that some logical ones belong to, as the kernel reports them; a core whose siblings
    /// it does not report counts by itself.
    package static func physicalCores(of logical: [Int]) -> Int {
        physicalCores(of: logical) { content("/sys/devices/system/cpu/cpu\($0)/topology/thread_siblings_list") }
    }

    /// - Parameter siblings: the list of the logical cores that share a core's physical one, such as "0,4".
    package static func physicalCores(of logical: [Int], siblings: (Int) -> String) -> Int {
        Set(logical.map { core in list(siblings(core)).min() ?? core }).count
    }

    /// The number of cores that the container's CPU quota is worth; nil for no limit.
    package static var quota: Double? {
        let old = content("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + " " + content("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        return quota(content("/sys/fs/cgroup/cpu.max")) ?? quota(old)
    }

    /// The available bytes of the machine, or of the container if that has fewer; nil where neither can be read.
    package static var availableMemory: Int? {
        let machine = value("MemAvailable", in: content("/proc/meminfo")).flatMap(kilobytes)
        let limits = [
            ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
        ]
        return limits.reduce(machine) { least, files in
            guard let limit = Int(word(files.0)), let used = Int(word(files.1)) else { return least }
            return min(least ?? .max, max(0, limit - used))
        }
    }

    /// The bytes of a text such as "8123456 kB"; nil for any other text.
    package static func kilobytes(_ text: String) -> Int? {
        guard let count = text.split(separator: " ").first.flatMap({ Int($0) }) else { return nil }
        let bytes = count.multipliedReportingOverflow(by: 1024)
        return bytes.overflow ? nil : bytes.partialValue
    }

    /// The peak resident memory of this program in bytes, without that of an earlier program in the same process.
    package static var peakMemory: Int {
        value("VmHWM", in: content("/proc/self/status")).flatMap(kilobytes) ?? 0
    }

    private static func word(_ path: String) -> String { content(path).trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The file's text; empty if it cannot be read.
    private static func content(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
