import Foundation
import TestSupport
import Testing

/// Launch/dependencies on systems with other package managers, which stand-ins on the PATH play.
@Suite struct DependenciesTests {
    private let installation = try! Installation()

    /// Runs it with no program but these, and links to what the script itself needs.
    private func run(_ arguments: [String], tools: [String: String]) throws -> CommandResult {
        let bin = installation.folder.file(UUID().uuidString)
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
        for tool in ["bash", "sed", "grep", "env"] {
            let path = try Command.run("bash", ["-c", "command -v \(tool)"]).stdout.trimmingCharacters(in: .newlines)
            try FileManager.default.createSymbolicLink(atPath: "\(bin)/\(tool)", withDestinationPath: path)
        }
        for (name, commands) in tools {
            let file = bin + "/" + name
            try Data("#!/bin/bash\n\(commands)\n".utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        // Without the folders of the system's own tools, which it looks into as well.
        let script = try Repository.text(of: "Launch/dependencies").replacing("PATH=$PATH:/usr/sbin:/sbin", with: "")
        let file = try installation.folder.write(Array(script.utf8), to: "dependencies")
        return try Command.run("bash", [file] + arguments, environment: ["PATH": bin, "LD_LIBRARY_PATH": ""])
    }

    private static let present = ["swift": "", "mpirun": "", "pkg-config": "exit 0"]

    /// Nothing is asked of a package manager where pkg-config finds everything, or the compiler does.
    @Test func nothingIsInTheWayOfWhatIsThere() throws {
        let found = try run([], tools: Self.present.merging(["dnf": "echo asked; exit 1"]) { $1 })
        #expect(found.status == 0 && found.stdout == "All that is needed is there.\n", "\(found)")
        let compiled = try run(
            ["--check"], tools: ["swift": "", "mpirun": "", "clang": "cat > /dev/null", "cat": "read -r -d '' || true"])
        #expect(compiled.status == 0, "\(compiled)")
    }

    @Test(arguments: [
        ("apt-get", "apt-get install openmpi-bin libopenblas-dev;"),
        ("dnf", #"dnf install openmpi pkgconfig\(openblas\);"#),
        ("zypper", #"zypper install openmpi4 pkgconfig\(openblas\);"#),
    ])
    func aCheckNamesWhatIsMissingAndItsPackages(manager: String, command: String) throws {
        let tools = ["swift": "", "pkg-config": "[[ $2 != openblas ]]", manager: "echo asked", "cc": "exit 1"]
        let result = try run(["--check"], tools: tools)
        #expect(result.status == 1 && result.stdout == "", "\(result)")
        #expect(
            result.stderr
                == "Error: missing here: mpirun, OpenBLAS; as root, run: \(command) or load the modules of your "
                + "cluster that have it\n")
    }

    /// As root it installs them, and looks again.
    @Test(.enabled(if: getuid() == 0, "only root installs without asking"))
    func whatIsMissingIsInstalled() throws {
        let place = installation.folder.file("installed")
        let tools = [
            "swift": "", "mpirun": "", "pkg-config": "[[ $2 != libpng || -e \(place) ]]", "cc": "exit 1",
            "dnf": "echo \"$@\"; [[ $* != *never* ]] && : > \(place)",
        ]
        let result = try run([], tools: tools)
        #expect(result.status == 0 && result.stdout.hasSuffix("install -y pkgconfig(libpng)\n"), "\(result)")
        let hidden = try run([], tools: tools.merging(["pkg-config": "[[ $2 != libpng ]]"]) { $1 })
        #expect(hidden.status == 1 && hidden.stderr.contains("installed, and still not found: libpng; "), "\(hidden)")
    }

    @Test func aSystemWithoutAnyOfThemIsToldWhatIsMissing() throws {
        let result = try run([], tools: ["swift": "", "pkg-config": "exit 0"])
        #expect(result.status == 1)
        #expect(
            result.stderr
                == "Error: missing here: mpirun; install it, or load the modules of your cluster that have it\n")
        #expect(try run(["everything"], tools: Self.present).status == 2)
        #expect(try run([], tools: ["pkg-config": ""]).stderr.contains("no swift on the PATH"))
    }

    /// As the installed programs ask, with a library that they lack.
    @Test func theLibraryOfAProgramIsOfAPackage() throws {
        let result = try run(["--for-libraries", "libopenblas.so.0", "libpng16.so.16"], tools: ["apt-get": ""])
        #expect(
            result.stdout
                == "it needs libopenblas.so.0, libpng16.so.16, which this system lacks; as root, run: apt-get "
                + "install libopenblas0-pthread libpng16-16; or load the modules of your cluster that have it\n")
    }
}
