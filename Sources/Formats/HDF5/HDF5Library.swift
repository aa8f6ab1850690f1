// libhdf5: loaded when the first HDF5 file is met, called by one thread at a time. The choice: looked up at run time, since it
// needs forty other libraries, which no rank that trains should have to load or to have.

import CHDF5
import Foundation

/// The functions of libhdf5, while the calling thread has them to itself, about one file.
struct HDF5Library {
    let c: chdf5
    /// The file that errors name.
    let file: String

    /// The names under which Debian and others install it, those of the versions since 1.10.
    private static let names =
        ["103", "310", "200", "320", "101", "100"].flatMap { ["libhdf5_serial.so.\($0)", "libhdf5.so.\($0)"] }
        + ["libhdf5_serial.so", "libhdf5.so"]

    private static let lock = NSLock()
    nonisolated(unsafe) private static var loaded: chdf5?

    /// Calls `body` with the library, which says nothing itself.
    ///
    /// If the library crashes, or does not come to an end, the program ends with a sentence that calls the file damaged.
    static func run<Result>(on file: String, _ body: (HDF5Library) throws -> Result) throws -> Result {
        lock.lock()
        defer { lock.unlock() }
        let error = FormatError(
            file: file, problem: "is damaged in a way that libhdf5 does not survive", advice: "copy or make it again")
        return try CrashGuard.run(saying: error.description) {
            let library = HDF5Library(c: try functions(for: file), file: file)
            // Its messages are printed per thread.
            _ = library.c.H5Eset_auto2(0, nil, nil)
            return try body(library)
        }
    }

    private static func functions(for file: String) throws -> chdf5 {
        if let loaded { return loaded }
        // It would lock every file that it opens, which some file systems cannot, and others need to write to it.
        setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1)
        guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
            throw FormatError(
                file: file, problem: "needs libhdf5, which this system lacks",
                advice: "install it, on Debian as libhdf5-103-1, or load the module of your cluster that has it")
        }
        var functions = chdf5()
        if let missing = chdf5_find(handle, &functions) {
            throw FormatError(
                file: file, problem: "needs a newer libhdf5: this system's has no \(String(cString: missing))",
                advice: "use version 1.10 or newer")
        }
        // Before H5open: at the end of the program nothing of it is to run, least of all after a damaged file.
        _ = functions.H5dont_atexit()
        guard functions.H5open() >= 0 else {
            throw FormatError(
                file: file, problem: "needs libhdf5, which does not start here", advice: "install it again")
        }
        loaded = functions
        return functions
    }

    /// A predefined type or class, by the name of the library's variable.
    func predefined(_ name: String) throws -> hid_t {
        try identifier(chdf5_id([c], name), "looked at")
    }

    /// The memory's form of a type of numbers.
    func type(_ type: NumberType) throws -> hid_t {
        let bits = type.size * 8
        return switch type {
        case .float16: throw unreadable("read")
        case .float32, .float64: try predefined("H5T_IEEE_F\(bits)LE_g")
        case .uint8, .uint16, .uint32, .uint64: try predefined("H5T_STD_U\(bits)LE_g")
        case .int8, .int16, .int32, .int64: try predefined("H5T_STD_I\(bits)LE_g")
        }
    }

    /// Calls `body` with the type of numbers; half precision has to be put together.
    func using<Result>(_ number: NumberType, _ body: (hid_t) throws -> Result) throws -> Result {
        guard number == .float16 else { return try body(type(number)) }
        return try using(c.H5Tcopy(predefined("H5T_IEEE_F32LE_g")), c.H5Tclose, "looked at") { half in
            try check(c.H5Tset_fields(half, 15, 10, 5, 0, 10), "looked at")
            try check(c.H5Tset_size(half, 2), "looked at")
            try check(c.H5Tset_ebias(half, 15), "looked at")
            return try body(half)
        }
    }

    /// Calls `body` with something that the library opened, and closes it; `action` completes "could not be ...".
    @discardableResult
    func using<Result>(
        _ id: hid_t, _ close: (hid_t) -> herr_t, _ action: String, _ body: (hid_t) throws -> Result
    ) throws -> Result {
        let id = try identifier(id, action)
        defer { _ = close(id) }
        return try body(id)
    }

    /// An identifier that the library gave; throws if it gave none.
    func identifier(_ id: hid_t, _ action: String) throws -> hid_t {
        guard id >= 0 else { throw unreadable(action) }
        return id
    }

    /// A code that the library returned; throws if it is one of failure.
    @discardableResult
    func check(_ code: Int32, _ action: String) throws -> Int32 {
        guard code >= 0 else { throw unreadable(action) }
        return code
    }

    /// The error for what the library has just failed at.
    func unreadable(_ action: String) -> FormatError {
        let reason = reason
        if reason.contains("truncated file") {
            return FormatError(file: file, problem: "is cut short (\(reason))", advice: "copy or make it again")
        }
        if let other = reason.firstMatch(of: /external link file name = '(.*)'/)?.1 {
            return FormatError(
                file: file, problem: "leads to the file \(String(other).quotable), which cannot be opened",
                advice: "put it beside this one")
        }
        if reason == "component not found" {
            return FormatError(
                file: file, problem: "has a link that leads nowhere",
                advice: "name another dataset, or copy the file again")
        }
        if reason.contains("No space left") || reason.contains("write failed") {
            return FormatError(file: file, problem: "could not be \(action) (\(reason))", advice: "check the disk")
        }
        return FormatError(
            file: file, problem: "could not be \(action) (\(reason.isEmpty ? "libhdf5 does not say why" : reason))",
            advice: "it is damaged, or of a kind that libhdf5 \(version) does not know; copy or make it again")
    }

    /// The version of the library, such as "1.10.8".
    var version: String {
        var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
        _ = c.H5get_libversion(&major, &minor, &release)
        return "\(major).\(minor).\(release)"
    }

    /// What the library says of its last failure, at the place where it noticed it.
    private var reason: String {
        var text = ""
        withUnsafeMutablePointer(to: &text) { text in
            _ = c.H5Ewalk2(
                0, H5E_WALK_UPWARD,
                { number, error, text in
                    guard number == 0, let words = error?.pointee.desc else { return 0 }
                    text!.assumingMemoryBound(to: String.self).pointee = String(cString: words)
                    return 0
                }, text)
        }
        _ = c.H5Eclear2(0)
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(200)))
    }
}
