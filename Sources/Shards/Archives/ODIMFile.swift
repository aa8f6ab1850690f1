// One frame as an ODIM file, as a radar composite is exchanged. The choice: all that the model asks for and nothing beside it.

import Foundation
import Formats

/// Source: OPERA Data Information Model for HDF5, version 2.4.
package enum ODIMFile {
    /// Writes a frame of stored numbers.
    ///
    /// - Parameters:
    ///   - quantity: what it shows, such as RATE.
    ///   - undetected: the stored number of pixels without an echo.
    ///   - grid: the projection, the corners and the sizes of pixels, by ODIM's names.
    package static func write(
        _ frame: [UInt8], type: ElementType, values: ValueDescription, undetected: Double, quantity: String,
        height: Int, width: Int, time: Date, grid: [(String, HDF5Writer.Attribute)], to path: String
    ) throws {
        let file = try HDF5Writer(path: path)
        let stamp = time.formatted(.iso8601).filter(\.isNumber), date = String(stamp.prefix(8)),
            clock = String(stamp.suffix(6))
        try file.setAttribute("Conventions", of: "", to: .text("ODIM_H5/V2_4"))
        for group in ["what", "where", "how", "dataset1", "dataset1/what", "dataset1/data1", "dataset1/data1/what"] {
            try file.addGroup(group)
        }
        let said: [(String, [(String, HDF5Writer.Attribute)])] = [
            (
                "what",
                [
                    ("object", .text("COMP")), ("version", .text("H5rad 2.4")), ("date", .text(date)),
                    ("time", .text(clock)),
                    ("source", .text("ORG:0,CMT:convlstm-dist")),
                ]
            ),
            ("where", grid + [("xsize", .number(Double(width), .int64)), ("ysize", .number(Double(height), .int64))]),
            (
                "dataset1/what",
                [
                    ("product", .text("SURF")), ("startdate", .text(date)), ("starttime", .text(clock)),
                    ("enddate", .text(date)), ("endtime", .text(clock)),
                ]
            ),
            (
                "dataset1/data1/what",
                [
                    ("quantity", .text(quantity)), ("gain", .number(values.scale, .float64)),
                    ("offset", .number(values.offset, .float64)), ("undetect", .number(undetected, .float64)),
                ] + (values.missing.map { [("nodata", .number($0, .float64))] } ?? [])
            ),
        ]
        for (group, attributes) in said {
            for (name, value) in attributes { try file.setAttribute(name, of: group, to: value) }
        }
        let name = "dataset1/data1/data", number = NumberType(rawValue: type.rawValue)!
        try file.addArray(name, shape: [height, width], type: number, chunk: [height, width], fill: values.missing)
        try file.setAttribute("CLASS", of: name, to: .text("IMAGE"))
        try file.setAttribute("IMAGE_VERSION", of: name, to: .text("1.2"))
        try file.write(frame.span, to: name, type: number, start: [0, 0], count: [height, width])
        try file.commit()
    }
}
