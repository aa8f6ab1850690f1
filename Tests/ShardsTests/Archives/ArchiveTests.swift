import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// The conventions, in files that our writer makes.
@Suite struct ArchiveTests {
    let folder = try! TemporaryFolder()

    private func open(_ name: String, _ options: ArchiveOptions = ArchiveOptions()) throws -> Archive {
        try #require(try Archive.open(folder.file(name), options))
    }

    /// The stored numbers of frames of a film.
    private func numbers(_ film: any FrameSeries, _ frames: Range<Int>) throws -> [Double] {
        var bytes = [UInt8](repeating: 0, count: frames.count * film.frameBytes), span = bytes.mutableSpan
        try film.read(frames: frames, into: &span)
        let type = try #require(NumberType(rawValue: film.elementType.rawValue))
        return bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: type.size).map { type.value(in: bytes, at: $0) }
        }
    }

    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func array(
        _ writer: HDF5Writer, _ name: String, _ shape: [Int], _ type: NumberType, _ numbers: [Double]
    ) throws {
        try writer.addArray(name, shape: shape, type: type)
        let bytes = numbers.flatMap { number -> [UInt8] in
            switch type {
            case .uint8: [UInt8(number)]
            case .uint16: withUnsafeBytes(of: UInt16(number)) { Array($0) }
            case .int16: withUnsafeBytes(of: Int16(number)) { Array($0) }
            case .int32: withUnsafeBytes(of: Int32(number)) { Array($0) }
            case .int64: withUnsafeBytes(of: Int64(number)) { Array($0) }
            case .float32: withUnsafeBytes(of: Float(number)) { Array($0) }
            default: withUnsafeBytes(of: number) { Array($0) }
            }
        }
        try writer.write(bytes.span, to: name, type: type, start: shape.map { _ in 0 }, count: shape)
    }

    private func error(_ name: String, _ options: ArchiveOptions = ArchiveOptions()) throws -> String {
        do {
            _ = try open(name, options)
        } catch {
            #expect(DamageTrial.fault(of: error) == nil, "\(error)")
            return "\(error)"
        }
        return "no error"
    }

    // ODIM

    /// The rain that the generator gives, and that which its archives hold, are the same to a hundredth.
    @Test(arguments: [true, false]) func generatedRainComesBack(isODIM: Bool) throws {
        let rain = RainGenerator(frames: 3, size: 24, count: 2, seed: 4), start = try date("2026-06-01T23:55:00Z")
        let made = RainArchive(rain, start: start), name = isODIM ? "odim" : "rain.nc"
        if isODIM {
            try made.writeODIM(to: folder.file(name)) { _ in }
        } else {
            try made.writeNetCDF(to: folder.file(name)) { _ in }
        }
        let archive = try open(name), film = archive.films[0]
        #expect(
            archive.films.count == 1 && film.count == 6 && film.height == 24 && film.width == 24 && film.channels == 1)
        #expect(film.elementType == (isODIM ? .uint16 : .int16) && film.values?.unit == "mm/h")
        #expect(
            archive.remark.contains(isODIM ? "ODIM, RATE in mm/h, 6 frames" : "CF, rainfall_rate in mm/h, 6 frames"))
        // Two films, an hour apart.
        let times = try #require(film.times)
        #expect(times.map { $0.timeIntervalSince(start) / 300 } == [0, 1, 2, 15, 16, 17])
        let values = try #require(film.values), stored = try numbers(film, 0..<6)
        for (index, rate) in try (rain.sequence(0) + rain.sequence(1)).enumerated() {
            let value = values.value(of: stored[index])
            #expect(rate.isNaN == value.isNaN && (rate.isNaN || abs(Double(rate) - value) <= 0.0051))
        }
        let proj = values.attributes[isODIM ? "projdef" : "proj4"]
        #expect(proj == "+proj=merc +R=6371000 +lon_0=10")
        if isODIM {
            #expect(values.attributes["UR_lon"] != nil)
        } else {
            #expect(values.attributes["y_step"] == "-1000.0" && values.attributes["x_start"] == "500.0")
        }
    }

    private func odim(
        _ name: String, _ numbers: [Double], type: NumberType = .uint8, quantity: String = "DBZH", gain: Double = 1,
        offset: Double = 0, nodata: Double = 255, undetect: Double = 0, object: String = "COMP", more: Bool = false
    ) throws {
        let writer = try HDF5Writer(path: folder.file(name))
        try writer.setAttribute("Conventions", of: "", to: .text("ODIM_H5/V2_2"))
        let pictures = more ? ["data1", "data2"] : ["data1"]
        for group in ["what", "where", "dataset1", "dataset1/what"] { try writer.addGroup(group) }
        try writer.setAttribute("object", of: "what", to: .text(object))
        try writer.setAttribute("date", of: "what", to: .text("20240229"))
        try writer.setAttribute("time", of: "what", to: .text("235500"))
        // What holds for all pictures of a dataset stands in its group.
        try writer.setAttribute("gain", of: "dataset1/what", to: .number(gain, .float64))
        try writer.setAttribute("offset", of: "dataset1/what", to: .number(offset, .float64))
        try writer.setAttribute("nodata", of: "dataset1/what", to: .number(nodata, .float64))
        try writer.setAttribute("undetect", of: "dataset1/what", to: .number(undetect, .float64))
        for picture in pictures {
            try writer.addGroup("dataset1/\(picture)")
            try writer.addGroup("dataset1/\(picture)/what")
            try writer.setAttribute(
                "quantity", of: "dataset1/\(picture)/what", to: .text(picture == "data1" ? quantity : "QIND"))
            try array(writer, "dataset1/\(picture)/data", [2, 2], type, numbers)
        }
        try writer.commit()
    }

    @Test func whatIsNotDetectedIsDryAndNotMissing() throws {
        try odim("a.h5", [0, 255, 64, 100], gain: 0.5, offset: -32)
        let reflectivity = try open("a.h5").films[0], values = try #require(reflectivity.values)
        #expect(values.missing == 255 && values.unit == "dBZ" && values.undetected == nil)
        #expect(values.value(of: 0) == -32 && values.value(of: 100) == 18 && values.value(of: 255).isNaN)
        #expect(reflectivity.times == [try date("2024-02-29T23:55:00Z")])

        try odim("b.h5", [0, 255, 1, 2], quantity: "RATE", gain: 0.1, offset: -1, undetect: 0)
        let rate = try #require(try open("b.h5").films[0].values)
        #expect(rate.undetected == .init(stored: 0, value: 0) && rate.value(of: 0) == 0 && rate.value(of: 20) == 1)
    }

    /// As the European composites are: doubles, of which the marks are huge numbers.
    @Test func doublesBecomeFloatsWithTheirMarks() throws {
        try odim(
            "a.h5", [-8_888_000, -9_999_000, 0.25, 1e-3], type: .float64, quantity: "RATE", nodata: -9_999_000,
            undetect: -8_888_000)
        let film = try open("a.h5").films[0], values = try #require(film.values)
        #expect(film.elementType == .float32)
        let read = try numbers(film, 0..<1).map(values.value)
        #expect(read[0] == 0 && read[1].isNaN && read[2] == 0.25 && Float(read[3]) == 1e-3)

        let huge = Double.greatestFiniteMagnitude
        try odim("b.h5", [huge, -huge, 0.1, 3], type: .float64, quantity: "RATE", nodata: -huge, undetect: huge)
        let other = try open("b.h5").films[0], meaning = try #require(other.values)
        let mapped = try numbers(other, 0..<1)
        #expect(
            mapped.allSatisfy(\.isFinite) && meaning.value(of: mapped[0]) == 0 && meaning.value(of: mapped[1]).isNaN)
    }

    @Test func odimAsksWhichPictureIsMeant() throws {
        try odim("a.h5", [1, 2, 3, 4], more: true)
        #expect(
            try error("a.h5").contains(
                "DBZH in dataset1/data1/data, QIND in dataset1/data2/data; choose one with --dataset"))
        #expect(try open("a.h5", ArchiveOptions(dataset: "QIND")).remark.contains("ODIM, QIND"))
        #expect(try open("a.h5", ArchiveOptions(dataset: "/dataset1/data1/data")).remark.contains("ODIM, DBZH"))
        #expect(try error("a.h5", ArchiveOptions(dataset: "RATE")).contains("no RATE"))
        try odim("b.h5", [1, 2, 3, 4], object: "PVOL")
        #expect(try error("b.h5").contains("make a composite"))
    }

    // KNMI

    private func knmi(_ name: String, formula: String, missing: Double, outside: Double, time: String) throws {
        let writer = try HDF5Writer(path: folder.file(name))
        for group in ["overview", "geographic", "geographic/map_projection", "image1", "image1/calibration"] {
            try writer.addGroup(group)
        }
        try writer.setAttribute("product_datetime_end", of: "overview", to: .text(time))
        try writer.setAttribute("calibration_formulas", of: "image1/calibration", to: .text(formula))
        try writer.setAttribute("calibration_missing_data", of: "image1/calibration", to: .numbers([missing], .int32))
        try writer.setAttribute("calibration_out_of_image", of: "image1/calibration", to: .numbers([outside], .int32))
        try writer.setAttribute("image_geo_parameter", of: "image1", to: .text("ACCUMULATED_PRECIPITATION_[MM]"))
        try writer.setAttribute(
            "projection_proj4_params", of: "geographic/map_projection", to: .text("+proj=stere +lat_0=90"))
        try array(writer, "image1/image_data", [2, 3], .uint16, [0, 7, 65_534, 65_535, 1, 250])
        try writer.commit()
    }

    @Test func dutchFilesAreOneFilmInTheOrderOfTheirTimes() throws {
        // The names are in another order than the times, and one file lies deeper.
        try FileManager.default.createDirectory(atPath: folder.file("a/b"), withIntermediateDirectories: true)
        try knmi(
            "a/1.h5", formula: "GEO=0.01*PV+0.0", missing: 65_535, outside: 65_535, time: "26-AUG-2010;00:05:00.000")
        try knmi(
            "a/b/2.h5", formula: "GEO=0.01*PV+0.0", missing: 65_535, outside: 65_535, time: "26-AUG-2010;00:00:00.000")
        let archive = try open("a"), film = archive.films[0], values = try #require(film.values)
        #expect(film.times == [try date("2010-08-26T00:00:00Z"), try date("2010-08-26T00:05:00Z")])
        #expect(film.elementType == .uint16 && values.scale == 0.01 && values.missing == 65_535 && values.unit == "mm")
        #expect(values.attributes["projection_proj4_params"] == "+proj=stere +lat_0=90")
        #expect(try numbers(film, 1..<2) == [0, 7, 65_534, 65_535, 1, 250])
        #expect(archive.remark.contains("KNMI, ACCUMULATED_PRECIPITATION_[MM] in mm, 2 frames of 2 x 3 in 2 files"))

        try knmi(
            "a/3.h5", formula: "GEO=0.01*PV+0.0", missing: 65_535, outside: 65_535, time: "26-AUG-2010;00:05:00.000")
        #expect(try error("a").contains("both have a frame of 2010-08-26T00:05:00Z"))
        try knmi(
            "a/3.h5", formula: "GEO=0.02*PV+0.0", missing: 65_535, outside: 65_535, time: "26-AUG-2010;00:10:00.000")
        #expect(try error("a").contains("another scale, unit or missing value"))
    }

    @Test func formulasAndMarksOfDutchFiles() throws {
        try knmi(
            "a.h5", formula: "GEO = 0.500000 * PV + -32.000000", missing: 0, outside: 250, time: "1-JAN-2020;12:00:00")
        let values = try #require(try open("a.h5").films[0].values)
        // 0 is the least echo where another number is out of range.
        #expect(values.offset == -32 && values.missing == 250 && values.value(of: 0) == -32)
        // Of two marks one is rewritten to the other.
        try knmi("b.h5", formula: "GEO=0.01*PV", missing: 7, outside: 250, time: "1-JAN-2020;12:00:00")
        let film = try open("b.h5").films[0]
        #expect(film.values?.missing == 250)
        #expect(try numbers(film, 0..<1) == [0, 250, 65_534, 65_535, 1, 250])
        try knmi("c.h5", formula: "GEO=10^(PV/16)", missing: 0, outside: 1, time: "1-JAN-2020;12:00:00")
        #expect(try error("c.h5").contains("not of the form GEO=A*PV+B"))
        #expect(try open("c.h5", ArchiveOptions(hasScale: true)).films[0].values?.missing == 1)
    }

    // CF

    private func cf(
        _ name: String, units: String = "minutes since 2020-02-28 23:50:00", calendar: String? = nil,
        times: [Double] = [0, 10, 15], variables: [String] = ["rain"], attributes: [(String, HDF5Writer.Attribute)] = []
    ) throws {
        let writer = try HDF5Writer(path: folder.file(name))
        try array(writer, "time", [times.count], .int64, times)
        try writer.setAttribute("units", of: "time", to: .text(units))
        if let calendar { try writer.setAttribute("calendar", of: "time", to: .text(calendar)) }
        try array(writer, "lat", [2], .float32, [50, 51])
        try writer.setAttribute("units", of: "lat", to: .text("degrees_north"))
        try array(writer, "lon", [3], .float32, [4, 5, 6])
        try writer.setAttribute("units", of: "lon", to: .text("degrees_east"))
        for variable in variables {
            try array(writer, variable, [times.count, 2, 3], .int16, (0..<times.count * 6).map { Double($0) - 2 })
            try writer.attach(["time", "lat", "lon"], to: variable)
            for (key, value) in attributes { try writer.setAttribute(key, of: variable, to: value) }
        }
        try writer.commit()
    }

    @Test func variablesOfCFAreReadWithTheirMeaning() throws {
        try cf(
            "a.nc",
            attributes: [
                ("units", .text("kg m-2 h-1")), ("scale_factor", .numbers([0.1], .float64)),
                ("add_offset", .numbers([1], .float32)),
                ("_FillValue", .numbers([-1], .int16)), ("missing_value", .numbers([-2], .int16)),
            ])
        let film = try open("a.nc").films[0], values = try #require(film.values)
        #expect(values.unit == "mm/h" && values.scale == 0.1 && values.offset == 1 && values.missing == -1)
        #expect(try numbers(film, 0..<1) == [-1, -1, 0, 1, 2, 3])
        #expect(try numbers(film, 2..<3).first == 10)
        #expect(film.times?.map { $0.timeIntervalSince1970 - 1_582_933_800 } == [0, 600, 900])
        #expect(values.attributes["y_name"] == "lat" && values.attributes["y_step"] == "1.0")
    }

    @Test func unsignedNumbersOfNetCDFAreLargeOnes() throws {
        try cf("a.nc", attributes: [("_Unsigned", .text("true")), ("_FillValue", .numbers([-1], .int16))])
        let film = try open("a.nc").films[0]
        #expect(film.elementType == .uint16 && film.values?.missing == 65_535)
        #expect(try numbers(film, 0..<1) == [65_534, 65_535, 0, 1, 2, 3])
    }

    @Test func doubtAboutCFIsAsked() throws {
        try cf("a.nc", variables: ["rain", "snow"])
        #expect(try error("a.nc").contains("several variables: rain, snow; choose one with --dataset"))
        #expect(try open("a.nc", ArchiveOptions(dataset: "snow")).remark.contains("CF, snow"))
        #expect(try error("a.nc", ArchiveOptions(dataset: "rian")).contains("it has rain"))
        try cf("b.nc", calendar: "noleap")
        #expect(try error("b.nc").contains("the calendar noleap"))
        try cf("c.nc", units: "months since 2000-01-01")
        #expect(try error("c.nc").contains("months since"))
        try cf("d.nc", times: [0, 20, 10])
        #expect(try error("d.nc").contains("do not ascend from frame 1"))
        try cf("e.nc", units: "hours since 0001-01-01")
        #expect(try error("e.nc").contains("hours since 0001"))
    }

    @Test(arguments: [
        ("seconds since 1970-01-01", 90.0, "1970-01-01T00:01:30Z"),
        ("hours since 2000-1-1 6:0:0", 1.5, "2000-01-01T07:30:00Z"),
        ("days since 2000-02-28T00:00:00Z", 1.25, "2000-02-29T06:00:00Z"),
        ("minutes since 2010-08-26 02:00 +02:00", 5, "2010-08-26T00:05:00Z"),
        ("h since 2010-08-26 00:00:00.0 UTC", -1, "2010-08-25T23:00:00Z"),
    ])
    func timesOfCFAreUTC(unit: String, number: Double, time: String) throws {
        try cf(
            "a.nc", units: unit.replacing("h since", with: "hour since"),
            times: [number.rounded(.down), number.rounded(.down) + 1])
        let step = unit.hasPrefix("d") ? 86_400.0 : unit.hasPrefix("h") ? 3600 : unit.hasPrefix("m") ? 60 : 1
        let first = try #require(try open("a.nc").films[0].times?.first)
        #expect(first.addingTimeInterval((number - number.rounded(.down)) * step) == (try date(time)))
    }

    // Others

    @Test func stormEventsHaveTimeAsTheirLastAxis() throws {
        let writer = try HDF5Writer(path: folder.file("SEVIR_VIL.h5"))
        // Event, row, column, time.
        let numbers = (0..<96).map { Double($0) }
        try array(writer, "vil", [2, 4, 4, 3], .uint8, numbers)
        try writer.commit()
        let archive = try open("SEVIR_VIL.h5")
        #expect(archive.films.count == 2 && archive.films[1].count == 3 && archive.films[1].values?.missing == 255)
        #expect(archive.remark.contains("SEVIR, vil, time last, 6 frames of 4 x 4 in 2 films"))
        let third = try self.numbers(archive.films[1], 2..<3), firstTwo = try self.numbers(archive.films[0], 0..<2)
        #expect(third == Array(stride(from: 50, to: 98, by: 3)))
        #expect(firstTwo.prefix(16).elementsEqual(stride(from: 0, to: 48, by: 3)))
    }

    @Test func filmsUnderNumbersAreFilms() throws {
        let writer = try HDF5Writer(path: folder.file("pack.h5"))
        for group in ["test", "train"] { try writer.addGroup(group) }
        for index in 0..<11 {
            try array(writer, "train/\(index)", [index + 1, 2, 2], .uint8, (0..<(index + 1) * 4).map { Double($0) })
        }
        for index in 0..<2 { try array(writer, "test/\(index)", [2, 2, 2], .uint8, (0..<8).map { Double($0) }) }
        try array(writer, "train/all_len", [], .int64, [11])
        try writer.commit()
        #expect(try error("pack.h5").contains("several groups: test, train; choose one with --dataset"))
        let archive = try open("pack.h5", ArchiveOptions(dataset: "train"))
        #expect(archive.films.map(\.count) == Array(1...11))
        #expect(try numbers(archive.films[10], 10..<11) == [40, 41, 42, 43])
    }

    @Test func anyOtherArrayIsReadAsAPersonSays() throws {
        let writer = try HDF5Writer(path: folder.file("a.h5"))
        try array(writer, "cube", [4, 5, 3], .int32, (0..<60).map { Double($0) })
        try array(writer, "line", [9], .float32, (0..<9).map { Double($0) })
        try array(writer, "many", [2, 3, 2, 2, 2], .float32, (0..<48).map { Double($0) })
        try array(writer, "seven", [1, 1, 1, 1, 1, 2, 2], .float32, (0..<4).map { Double($0) })
        try writer.commit()
        #expect(try error("a.h5").contains("several arrays: cube, many; choose one with --dataset"))
        let cube = ArchiveOptions(dataset: "cube")
        #expect(try error("a.h5", cube).contains("name them with --axes, such as THW or HWT"))
        let film = try open("a.h5", ArchiveOptions(dataset: "cube", axes: "HWT")).films[0]
        #expect(film.height == 4 && film.width == 5 && film.count == 3)
        #expect(try numbers(film, 1..<2) == Array(stride(from: 1, to: 61, by: 3)))
        let films = try open("a.h5", ArchiveOptions(dataset: "many", axes: "NTCHW")).films
        #expect(films.count == 2 && films[0].channels == 2)
        // Channels come last in a shard.
        #expect(try numbers(films[1], 0..<1) == [24, 28, 25, 29, 26, 30, 27, 31])
        for (axes, phrase) in [
            ("THX", "not an order of axes"), ("HW", "names 2 axes"), ("1HW", "leaves out an axis of 4"),
            ("THH", "not an order"),
        ] {
            #expect(try error("a.h5", ArchiveOptions(dataset: "cube", axes: axes)).contains(phrase))
        }
        #expect(try error("a.h5", ArchiveOptions(dataset: "line")).contains("2 to 5 axes"))
        #expect(try error("a.h5", ArchiveOptions(dataset: "seven")).contains("2 to 5 axes"))
        #expect(try error("a.h5", ArchiveOptions(dataset: "cubes")).contains("it has cube"))
    }

    @Test func integersBeyondAShardsAreErrorsAndNoOthers() throws {
        let writer = try HDF5Writer(path: folder.file("a.h5"))
        try array(writer, "a", [2, 2, 2], .int64, [1, -2, 3, 4, 5, 6, 7, 0x1_0000_0000])
        try writer.commit()
        let film = try open("a.h5", ArchiveOptions(axes: "THW")).films[0]
        #expect(film.elementType == .int32)
        #expect(try numbers(film, 0..<1) == [1, -2, 3, 4])
        let error = #expect(throws: FormatError.self) { try numbers(film, 1..<2) }
        #expect(error?.description.contains("holds 4294967296.0 in a") == true)
    }

    @Test func whatIsNoArchiveIsLeftToOthers() throws {
        try folder.write([1, 2, 3], to: "a.npy")
        try FileManager.default.createDirectory(atPath: folder.file("frames"), withIntermediateDirectories: true)
        try folder.write([1], to: "frames/1.png")
        #expect(try Archive.open(folder.file("a.npy")).map { _ in true } == nil)
        #expect(try Archive.open(folder.file("frames")).map { _ in true } == nil)
        #expect(try Archive.open(folder.file("none")).map { _ in true } == nil)
        try folder.write([], to: "a.h5")
        #expect(try error("a.h5").contains("is empty"))
    }
}
