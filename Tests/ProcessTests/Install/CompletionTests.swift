import Configuration
import Foundation
import TestSupport
import Testing

/// What shells offer for the installed programs.
@Suite struct CompletionTests {
    private let installed = try! Installation.shared.get()

    /// The words that bash offers where a line ends.
    private func bash(_ line: String) throws -> [String] {
        let program = line.prefix { $0 != " " }
        let script = """
            source ~/.local/share/bash-completion/completions/\(program)
            COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE)
            [[ "$COMP_LINE" != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _\(program) \(program) "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try installed.shell(
            "mkdir -p offer/folder; cd offer; touch mine.yaml data.npy; \(script)")
        #expect(result.status == 0 && result.stderr == "", "\(line): \(result)")
        return result.stdout.split(separator: "\n").map(String.init).sorted()
    }

    @Test func bashOffersPresetsFilesAndChoices() throws {
        let presets = Presets.all.map(\.name)
        #expect(try bash("convlstm-dist train --model ") == (presets + ["folder", "mine.yaml"]).sorted())
        #expect(try bash("convlstm-dist models keras-s") == ["keras-stack", "keras-stack-3"])
        #expect(try bash("convlstm-dist bench step mi") == ["mindspore-ed", "mindspore-ed-upstream", "mine.yaml"])
        #expect(try bash("convlstm-dist train --convolution ") == ["automatic", "im2col", "winograd"])
        #expect(try bash("convlstm-dist train --data ") == ["folder"])
        #expect(try bash("convlstm-dist predict --input ") == ["data.npy", "folder"])
        #expect(try bash("convlstm-dist import --preset mind") == ["mindspore-ed-upstream"])
        #expect(try bash("convlstm-dist ch") == ["checkpoint"])
        #expect(try bash("convlstm-shard split da") == ["data.npy"])
        #expect(try bash("convlstm-dist train --virt") == ["--virtual-ranks"])
    }

    @Test(.enabled(if: (try? Command.run("fish", ["--version"]))?.status == 0, "fish is not installed"))
    func fishOffersChoicesToo() throws {
        let line = "source ~/.local/share/fish/vendor_completions.d/convlstm-dist.fish; complete -C"
        let result = try Command.run(
            "fish", ["--no-config", "-c", "\(line) 'convlstm-dist train --convolution w'"],
            environment: installed.environment, directory: installed.folder.path)
        #expect(result.stdout.hasPrefix("winograd\t"), "\(result)")
    }

    @Test(.enabled(if: (try? Command.run("zsh", ["--version"]))?.status == 0, "zsh is not installed"))
    func zshReadsItsScripts() throws {
        for program in ["convlstm-dist", "convlstm-shard"] {
            let script = installed.folder.file("home/.local/share/zsh/site-functions/_\(program)")
            let result = try Command.run("zsh", ["-n", script])
            #expect(result.status == 0 && result.stderr == "", "\(result)")
            #expect(try String(contentsOfFile: script, encoding: .utf8).hasPrefix("#compdef \(program)"))
        }
    }

    /// Whatever is called a file, a folder, a path or a name in --help has something to offer.
    @Test(arguments: ["convlstm-dist", "convlstm-shard"])
    func everythingThatHasANameIsOffered(program: String) throws {
        struct Tool: Decodable { var command: Part }
        struct Part: Decodable {
            struct Kind: Decodable {}
            struct Argument: Decodable {
                var valueName: String?
                var allValues: [String]?
                var completionKind: Kind?
            }
            var commandName: String
            var subcommands: [Part]?
            var arguments: [Argument]?
        }
        let dump = try Command.run(program, ["--experimental-dump-help"])
        var parts = [try JSONDecoder().decode(Tool.self, from: Data(dump.stdout.utf8)).command], count = 0
        while let part = parts.popLast() {
            parts += part.subcommands ?? []
            for argument in part.arguments ?? [] where part.commandName != "help" {
                guard let name = argument.valueName, name.contains(/file|folder|path|name|output|input/) else {
                    continue
                }
                count += 1
                #expect(argument.completionKind != nil || argument.allValues != nil, "\(part.commandName) \(name)")
            }
        }
        #expect(count > 8)
    }
}
