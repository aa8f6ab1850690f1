// `convlstm-shard generate rain`: showers under a radar mask, as an array or as an archive of a weather service.

import ArgumentParser
import CommandSupport
import Foundation
import Platform
import Reports
import Shards

struct GenerateRain: ParsableCommand {
    /// What is written.
    enum Form: String, ExpressibleByArgument, CaseIterable { case npy, odim, netcdf }

    static let configuration = CommandConfiguration(
        commandName: "rain",
        abstract: "Showers that a wind carries, that grow and die, as radars see them.",
        discussion: """
            Rates in mm/h, one frame each 5 minutes, a pixel a kilometer; pixels out of the radars' range are missing. As npy: \
            float32 of the shape (sequences, frames, size, size), NaN where missing. As an archive to be split: odim, a \
            folder with an HDF5 file for each time, or netcdf, one file after the CF conventions; there the sequences are \
            films with gaps of an hour between them.

            Example: convlstm-shard generate rain --format odim --frames 288 --output archive
            """)

    @Option(parsing: .unconditional, help: "How many sequences to make (default: 200; 1 for an archive).")
    var sequences: Int?

    @Option(parsing: .unconditional, help: "The same seed makes the same file.")
    var seed = "1"

    @Option(parsing: .unconditional, help: "Frames of a sequence (default: 18; 288, which is a day, for an archive).")
    var frames: Int?

    @Option(parsing: .unconditional, help: "Height and width of a frame.")
    var size = 128

    @Option(help: "What to write.")
    var format = Form.npy

    @Option(help: "The time of an archive's first frame, in UTC.")
    var start = "2026-06-01T00:00"

    @Option(help: "The .npy or .nc file, or the folder of ODIM files, to make.", completion: .file())
    var output: String

    private var length: Int { frames ?? (format == .npy ? 18 : 288) }
    private var count: Int { sequences ?? (format == .npy ? 200 : 1) }

    func validate() throws {
        try OptionCheck.requireNames([("--output", output)])
        try OptionCheck.require(count, in: 1...10_000_000, "--sequences")
        try SequenceExtents.check(frames: length, size: size)
        guard UInt64(seed) != nil else {
            throw ValidationError("--seed is \(seed.quotable()); give a whole number from 0 to \(UInt64.max)")
        }
        guard startTime != nil else {
            throw ValidationError("--start is \(start.quotable()); give a time such as 2026-06-01T00:00")
        }
    }

    private var startTime: Date? {
        let text = start.hasSuffix("Z") ? String(start.dropLast()) : start
        return try? Date(text + (text.count == 16 ? ":00Z" : "Z"), strategy: .iso8601)
    }

    func run() throws {
        try DataFolder.requireAbsent(output)
        let rain = RainGenerator(frames: length, size: size, count: count, seed: UInt64(seed)!)
        let bar = ProgressBar("generating", total: count), archive = RainArchive(rain, start: startTime!)
        switch format {
        case .npy:
            try ArrayExport(rain, as: .float32, layout: .sequencesFirst).write(to: output) { try bar.update($0) }
            StandardOutput.print(
                "\(output): \(counted(count, "sequence")) of \(rain.geometry), float32 in mm/h, NaN where missing")
        case .odim:
            try archive.writeODIM(to: output) { try bar.update($0) }
            StandardOutput.print(
                "\(output): \(counted(count * length, "file")) of ODIM, \(size) x \(size), RATE in mm/h, every 5 min")
        case .netcdf:
            try archive.writeNetCDF(to: output) { try bar.update($0) }
            StandardOutput.print(
                "\(output): \(counted(count * length, "frame")) of \(size) x \(size), rainfall_rate in mm/h, every 5 min"
            )
        }
    }
}
