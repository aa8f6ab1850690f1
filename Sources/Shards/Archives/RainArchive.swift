// Generated rain as an archive of a weather service: ODIM with a file for each time, or one NetCDF file. The choice: the numbers
// are packed as services pack them, and the sequences stand at times with gaps between them, so that whoever reads them
// meets what real archives have.

import Foundation
import Formats

/// An archive to be made of a generator.
package struct RainArchive {
    private let rain: RainGenerator
    private let start: Date

    /// The frames that are left out between two sequences.
    private static let gap = 12

    package init(_ rain: RainGenerator, start: Date) { (self.rain, self.start) = (rain, start) }

    /// The times of the frames of a sequence.
    private func times(of sequence: Int) -> [Date] {
        let frames = rain.geometry.frames, first = sequence * (frames + Self.gap)
        return (0..<frames).map { start.addingTimeInterval(Double(first + $0) * rain.timeStep!) }
    }

    /// A sequence in packed numbers: `missing` out of range.
    private func packed(_ sequence: Int, scale: Double, missing: Double, as type: ElementType) throws -> [UInt8] {
        try rain.sequence(sequence).flatMap { rate in
            type.bytes(of: rate.isNaN ? missing : (Double(rate) / scale).rounded())
        }
    }

    /// Writes a folder of ODIM files, one for each time, with rates in hundredths of mm/h.
    package func writeODIM(to folder: String, progress: (Int) throws -> Void) throws {
        let output = try AtomicFolder(path: folder), frame = rain.geometry.frameElements * 2
        var values = ValueDescription()
        (values.missing, values.scale) = (65_535, 0.01)
        for sequence in 0..<rain.count {
            let bytes = try packed(sequence, scale: 0.01, missing: 65_535, as: .uint16)
            for (number, time) in times(of: sequence).enumerated() {
                let stamp = time.formatted(.iso8601).filter(\.isNumber).prefix(12)
                try ODIMFile.write(
                    Array(bytes[number * frame..<(number + 1) * frame]), type: .uint16, values: values, undetected: 0,
                    quantity: "RATE", height: rain.geometry.height, width: rain.geometry.width, time: time, grid: grid,
                    to: "\(output.temporary)/rain_\(stamp).h5")
            }
            try progress(sequence + 1)
        }
        try output.commit()
    }

    /// Writes one NetCDF-4 file after CF, with rates in hundredths of mm/h.
    package func writeNetCDF(to path: String, progress: (Int) throws -> Void) throws {
        var values = ValueDescription()
        (values.missing, values.scale, values.unit) = (-1, 0.01, "mm/h")
        values.attributes = [
            "long_name": "rain rate", "standard_name": "rainfall_rate", "grid_mapping_name": "mercator",
            "longitude_of_projection_origin": "10", "earth_radius": "\(Self.radius)", "proj4": Self.projection,
            "x_start": "500", "x_step": "1000", "x_units": "m", "x_standard_name": "projection_x_coordinate",
            "y_start": "\(Double(rain.geometry.height) * 1000 - 500)", "y_step": "-1000", "y_units": "m",
            "y_standard_name": "projection_y_coordinate",
        ]
        let file = try NetCDFFile(
            path: path, variable: "rainfall_rate", elementType: .int16, values: values, height: rain.geometry.height,
            width: rain.geometry.width, times: (0..<rain.count).flatMap(times), title: "Rain made by convlstm-shard")
        for sequence in 0..<rain.count {
            try file.append(packed(sequence, scale: 0.01, missing: -1, as: .int16))
            try progress(sequence + 1)
        }
        try file.commit()
    }

    // A map of square kilometers at the equator, where Mercator's projection is true.

    private static let radius = 6_371_000.0, projection = "+proj=merc +R=6371000 +lon_0=10"

    private var grid: [(String, HDF5Writer.Attribute)] {
        let (height, width) = (Double(rain.geometry.height) * 1000, Double(rain.geometry.width) * 1000)
        let corners: [(String, Double, Double)] = [
            ("LL", 0, 0), ("UL", 0, height), ("UR", width, height), ("LR", width, 0),
        ]
        var grid: [(String, HDF5Writer.Attribute)] = [
            ("projdef", .text(Self.projection)), ("xscale", .number(1000, .float64)),
            ("yscale", .number(1000, .float64)),
        ]
        for (name, x, y) in corners {
            let longitude = 10 + x / Self.radius * 180 / .pi
            let latitude = (2 * atan(exp(y / Self.radius)) - .pi / 2) * 180 / .pi
            grid.append(("\(name)_lon", .number(longitude, .float64)))
            grid.append(("\(name)_lat", .number(latitude, .float64)))
        }
        return grid
    }
}
