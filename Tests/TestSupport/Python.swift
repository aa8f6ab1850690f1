// Python as a second opinion: files of ours read, and files for us written, by numpy and the safetensors library.

/// The machine's python3, for tests that are `.enabled(if: Python.has("numpy"))`.
package enum Python {
    /// Whether a module can be imported.
    package static func has(_ module: String) -> Bool {
        imports(module, interpreter)
    }

    /// Runs a script, with `arguments` as its `sys.argv[1:]`, and returns what it printed.
    ///
    /// Throws `PythonError` with the traceback when it fails.
    @discardableResult
    package static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        let result = try Command.run(interpreter, ["-c", script] + arguments)
        guard result.status == 0 else { throw PythonError(description: result.stderr) }
        return result.stdout
    }

    /// The PATH's python3, unless it lacks numpy and Debian's own, for which numpy is a package, has it.
    private static let interpreter = ["python3", "/usr/bin/python3"].first { imports("numpy", $0) } ?? "python3"

    private static func imports(_ module: String, _ interpreter: String) -> Bool {
        (try? Command.run(interpreter, ["-c", "import \(module)"]))?.status == 0
    }
}

/// The traceback of a script that failed.
package struct PythonError: Error, CustomStringConvertible {
    package var description: String
}
