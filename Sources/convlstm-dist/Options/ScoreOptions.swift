// The options of `evaluate` that ask for scores in the unit of the data. The choice: lists are ascending, so that a table
// has one order and a mistyped comma is noticed.

import ArgumentParser
import CommandSupport
import Configuration
import Foundation
import Model

struct ScoreOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Score events at these values, in the unit of the data: CSI, POD, FAR, HSS, bias and ETS by lead time.",
            valueName: "t,t,..."))
    var thresholds: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Scales of the fractions skill score, in pixels: 1,5,15.", valueName: "n,n,..."))
    var scales: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Score also the largest values of blocks of so many pixels: 4,16.", valueName: "n,n,..."))
    var pool: String?

    @Option(
        help: ArgumentHelp("Write every score to a table, one in each line.", valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var csv: String?

    @Option(
        help: ArgumentHelp(
            "Score another tool's forecasts of the same sequences: a .npy of (sequences, frames, height, width) in the unit "
                + "of the data, NaN where it says nothing; NAME=FILE names it. May be given several times.",
            valueName: "file"), completion: .file(extensions: ["npy"]))
    var forecast: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Frames of a sequence before the first one that --forecast is of, where no --checkpoint tells.",
            valueName: "n"))
    var inputFrames: Int?

    /// The most thresholds, scales or pools.
    private static let mostOfAList = 32

    func validate() throws {
        try OptionCheck.requireNames([("--csv", csv)] + forecast.map { ("--forecast", $0) })
        _ = try numbers()
        _ = try files()
        guard thresholds != nil || [scales, pool, csv].allSatisfy({ $0 == nil }) else {
            throw ValidationError("--scales, --pool and --csv are about events; give --thresholds as well")
        }
    }

    /// What is to be scored; nil without thresholds.
    func request(by rules: ScoreRules, weights: LossWeights?) throws -> ScoreRequest? {
        let lists = try numbers()
        return lists.thresholds.isEmpty
            ? nil
            : ScoreRequest(
                rules: rules, thresholds: lists.thresholds, scales: lists.scales, pools: lists.pools, weights: weights)
    }

    /// Throws unless windows and blocks fit into a frame.
    func check(for frame: FeatureShape) throws {
        let lists = try numbers(), side = min(frame.height, frame.width)
        for (option, values) in [("--scales", lists.scales), ("--pool", lists.pools)] {
            guard let largest = values.last, largest > side else { continue }
            throw TrainingError.usage("\(option) has \(largest), and frames are of \(frame); give at most \(side)")
        }
    }

    /// The names and paths of the forecasts of others.
    func files() throws -> [(name: String, path: String)] {
        let files = forecast.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 && !parts[0].contains("/")
                ? (name: parts[0], path: parts[1])
                : (name: URL(fileURLWithPath: text).deletingPathExtension().lastPathComponent, path: text)
        }
        var known = ["network", "last", "mean"]
        for file in files {
            guard !file.name.isEmpty, !file.path.isEmpty else {
                throw ValidationError("--forecast has no name or no file; give FILE or NAME=FILE")
            }
            guard !known.contains(file.name) else {
                throw ValidationError(
                    "--forecast: \(file.name) is the name of another forecast; give --forecast NAME=\(file.path)")
            }
            known.append(file.name)
        }
        return files
    }

    private func numbers() throws -> (thresholds: [Double], scales: [Int], pools: [Int]) {
        (
            try list(thresholds, "--thresholds", "finite numbers", "0.5,2,5") {
                Double($0).flatMap { $0.isFinite ? $0 : nil }
            },
            try list(scales, "--scales", "whole numbers from 1 to \(FractionsSkill.largestScale)", "1,5,15") { text in
                Int(text).flatMap { (1...FractionsSkill.largestScale).contains($0) ? $0 : nil }
            },
            try list(pool, "--pool", "whole numbers from 2 on", "4,16") { text in
                Int(text).flatMap { $0 >= 2 ? $0 : nil }
            }
        )
    }

    private func list<Number: Comparable>(
        _ text: String?, _ option: String, _ kind: String, _ example: String, _ parse: (Substring) -> Number?
    ) throws -> [Number] {
        guard let text else { return [] }
        let words = text.split(separator: ",", omittingEmptySubsequences: false), numbers = words.compactMap(parse)
        guard numbers.count == words.count, zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
            numbers.count <= Self.mostOfAList
        else {
            throw ValidationError(
                "\(option) is \"\(text)\"; give up to \(Self.mostOfAList) \(kind), ascending, with commas: "
                    + "\(option) \(example)")
        }
        return numbers
    }
}
