// Python as an independent reference: numpy and the safetensors library read our files, and write files for us to read.

import Synchronization

/// The machine's python3, for tests that are `.enabled(if: Python.has("numpy"))`.
package enum Python {
    /// Whether a module can be imported, which is tried once, however many tests depend on it.
    package static func has(_ module: String) -> Bool {
        known.withLock { known in
            if let answer = known[module] { return answer }
            let answer = imports(module, interpreter)
            known[module] = answer
            return answer
        }
    }

    private static let known = Mutex<[String: Bool]>([:])

    /// Runs a script with `arguments` as its `sys.argv[1:]`, and returns its output.
    ///
    /// Throws `PythonError` with the traceback if it fails.
    @discardableResult
    package static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        let result = try Command.run(interpreter, ["-c", script] + arguments)
        guard result.status == 0 else { throw PythonError(description: result.stderr) }
        return result.stdout
    }

    /// Runs a script that reads and writes files in a folder; it starts with `import os, sys`.
    @discardableResult
    package static func run(_ script: String, in folder: TemporaryFolder) throws -> String {
        try run("import os, sys\nos.chdir(sys.argv[1])\n" + script, [folder.path])
    }

    /// The python3 on the PATH, unless it lacks numpy and Debian's /usr/bin/python3 has it. By its own path: the name may stand
    /// for a script that looks for it each time.
    private static let interpreter: String = {
        let name = ["python3", "/usr/bin/python3"].first { imports("numpy", $0) } ?? "python3"
        let answer = try? Command.run(name, ["-c", "import sys; print(sys.executable, end='')"])
        return answer.map(\.stdout).flatMap { $0.hasPrefix("/") ? $0 : nil } ?? name
    }()

    private static func imports(_ module: String, _ interpreter: String) -> Bool {
        (try? Command.run(interpreter, ["-c", "import \(module)"]))?.status == 0
    }
}

/// The traceback of a failed script.
package struct PythonError: Error, CustomStringConvertible {
    package var description: String
}
