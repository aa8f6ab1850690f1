// The forecasts of an evaluation and their truths, as two arrays that numpy opens. The choice: rank 0 writes them, as the
// other ranks may have no common disk, frame by frame as they are made; the folder has its name once both are whole.

import Collectives
import Formats
import Foundation
import Model
import Platform
import Shards
import Trainer

/// forecast.npy and truth.npy of (sequences, frames, height, width[, channels]): float32, in the unit of the data, NaN
/// where a pixel is missing.
package final class ForecastArchive {
    /// The files; nil on all ranks but 0.
    private let files: (forecast: AtomicFile, truth: AtomicFile)?

    private let task: EvaluationTask
    private let header: NpyHeader

    /// The forecast of a sequence and its truth.
    struct Entry {
        let forecast, truth: [Float]

        /// The network's forecast is the first of the compared ones.
        init(_ compared: ComparedSequence) { (forecast, truth) = (compared.forecasts[0], compared.truth) }
    }

    /// Makes the folder of an evaluation's forecasts. Collective.
    ///
    /// - Parameter evaluate: an evaluation of the task, which gives its forecasts to the archive.
    package static func make<Result>(
        _ folder: String, of task: EvaluationTask, _ communicator: any Communicator,
        _ evaluate: (ForecastArchive) throws -> Result
    ) throws -> Result {
        guard communicator.rank == 0 else { return try evaluate(ForecastArchive(nil, task)) }
        return try NewFolder.make(folder) { temporary in
            let archive = try ForecastArchive(temporary, task), result = try evaluate(archive)
            try archive.files?.forecast.commit()
            try archive.files?.truth.commit()
            return result
        }
    }

    private init(_ folder: String?, _ task: EvaluationTask) throws {
        self.task = task
        let size = task.source.geometry
        header = NpyHeader(
            type: .float32,
            shape: [task.sequences.count, task.frames, size.height, size.width]
                + (size.channels == 1 ? [] : [size.channels]))
        let bytes = header.byteCount, start = header.encoded
        files = try folder.map { folder in
            try FreeSpace.require(2 * bytes, for: folder)
            let files = try ["forecast", "truth"].map { name in
                let file = try AtomicFile(path: "\(folder)/\(name).npy")
                try file.append(start.span)
                return file
            }
            return (files[0], files[1])
        }
    }

    /// Takes what this rank has of the sequences that each rank has now. Collective.
    func add(_ entries: [Int: Entry], of ranks: [Range<Int>], _ communicator: any Communicator) throws {
        for (rank, numbers) in ranks.enumerated() {
            for number in numbers {
                let entry = entries[number]
                for frame in 0..<task.frames {
                    // One frame of one rank travels at a time.
                    let forecast = try communicator.gather(bytes(of: entry?.forecast, frame))
                    let truth = try communicator.gather(bytes(of: entry?.truth, frame))
                    guard let files else { continue }
                    let place = (number - task.sequences.lowerBound) * task.frames + frame
                    let offset = header.encoded.count + place * task.pixels * header.type.size
                    let (x, y) = (forecast[rank], truth[rank])
                    try files.forecast.write(x.span, at: offset)
                    try files.truth.write(y.span, at: offset)
                }
            }
        }
        try Interruption.check()
    }

    private func bytes(of sequence: [Float]?, _ frame: Int) -> [UInt8] {
        sequence?[frame * task.pixels..<(frame + 1) * task.pixels].withUnsafeBytes { [UInt8]($0) } ?? []
    }
}
