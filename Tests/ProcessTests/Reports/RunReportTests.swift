import Formats
import Foundation
import TestSupport
import Testing

/// report.html: what it holds, that it plays, and that it harms no run.
@Suite struct RunReportTests {
    private let example: TrainingExample

    init() throws { example = try TrainingExample.shared.get() }

    private func report(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", ["report"] + arguments, directory: example.folder.path)
    }

    @Test func aFinishedRunHasAReport() throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 2, output, ["--steps", "6", "--checkpoint-every", "2", "--learning-rate", "0.02"])
        #expect(result.status == 0)
        let page = try example.text(of: "report.html", output)
        for part in [
            "<dd>finished, step 6 of 6</dd>", "<dt>machine</dt>", "2 ranks of 1 thread", "loss", "gradient norm",
            "learning rate",
            "worst: sequence", "median: sequence", "best: sequence", "SSIM of the last frame", "backward",
            "config.yaml", "log.txt",
            "step 6: saved",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("http-equiv=\"refresh\""))
        // Self-contained: nothing is read from anywhere.
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("src=\"/"))
        #expect(page.contains("data:image/png;base64,"))
    }

    /// The times of each rank add up to those of the steps, of which metrics.csv has the slowest rank's; a stop loses none.
    @Test func itHasTheTimesOfEachRank() throws {
        let output = example.freshOutput()
        try example.train(ranks: 2, output, ["--steps", "4"])
        try example.train(ranks: 2, output, ["--steps", "9"])
        let page = try example.text(of: "report.html", output)
        #expect(page.contains("<tr><th>rank 0</th>") && page.contains("<tr><th>rank 1</th>"))
        let ranks = try example.column("rank", of: "ranks.csv", output)
        #expect(ranks == ["0", "1", "0", "1"])
        for phase in ["load", "forward", "backward", "reduce", "update"] {
            let seconds = try example.column("\(phase)_s", of: "ranks.csv", output).compactMap(Double.init)
            let longest = try example.column("\(phase)_s", of: "metrics.csv", output).compactMap(Double.init)
            let (one, other, most) = (seconds[0] + seconds[2], seconds[1] + seconds[3], longest.reduce(0, +))
            // Both tables have microseconds.
            #expect(max(one, other) <= most + 1e-5 && most <= one + other + 1e-5, "\(phase): \(one), \(other), \(most)")
        }
        let alone = example.freshOutput()
        try example.train(ranks: 0, alone, ["--steps", "2"])
        #expect(!FileManager.default.fileExists(atPath: example.folder.file("\(alone)/ranks.csv")))
        #expect(try !example.text(of: "report.html", alone).contains("<th>rank 0</th>"))
    }

    /// The errors in the page are those that `evaluate` prints of the same sequences.
    @Test func itsNumbersAreThoseOfEvaluate() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "3"])
        let page = try example.text(of: "report.html", output)
        let result = try Command.run(
            "convlstm-dist", ["evaluate", "--checkpoint", output, "--split", "validation", "--json"],
            directory: example.folder.path)
        struct Results: Decodable {
            struct Scores: Decodable { var frames: [Frame] }
            struct Frame: Decodable { var mse, ssim: Double }
            var forecast, copy_last_frame: Scores
        }
        let found = try JSONDecoder().decode(Results.self, from: Data(result.stdout.utf8))
        for (number, (own, last)) in zip(found.forecast.frames, found.copy_last_frame.frames).enumerated() {
            let cells = [own.mse, last.mse, own.ssim, last.ssim].map { "<td>\(String(format: "%.4g", $0))</td>" }
            #expect(page.contains("<tr><th>\(number + 1)</th>\(cells.joined())</tr>"))
        }
    }

    @Test(.inChromium) func filmsPlayAndNothingIsComplainedOf() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "3"])
        let script = """
            const image = document.querySelector('.view img'), button = document.querySelector('.film button');
            const said = document.querySelector('.film output'), slider = document.querySelector('.film input');
            const places = [image.style.transform, said.textContent];
            slider.value = 0; slider.oninput(); places.push(image.style.transform, said.textContent);
            button.click();
            setTimeout(() => { button.click(); places.push(slider.value, button.textContent);
              const log = document.querySelector('.to-log'), grid = document.querySelector('.chart .linear');
              places.push(getComputedStyle(grid).display); log.click(); places.push(getComputedStyle(grid).display);
              document.body.dataset.seen = places.join('|'); }, 900);
            """
        let visit = try Chromium.visit(example.folder.file("\(output)/report.html"), script: script)
        #expect(visit.console.isEmpty, "\(visit.console)")
        let seen = try #require(visit.document.firstMatch(of: /data-seen="([^"]*)"/)?.1).split(separator: "|")
        #expect(seen[0] == "translateX(-50%)" && seen[1].hasPrefix("frame 4 of 6, forecast 1: MSE"))
        #expect(seen[2] == "translateX(0%)" && seen[3] == "frame 1 of 6, seen")
        #expect((Int(seen[4]) ?? 0) >= 2 && seen[5] == "Play", "\(seen)")
        #expect(seen[6] == "none" && seen[7] == "inline")
    }

    /// While a run trains, its page is there and reads itself again; a stop makes it final.
    @Test func theReportFollowsTheRun() throws {
        let output = example.freshOutput(), copy = example.folder.file("\(output).html")
        let command =
            ([Command.path(of: "convlstm-dist")]
            + example.arguments(output, ["--steps", "1000000", "--checkpoint-every", "5"])).joined(separator: " ")
        let result = try Command.run(
            "sh",
            [
                "-c",
                "\(command) & while kill -0 $! && ! grep -qs refresh \(output)/report.html; do sleep 0.01; done; "
                    + "cp \(output)/report.html \(copy); kill -TERM $!; wait $!",
            ], directory: example.folder.path)
        #expect(result.status == 143, "\(result.stderr)")
        let early = try String(contentsOfFile: copy, encoding: .utf8)
        #expect(early.contains("http-equiv=\"refresh\"") && early.contains("<dd>training, step "))
        let final = try example.text(of: "report.html", output)
        #expect(!final.contains("http-equiv=\"refresh\"") && final.contains("<dd>stopped, step "))
    }

    /// A report that cannot be written is said, and the run ends as it would without.
    @Test func aReportThatCannotBeWrittenEndsNoRun() throws {
        let output = example.freshOutput()
        try FileManager.default.createDirectory(
            atPath: example.folder.file("\(output)/report.html/x"), withIntermediateDirectories: true)
        let result = try example.train(ranks: 0, output, ["--steps", "4", "--checkpoint-every", "2"])
        #expect(result.status == 0 && result.stderr.contains("finished in"))
        #expect(
            result.stderr.split(separator: "warning: the run's report is not written: ").count == 2, "\(result.stderr)")
    }

    /// Tables that something else has damaged: numbers of any size, or none, end no report.
    @Test func strangeNumbersInTablesTrapNothing() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "2"])
        for number in ["nan", "inf", "1e300", "-1e300", "1e400", "-7", "x", "0.5"] {
            for table in ["metrics.csv", "validation.csv"] {
                let path = "\(output)/\(table)", header = try example.text(of: table, output).prefix { $0 != "\n" }
                let rest = Array(repeating: number, count: header.split(separator: ",").count - 1).joined(
                    separator: ",")
                let lines = [String(header), "1,\(rest)", "9223372036854775807,\(rest)", "\(number),\(rest)", "3"]
                try example.folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
            }
            for arguments in [
                ["report", output], ["report", output, output, "--output", "\(output).html"], ["runs", output],
            ] {
                let result = try Command.run("convlstm-dist", arguments, directory: example.folder.path)
                #expect(result.status == 0, "\(number): \(result)")
            }
        }
    }

    @Test func severalRunsAreLaidOverEachOther() throws {
        let (one, other) = (example.freshOutput(), example.freshOutput())
        try example.train(ranks: 0, one, ["--steps", "3"])
        try example.train(ranks: 0, other, ["--steps", "4", "--seed", "2"])
        let path = "\(one)-both.html"
        #expect(try report([one, other, "--output", path]).stdout == "\(path)\n")
        let page = String(decoding: try example.folder.bytes(of: path), as: UTF8.self)
        #expect(page.contains("\(one), training") && page.contains("\(other), validation"))
        #expect(page.contains("steps 4 instead of 3, seed 2 instead of 1"))
    }

    /// The picture of losses is XML that a parser reads, with a curve for each run.
    @Test func lossesAreAPictureOfTheirOwn() throws {
        let output = example.freshOutput()
        try example.train(ranks: 0, output, ["--steps", "4"])
        #expect(try report([output, "--plot", "\(output).svg"]).status == 0)
        let count = try Python.run(
            "import xml.etree.ElementTree as t; n='{http://www.w3.org/2000/svg}'; r=t.parse('\(output).svg').getroot(); "
                + "print(r.tag == n+'svg', len([p for p in r.iter(n+'path') if 'smooth' in p.get('class')]))",
            in: example.folder)
        #expect(count == "True 2\n")
        #expect(try report([output, "--plot", "\(output).png"]).status == 0)
        let picture = try PNGFile.read(example.folder.file("\(output).png"))
        #expect(picture.width == 1440 && picture.channels == 3 && Set(picture.pixels).count > 10)
    }

    @Test(arguments: [
        (
            ["nowhere"], 1,
            "convlstm-dist: nowhere is not the folder of a run: it has no config.yaml; name the folder of a run, as convlstm-dist runs lists them\n"
        ),
        (["nowhere", "--plot", "a.gif"], 2, "convlstm-dist: --plot is a.gif; give a name that ends in .svg or .png\n"),
        (
            ["a", "--plot", "a.svg", "--output", "b"], 2,
            "convlstm-dist: --plot is written in place of the page that --output names; leave one of the two out\n"
        ),
    ])
    func whatCannotBeReportedIsSaid(arguments: [String], status: Int32, sentence: String) throws {
        let result = try report(arguments)
        #expect(result.status == status && result.stderr == sentence, "\(result)")
    }
}
