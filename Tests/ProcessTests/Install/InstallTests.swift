import Foundation
import TestSupport
import Testing

/// Launch/install and Launch/package, with the programs of this build in place of those for other processors.
@Suite struct InstallTests {
    private let installed = try! Installation.shared.get()

    @Test func bothProgramsAreBuiltForBothProcessorsAndPutInPlace() throws {
        let builds = try String(decoding: installed.folder.bytes(of: "clone/builds.txt"), as: UTF8.self)
            .split(separator: "\n")
        #expect(builds.count == 4)
        for cpu in ["x86-64-v3", "x86-64-v4"] {
            for program in ["convlstm-dist", "convlstm-shard"] {
                let build = builds.first {
                    $0.hasPrefix("\(cpu) build -c release --static-swift-stdlib --product \(program) ")
                }
                #expect(build?.contains("/clone/.build-\(cpu) -Xlinker ") == true, "\(builds)")
                let file = installed.folder.file("home/.local/libexec/convlstm-dist/\(cpu)/\(program)")
                #expect(FileManager.default.isExecutableFile(atPath: file))
                let result = try installed.shell("\(program) --help")
                #expect(result.status == 0 && result.stdout.contains("USAGE: \(program)"), "\(result)")
            }
        }
        let share = installed.folder.file("home/.local/share/")
        for file in [
            "hosts.conf", "hostfile.example", "slurm.sbatch", "kubernetes/mpijob.yaml", "dependencies", "supervise",
        ] {
            let copy = try Data(contentsOf: URL(fileURLWithPath: share + "convlstm-dist/" + file))
            #expect(try copy == Data(contentsOf: URL(fileURLWithPath: Repository.path + "Launch/" + file)), "\(file)")
        }
    }

    /// Arguments, standard input, output and exit code are the program's own, through a symbolic link with another
    /// folder, too.
    @Test func theNameStandsForTheProgram() throws {
        let line = "mkdir -p other && ln -sf ../.local/bin/convlstm-dist other/ && cd / && ~/other/convlstm-dist"
        let wrong = try installed.shell("\(line) train --steps 'a b'")
        #expect(wrong.status == 2 && wrong.stderr.contains("'a b'"), "\(wrong)")
        let shown = try installed.shell("\(line) train --model small --print-config")
        #expect(shown.status == 0 && shown.stdout.contains("name: small"), "\(shown)")
    }

    /// The launcher with other flags in place of this processor's, and scripts in place of the programs.
    private func start(flags: String, builds: [String]) throws -> CommandResult {
        let copy = try Installation(), prefix = copy.folder.file("home/.local"), manager = FileManager.default
        try manager.createDirectory(atPath: prefix + "/bin", withIntermediateDirectories: true)
        for build in builds {
            let place = "home/.local/libexec/convlstm-dist/\(build)"
            try manager.createDirectory(atPath: copy.folder.file(place), withIntermediateDirectories: true)
            try copy.write(script: "#!/bin/sh\necho \(build) \"$@\"\nexit 75\n", to: place + "/convlstm-dist")
        }
        let table = "processor\t: 0\nflags\t\t: fpu \(flags)\nprocessor\t: 1\nflags\t\t: fpu\n"
        try copy.folder.write(Array(table.utf8), to: "cpuinfo")
        let launcher = try Repository.text(of: "Launch/installed/start")
        #expect(launcher.contains("/proc/cpuinfo"))
        try copy.write(
            script: launcher.replacing("/proc/cpuinfo", with: copy.folder.file("cpuinfo")),
            to: "home/.local/bin/convlstm-dist")
        return try copy.shell("convlstm-dist train 'a  b'")
    }

    private static let v3 = "lahf_lm avx avx2 abm bmi1 bmi2 cx16 f16c fma movbe pni popcnt sse4_1 sse4_2 ssse3 xsave"
    private static let v4 = v3 + " avx512f avx512dq avx512cd avx512bw avx512vl"

    @Test(arguments: [
        (v4, ["x86-64-v3", "x86-64-v4"], "x86-64-v4"), (v3, ["x86-64-v3", "x86-64-v4"], "x86-64-v3"),
        (v4, ["x86-64-v3"], "x86-64-v3"),
        (v4.replacing(" avx512vl", with: ""), ["x86-64-v3", "x86-64-v4"], "x86-64-v3"),
        ("sse2", ["native"], "native"),
    ])
    func theBuildForTheProcessorIsStarted(flags: String, builds: [String], chosen: String) throws {
        let result = try start(flags: flags, builds: builds)
        #expect(result.status == 75 && result.stdout == "\(chosen) train a  b\n", "\(result)")
    }

