// How to read the input of `split`. The choice: a folder is films of pictures and a file is an array, and options that do not
// apply are refused.

import ArgumentParser
import CommandSupport
import Formats
import Foundation
import Platform
import Shards

extension ArrayLayout: ExpressibleByArgument {}

struct SourceOptions: ParsableArguments {
    @Option(
        help: """
            The order of an array's axes: N sequences, T frames, H height, W width, C channels, such as NTHW or NHWT (default: told by \
            the shape where it leaves no doubt).
            """,
        transform: { text in
            guard let axes = AxisOrder(text) else {
                throw ValidationError(
                    "give a letter for each axis, such as NTHW for (sequences, frames, height, width)")
            }
            return axes
        })
    var axes: AxisOrder?

    @Option(help: "A name for an order of axes: TNHW, NTHW or THW, with channels last if there are any.")
    var layout: ArrayLayout?

    @Option(help: "Which array of a .npz file.")
    var key: String?

    @Option(help: "Which array of an archive: its name, or what it holds, such as RATE; or the group with the films.")
    var dataset: String?

    @OptionGroup var film: FilmOptions

    @OptionGroup var meaning: MeaningOptions

    @Option(
        help: "A .png, .pgm or .npy file of (height, width); where it is zero, pixels are missing.", completion: .file()
    )
    var mask: String?

    @Flag(help: "Make one channel of colored frames.")
    var gray = false

    func validate() throws {
        try OptionCheck.requireNames([("--mask", mask)])
        guard axes == nil || layout == nil else {
            throw ValidationError("--axes and --layout both give the order of the axes; leave out one of them.")
        }
    }

    /// The sequences of a file or folder; prints a line about what is not obvious from it.
    func open(_ path: String, scratchFolder: String) throws -> any RawSequences {
        let sequences: any RawSequences =
            try archive(path) ?? (Self.isFolder(path) ? pictures(path) : array(path, scratchFolder))
        guard let mask = try mask.map(FrameMask.init) else { return sequences }
        StandardOutput.print("\(mask.path): \(Int((100 * mask.missingShare).rounded())) % of the pixels are missing")
        return try MaskedSequences(sequences, mask: mask)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The sequences of an archive; nil for what is none.
    private func archive(_ path: String) throws -> (any RawSequences)? {
        let options = ArchiveOptions(
            dataset: dataset, axes: axes?.description, times: film.times, timeFormat: film.timeFormat,
            hasScale: meaning.scale != nil)
        guard let archive = try Archive.open(path, options) else {
            guard dataset == nil else {
                throw ValidationError(
                    "\(path) is not an archive; --dataset is for HDF5, NetCDF and Zarr, leave it out.")
            }
            return nil
        }
        guard layout == nil, key == nil, !gray else {
            throw ValidationError("\(path) is an archive; --layout, --key and --gray are for others, leave them out.")
        }
        StandardOutput.print(archive.remark)
        return try film.cut(archive.films, name: path, film.cutting(path, isFolder: false), meaning.given)
    }

    private func pictures(_ path: String) throws -> any RawSequences {
        guard layout == nil, axes == nil, key == nil else {
            throw ValidationError("\(path) is a folder; --axes, --layout and --key are for arrays, leave them out.")
        }
        let cutting = try film.cutting(path, isFolder: true)
        let found = try FrameFolder(
            path, cutting: cutting, asGray: gray, format: film.timeFormat, given: film.times)
        for line in found.remarks + [found.timesReading].compactMap({ $0 }) { StandardOutput.print(line) }
        return try film.cut(found.films, name: path, cutting, meaning.given, shorter: found.shorter)
    }

    private func array(_ path: String, _ scratchFolder: String) throws -> any RawSequences {
        let array = try NpyFile(path: path, key: key, scratchFolder: scratchFolder, isAnyOrder: true)
        guard !gray, film.timeFormat == nil else {
            throw ValidationError(
                "\(path) is an array; --gray and --time-format are for folders of frames, leave them out.")
        }
        let reading = try reading(array), isOfSequences = reading.order.axes.contains(.sequences)
        if isOfSequences, film.frames == nil {
            if let option = film.ofFilms {
                throw ValidationError("\(option) is for films that are cut into sequences; give --frames, too.")
            }
            guard film.times?.first == nil else {
                throw ValidationError(
                    "\(path) holds sequences, and --times gives the time of one film; give the step alone.")
            }
            return try ArraySequences(array, order: reading.order, given: meaning.given, step: film.times?.step)
        }
        guard film.frames != nil else {
            throw ShardError(
                "\(path) holds frames in one row, as \(reading.order); give the frames of a sequence with --frames, for "
                    + "example --frames 20")
        }
        let films = try ArrayFilm.all(of: array, reading.order, film.times)
        return try film.cut(films, name: path, film.cutting(path, isFolder: false), meaning.given)
    }

    /// The order of the axes: as a person names it, or as the shape implies it, which is printed.
    private func reading(_ array: NpyFile) throws -> AxisReading {
        let shape = array.header.shape, isCut = film.stride == nil && film.every == 1
        if let axes { return AxisReading(order: axes, reason: "--axes says so") }
        if let layout {
            return try AxisOrder.named(layout, shape, frames: isCut ? film.frames : nil, file: array.path)
        }
        let found = try AxisOrder.read(shape, file: array.path)
        let name = found.layout?.rawValue ?? found.order.description
        StandardOutput.print("\(array.path): shape \(shape), read as \(name) because \(found.reason)")
        if found.layout == .concatenated, isCut, let frames = film.frames {
            _ = try AxisOrder.named(.concatenated, shape, frames: frames, file: array.path)
        }
        return found
    }
}
