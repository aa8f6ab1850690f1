import Foundation
import TestSupport
import Testing

/// Docs/HowTo/on-a-cluster.md, typed from its first line to its last by somebody with a clone and an empty home.
@Suite(.tags(.slow), .unlessFast) struct OnAClusterTests {
    private let page = try! Repository.text(of: "Docs/HowTo/on-a-cluster.md").components(separatedBy: "\n")

    /// The commands of the page, for fewer sequences and steps.
    private var commands: [String] {
        page.filter { $0.hasPrefix("    $ ") }.map { line in
            String(line.dropFirst(6)).replacing("--sequences 2000", with: "--sequences 120")
                .replacing(/--steps \d+/, with: "--steps 1")
        }
    }

    /// What only a cluster has is played by scripts that look at their arguments.
    private static let tools = [
        "sshd": "", "sbatch": "[[ -x $CONVLSTM_DIST && -e $CONVLSTM_HOSTS && -e $1 ]]",
        "apptainer": "[[ $1 == build ]] && ls convlstm-dist-*-x86_64.tar.gz $3 > /dev/null && : > $2 || [[ -e $2 ]]",
    ]

    @Test func everyCommandWorks() throws {
        let installation = try Installation(), clone = installation.folder.file("clone")
        for (name, script) in Self.tools {
            try installation.write(script: "#!/bin/bash\n\(script)\n", to: "tools/\(name)")
        }
        #expect(commands.count > 20)
        let modules = "/usr/share/modules/init/bash"
        let start = "[[ -e \(modules) ]] && . \(modules) || module() { [[ $1 == load || -d $2 ]]; }\n"
        let lines = commands.map { "\($0) || { echo \"failed: \"'\($0)'; exit 1; }\n" }.joined()
        let mpi = [
            "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
            "OMPI_MCA_mpi_yield_when_idle": "1",
        ]
        let environment = installation.environment.merging(mpi.merging(Mpirun.rootIsWelcome) { $1 }) { $1 }
        let result = try Command.run(
            "bash", ["-c", start + lines], environment: environment, directory: clone, timeout: 240)
        #expect(result.status == 0, "\(result.stdout.suffix(2000))\(result.stderr.suffix(4000))")
    }

    /// The image is made of the file that Launch/package makes, by what the file holds.
    @Test func theImageIsMadeOfThePackage() throws {
        let image = try Repository.text(of: "Launch/apptainer/convlstm.def")
        let package = try Repository.text(of: "Launch/package")
        #expect(package.contains("name=convlstm-dist-$version-$(uname -m)"))
        #expect(image.contains("%files\n    convlstm-dist-*-x86_64.tar.gz /opt/\n"))
        let commands = try #require(image.firstMatch(of: /(?m)^%post\n((?: +.*\n)+)/)).1
        #expect(commands.contains("/usr/local/share/convlstm-dist/dependencies container\n"))
        #expect(try Command.run("bash", ["-n", "-c", String(commands)]).status == 0)
        let installed = try Installation.shared.get().folder.file("home/.local/share/convlstm-dist/dependencies")
        #expect(FileManager.default.isExecutableFile(atPath: installed))
    }

    /// Messages that the page explains are the scripts' and the program's own.
    @Test func theMessagesAreThoseThatAreSaid() throws {
        let said = try ["Launch/installed/start", "Launch/dependencies", "Sources/Trainer/Run/RankIdentity.swift"].map {
            try Repository.text(of: $0)
        }.joined()
        let section = try #require(page.firstIndex(of: "## What goes wrong"))
        let rows = page[section...].prefix { !$0.hasPrefix("## What was") }.filter { $0.hasPrefix("| `") }
        #expect(rows.count == 4)
        for row in rows {
            let message = row.dropFirst(3).prefix { $0 != "`" }
            // What differs from case to case is left out.
            let words = message.replacing(#/ (libopenblas.so.0|bmi2 fma)/#, with: "|").split(separator: "|").map {
                $0.replacing(/[; .]*$/, with: "")
            }
            for part in words { #expect(said.contains(part), "\(part)") }
        }
    }
}
