// How films are cut into sequences, as options of a command.

import ArgumentParser
import CommandSupport
import Platform
import Reports
import Shards

extension GivenTimes: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension TimeFormat: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct FilmOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Frames of a sequence, for films: folders of frames, and arrays to be cut.")
    var frames: Int?

    @Option(
        parsing: .unconditional,
        help: "Frames from the start of a film's sequence to the start of the next one (default: no frame is in two).")
    var stride: Int?

    @Option(parsing: .unconditional, help: "Take each frame (1), each second one (2), ...")
    var every = 1

    @Option(
        parsing: .unconditional,
        help: "How many frames missing in a row become frames of missing pixels; a film is cut where more are missing.")
    var fillGaps = 0

    @Option(help: "The time of the first frame and the step, such as 2010-08-26T00:00,5min; or the step alone.")
    var times: GivenTimes?

    @Option(
        help: "The form of times in the names of files, such as %Y%m%d%H%M (default: the usual ones are recognized).")
    var timeFormat: TimeFormat?

    func validate() throws {
        if let frames { try OptionCheck.require(frames, in: 1...SequenceGeometry.mostFrames, "--frames") }
        if let stride { try OptionCheck.require(stride, in: 1...1_000_000, "--stride") }
        try OptionCheck.require(every, in: 1...1_000_000, "--every")
        try OptionCheck.require(fillGaps, in: 0...1_000_000, "--fill-gaps")
        guard times == nil || timeFormat == nil else {
            throw ValidationError(
                "--times gives the times, and --time-format finds them in names; leave out one of them.")
        }
    }

    /// The first option that only films have; nil if none is given.
    var ofFilms: String? {
        if stride != nil { return "--stride" }
        if every != 1 { return "--every" }
        return fillGaps != 0 ? "--fill-gaps" : nil
    }

    /// How the films of a source are cut.
    ///
    /// Throws a usage error if the number of frames is not given.
    func cutting(_ path: String, isFolder: Bool) throws -> FilmCutting {
        guard let frames else {
            throw ValidationError(
                "\(path) is a \(isFolder ? "folder" : "film"); give the frames of a sequence with --frames, for example "
                    + "--frames 20.")
        }
        return FilmCutting(frames: frames, stride: stride, every: every, mostFilled: fillGaps)
    }

    /// Cuts films, and prints what is not obvious from them.
    func cut(
        _ films: [any FrameSeries], name: String, _ cutting: FilmCutting, _ given: GivenMeaning, shorter: [Int] = []
    ) throws -> FilmSequences {
        let sequences = try FilmSequences(
            films, name: name, cutting: cutting, given: given, step: times?.step, shorter: shorter)
        if let times = sequences.timesInWords { StandardOutput.print("\(name): \(times)") }
        if sequences.leftOver > 0 {
            let short =
                sequences.tooShort > 0
                ? "; \(counted(sequences.tooShort, "clip")) \(sequences.tooShort == 1 ? "has" : "have") fewer than "
                    + "\(cutting.frames)"
                : ""
            let are = sequences.leftOver == 1 ? "is" : "are"
            StandardOutput.print("\(name): \(counted(sequences.leftOver, "frame")) \(are) in no sequence\(short)")
        }
        if cutting.stride < cutting.frames * cutting.every {
            StandardOutput.print(
                "\(name): neighboring sequences share frames; those across the border of two splits are left out")
        }
        return sequences
    }
}
