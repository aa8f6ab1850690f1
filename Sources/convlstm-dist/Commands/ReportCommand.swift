// `convlstm-dist report`: report.html of a run, or several runs in one page.

import ArgumentParser
import Collectives
import CommandSupport
import Kernels
import Platform
import RunReports
import Supervision

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a page about a run, or about several: curves, forecasts that play, times, settings.",
        discussion: """
            The page is one file, which needs no network. train keeps that of its run up to date; this command writes it again, or \
            lays the curves of several runs over each other.

            Example: convlstm-dist report runs/small/1 runs/small/2 --output both.html
            """)

    @Argument(
        help: ArgumentHelp("The folders of runs, as convlstm-dist runs lists them.", valueName: "run"),
        completion: .directory)
    var runs: [String]

    @Option(
        help: ArgumentHelp(
            "The page to write (default: report.html in the folder of a run; of several, here).", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "A picture of the losses to write in place of the page, a name that ends in .svg or .png.",
            valueName: "file"),
        completion: .file(extensions: ["svg", "png"]))
    var plot: String?

    func validate() throws {
        try OptionCheck.requireNames(runs.map { ("the run", $0) } + [("--output", output), ("--plot", plot)])
        if output != nil && plot != nil {
            throw ValidationError(
                "--plot is written in place of the page that --output names; leave one of the two out")
        }
        if let plot, !plot.hasSuffix(".svg"), !plot.hasSuffix(".png") {
            throw ValidationError("--plot is \(plot.quotable()); give a name that ends in .svg or .png")
        }
    }

    func run() throws {
        try OneProcess.require(for: "report")
        if let plot {
            try RunComparison(of: runs).writeLosses(to: plot)
            return StandardOutput.print(plot)
        }
        let path = output ?? (runs.count == 1 ? RunReport.path(in: runs[0]) : RunReport.fileName)
        if runs.count == 1 {
            let threads = try ThreadChoice.automatic(on: SoloCommunicator())
            try RunReport(of: runs[0], on: ThreadPool(threads.count)).write(to: path)
        } else {
            try RunComparison(of: runs).write(to: path)
        }
        StandardOutput.print(path)
    }
}