    @Test func aProcessorThatRunsNoBuildIsToldWhatItLacks() throws {
        let flags = Self.v3.replacing("bmi2 ", with: "").replacing("fma ", with: "")
        let result = try start(flags: flags, builds: ["x86-64-v3", "x86-64-v4"])
        #expect(result.status == 1 && result.stdout == "")
        #expect(result.stderr.contains(": the processor lacks bmi2 fma, which the build for x86-64-v3 needs; "))
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result.stderr)")
        let none = try start(flags: Self.v4, builds: [])
        #expect(none.status == 1 && none.stderr.contains("there is no build for this processor in "), "\(none)")
    }

    /// A copy that asks for a version of OpenBLAS that nobody has.
    @Test func aMissingLibraryIsNamed() throws {
        let copy = try Installation(), place = "home/.local/libexec/convlstm-dist/native/convlstm-dist"
        try #require(try copy.launch("install", ["--native"]).status == 0)
        var program = try Data(contentsOf: URL(fileURLWithPath: copy.folder.file(place)))
        let name = try #require(program.firstRange(of: Data("libopenblas.so.0\0".utf8)))
        program.replaceSubrange(name, with: Data("libopenblas.so.7\0".utf8))
        try program.write(to: URL(fileURLWithPath: copy.folder.file(place)))
        let result = try copy.shell("convlstm-dist --version")
        #expect(result.status == 1 && result.stdout == "")
        #expect(result.stderr.hasPrefix("Error: convlstm-dist on "), "\(result.stderr)")
        #expect(result.stderr.contains(": it needs libopenblas.so.7, which this system lacks; install it, or load "))
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result.stderr)")
    }

    /// What was installed is replaced as a whole, and not at all where a build fails.
    @Test func installingAgainReplacesTheBuilds() throws {
        let copy = try Installation(), builds = copy.folder.file("home/.local/libexec/convlstm-dist")
        #expect(try copy.launch("install").status == 0)
        try copy.write(script: "#!/bin/bash\nexit 1\n", to: "tools/swift")
        #expect(try copy.launch("install", ["--native"]).status == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: builds).sorted() == ["x86-64-v3", "x86-64-v4"])
        #expect(try copy.launch("install", ["--prefix"]).status == 2)
        #expect(try copy.launch("install", ["/usr"]).status == 2)
    }

    /// A page for each command, from what the program tells of itself.
    @Test func everyCommandHasAManualPage() throws {
        let pages = installed.folder.file("home/.local/share/man/man1/")
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: pages))
        for name in ["convlstm-dist", "convlstm-dist-train", "convlstm-dist-bench-step", "convlstm-shard-split"] {
            #expect(names.contains(name + ".1"))
        }
        let train = try String(contentsOfFile: pages + "convlstm-dist-train.1", encoding: .utf8)
        #expect(train.contains(".It Fl -virtual-ranks Ar n\n") && train.contains(".Op Fl -data Ar folder\n"))
        #expect(train.contains("(values: automatic, im2col, winograd)"))
        let help = try installed.shell("convlstm-dist train --help").stdout
        let described = train.split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }.joined(separator: " ")
        for option in help.matches(of: /(?m)^ +--([\w-]+)/) {
            #expect(described.contains("Fl -\(option.1)"), "\(option.1)")
        }
        let lint = try Command.run("mandoc", ["-T", "lint", "-W", "error"] + names.map { pages + $0 })
        #expect(lint.status == 127 || lint.stdout == "", "\(lint.stdout)")
    }

    /// The tarball works where it was unpacked, with the builds for one processor alone, and names no place of its own.
    @Test func theTarballWorksAnywhere() throws {
        let copy = try Installation()
        let packed = try copy.launch("package", ["--output", copy.folder.file("home")])
        #expect(packed.status == 0, "\(packed)")
        let line = """
            set -e; mkdir -p 'a b'; tar -xzf convlstm-dist-*-x86_64.tar.gz -C 'a b'; cd 'a b'/*
            rm -r libexec/convlstm-dist/x86-64-v4; bin/convlstm-dist models --json | head -c 1; ls share/modulefiles/*
            """
        let result = try copy.shell(line)
        #expect(result.status == 0 && result.stdout == "[0.1.0\n", "\(result)")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.modules), "Environment Modules are not installed"))
    func theModuleFileFindsItsPrefix() throws {
        let line = ". \(Self.modules); module use ~/.local/share/modulefiles; module load convlstm-dist"
        let result = try installed.shell(
            "\(line); command -v convlstm-shard; cat $CONVLSTM_HOSTS | head -c 1; echo; echo $CONVLSTM_DIST",
            environment: ["PATH": "/usr/bin:/bin"])
        let bin = installed.folder.file("home/.local/bin/")
        #expect(result.stdout == "\(bin)convlstm-shard\n#\n\(bin)convlstm-dist\n", "\(result)")
    }

    private static let modules = "/usr/share/modules/init/bash"
}
