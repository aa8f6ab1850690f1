// Frames as a NetCDF-4 file after the CF conventions, for tools that show or work with maps. The choice: the numbers stay packed
// as they are, with scale, offset and missing value beside them, and each frame is a chunk of its own.

import Foundation
import Formats

/// A NetCDF-4 file of frames along time, being written.
package final class NetCDFFile {
    private let file: HDF5Writer
    private let variable: String
    private let shape: [Int]
    private let type: NumberType
    private var next = 0

    /// What stands where a frame is not observed.
    private static let attributesOfItsOwn: Set<String> = [
        "x_name", "x_start", "x_step", "x_units", "x_standard_name", "y_name", "y_start", "y_step", "y_units",
        "y_standard_name", "grid_mapping", "long_name", "standard_name", "cell_methods", "quantity", "source",
    ]

    /// - Parameters:
    ///   - variable: the name of the array, such as "rainfall_rate".
    ///   - values: what the numbers mean; its attributes give coordinates and projection where they are known.
    ///   - times: the time of each frame.
    package init(
        path: String, variable: String, elementType: ElementType, values: ValueDescription?, height: Int, width: Int,
        times: [Date], title: String
    ) throws {
        file = try HDF5Writer(path: path)
        (self.variable, shape) = (variable, [times.count, height, width])
        type = NumberType(rawValue: elementType.rawValue)!
        try file.setAttribute("Conventions", of: "", to: .text("CF-1.8"))
        try file.setAttribute("title", of: "", to: .text(title))
        let said = values?.attributes ?? [:]
        let start = times.first ?? Date(timeIntervalSince1970: 0)
        try file.addArray("time", times.map { $0.timeIntervalSince(start).rounded() }, type: .int32)
        try setTexts(
            "time",
            [
                ("standard_name", "time"), ("axis", "T"), ("calendar", "standard"),
                (
                    "units",
                    "seconds since " + start.formatted(.iso8601.dateTimeSeparator(.space)).replacing("Z", with: "")
                ),
            ])
        try addCoordinate("y", height, said)
        try addCoordinate("x", width, said)
        let missing = values?.missing ?? (elementType.isFloat ? .nan : nil)
        try file.addArray(variable, shape: shape, type: type, chunk: [1, height, width], fill: missing)
        try file.attach(["time", "y", "x"], to: variable)
        if let values { try describe(values, missing: missing) }
        try addMapping(said)
    }

    private func setTexts(_ object: String, _ texts: [(String, String?)]) throws {
        for case (let name, let text?) in texts { try file.setAttribute(name, of: object, to: .text(text)) }
    }

    /// The places of rows or columns; their numbers where the source does not tell.
    private func addCoordinate(_ label: String, _ count: Int, _ said: [String: String]) throws {
        let start = said["\(label)_start"].flatMap(Double.init), step = said["\(label)_step"].flatMap(Double.init)
        let isKnown = start != nil && step != nil
        let places = (0..<count).map { isKnown ? start! + Double($0) * step! : Double($0) }
        try file.addArray(label, places, type: .float64)
        try setTexts(
            label,
            [
                ("axis", label.uppercased()), ("units", isKnown ? said["\(label)_units"] : "1"),
                ("standard_name", isKnown ? said["\(label)_standard_name"] : nil),
                ("long_name", isKnown ? nil : label == "y" ? "row" : "column"),
            ])
    }

    private func describe(_ values: ValueDescription, missing: Double?) throws {
        try setTexts(
            variable,
            [("units", values.unit ?? "1")]
                + ["long_name", "standard_name", "cell_methods"].map { ($0, values.attributes[$0]) })
        if values.scale != 1 || values.offset != 0 {
            try file.setAttribute("scale_factor", of: variable, to: .numbers([values.scale], .float64))
            try file.setAttribute("add_offset", of: variable, to: .numbers([values.offset], .float64))
        }
        if let missing { try file.setAttribute("_FillValue", of: variable, to: .numbers([missing], type)) }
    }

    /// The source's projection, whatever its words for it are.
    private func addMapping(_ said: [String: String]) throws {
        let own = said.filter { !Self.attributesOfItsOwn.contains($0.key) }.sorted { $0.key < $1.key }
        guard !own.isEmpty else { return }
        let name = said["grid_mapping"] ?? "crs"
        try file.addArray(name, shape: [], type: .int32)
        for (key, text) in own {
            if key != "grid_mapping_name", let number = Double(text) {
                try file.setAttribute(key, of: name, to: .numbers([number], .float64))
            } else {
                try file.setAttribute(key, of: name, to: .text(text))
            }
        }
        try file.setAttribute("grid_mapping", of: variable, to: .text(name))
    }

    /// Appends whole frames of stored numbers, little-endian, of shape (frames, height, width).
    package func append(_ bytes: [UInt8]) throws {
        let frames = bytes.count / (shape[1] * shape[2] * type.size)
        precondition(next + frames <= shape[0], "more frames than times")
        try file.write(
            bytes.span, to: variable, type: type, start: [next, 0, 0], count: [frames, shape[1], shape[2]])
        next += frames
    }

    /// Gives the file its name; all frames must have been appended.
    package func commit() throws {
        precondition(next == shape[0], "\(next) of \(shape[0]) frames were appended")
        try file.commit()
    }
}
