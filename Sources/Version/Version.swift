// The version of both programs, and what each of them was built from and runs with.

/// The output of `--version`.
package enum Version {
    /// The version, as in CHANGELOG.md (https://semver.org).
    package static let number = "0.1.0"

    /// The version, commit and sources on a line of their own, then a line per component.
    ///
    /// - Parameters:
    ///   - instructions: the vector instructions that the program was compiled for.
    ///   - libraries: the names and versions of the libraries that it runs with.
    package static func description(instructions: String, libraries: [String]) -> String {
        (["\(number) (commit \(commit), sources \(sources))", "compiled by \(compiler) for \(instructions)"] + libraries)
            .joined(separator: "\n")
    }

    /// The Swift compiler, as far as compilation conditions reveal it.
    private static var compiler: String {
        #if compiler(>=6.5)
            "Swift 6.5 or newer"
        #elseif compiler(>=6.4)
            "Swift 6.4"
        #else
            "Swift 6.3"
        #endif
    }
}
