import Configuration
import Foundation
import TestSupport
import Testing

/// The forecast of the hour: the newest frames of an archive, continued by a network that was trained on crops.
@Suite struct LatestForecastTests {
    private let system = try! SmallSystem("nowcast")

    private func shard(_ line: String) throws -> CommandResult {
        try Command.run(
            "convlstm-shard", line.split(separator: " ").map(String.init), directory: system.example.folder.path)
    }

    /// An archive of frames whose sides no layer divides, in the training example's folder.
    private func archive() throws -> String {
        let name = "rain-" + UUID().uuidString
        let made = try shard("generate rain --format odim --frames 9 --size 44 --seed 3 --output \(name)")
        try #require(made.status == 0, "\(made)")
        return name
    }

    @Test func theNewestFramesOfAnArchiveAreContinued() throws {
        let run = try system.train(ranks: 0, ["--steps", "1"]), archive = try archive(), output = "\(archive)-next"
        let result = try system.dist([
            "predict", "--checkpoint", run, "--input", archive, "--latest", "--format", "netcdf", "--output", output,
        ])
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout.contains("the newest frame is of 2026-06-01T00:40:00Z"), "\(result.stdout)")
        let names = try FileManager.default.contentsOfDirectory(atPath: system.example.folder.file(output)).sorted()
        #expect(names == ["input.nc", "prediction.nc", "strip.png"])
        // What is written is an archive that can be split, and whose times follow.
        let frames = system.description.sequences.outputFrames
        let split = try shard(
            "split \(output)/prediction.nc --frames \(frames) --validation 0 --test 0 --output \(output)-set")
        #expect(split.status == 0 && split.stdout.contains("1 sequence of \(frames) frames of 44 x 44 x 1"), "\(split)")
        #expect(split.stdout.contains("from 2026-06-01T00:45:00Z"), "\(split.stdout)")
        let info = try shard("info \(output)-set")
        #expect(info.stdout.contains("mm/h"), "\(info.stdout)")
    }

    @Test(.enabled(if: PeerPython.hasArchives, "it needs CONVLSTM_PYTHON with xarray and netCDF4"))
    func xarrayOpensTheForecast() throws {
        let run = try system.train(ranks: 0, ["--steps", "1"]), archive = try archive(), output = "\(archive)-next"
        let result = try system.dist([
            "predict", "--checkpoint", run, "--input", archive, "--latest", "--format", "netcdf", "--output", output,
        ])
        try #require(result.status == 0, "\(result.stderr)")
        let out = try PeerPython.run(
            """
            import xarray as xr
            d = xr.open_dataset('\(output)/prediction.nc')
            r = d['rainfall_rate']
            print(r.shape[1:], r.attrs['units'], str(d['time'].values[0])[:16], r.dims)
            """, in: system.example.folder)
        #expect(out.contains("(44, 44) mm/h 2026-06-01T00:45 ('time', 'y', 'x')"), "\(out)")
    }

    @Test func whatCannotBeContinuedIsSaid() throws {
        let run = try system.train(ranks: 0, ["--steps", "1"]), archive = try archive()
        func refusal(_ options: [String]) throws -> String {
            let result = try system.dist(["predict", "--checkpoint", run, "--output", UUID().uuidString] + options)
            #expect(result.status == 2 || result.status == 1 || result.status == 64, "\(result)")
            return result.stderr
        }
        #expect(try refusal(["--input", archive]).contains("is a folder; add --latest"))
        #expect(try refusal(["--latest", "--sequence", "0"]).contains("--latest is for an archive"))
        #expect(try refusal(["--latest", "--input", "no-such-folder"]).contains("no-such-folder"))
        let generated = try refusal(["--sequence", "99999"])
        #expect(generated.contains("has sequences 0 to"), "\(generated)")
    }

    /// Windows, masks and orientations are those of one process on any number of ranks.
    @Test func wholeFramesAreForecastTheSameOnAnyRanks() throws {
        let run = try system.train(ranks: 0, ["--steps", "1"])
        let evaluate = ["evaluate", "--checkpoint", run, "--thresholds", "0.5,2", "--json"]
        let alone = try system.dist(evaluate), many = try system.dist(ranks: 3, evaluate)
        #expect(alone.status == 0 && alone.stdout == many.stdout, "\(alone.stderr) \(many.stderr)")
    }
}
