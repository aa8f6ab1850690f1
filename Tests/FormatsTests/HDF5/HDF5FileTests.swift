import Formats
import Foundation
import TestSupport
import Testing

/// What our writer writes, our reader reads, so that both are tested where no other library of HDF5 is.
@Suite struct HDF5FileTests {
    let folder = try! TemporaryFolder()

    /// A file with a group, an array in pieces of which one was never written, a scale and attributes.
    private func written() throws -> HDF5File {
        let writer = try HDF5Writer(path: folder.file("x.h5"))
        try writer.addGroup("group")
        try writer.addArray("group/rain", shape: [3, 4, 5], type: .int16, chunk: [1, 4, 5], fill: -7)
        let bytes = (0..<40).flatMap { withUnsafeBytes(of: Int16($0 - 3)) { [UInt8]($0) } }
        try writer.write(bytes.span, to: "group/rain", type: .int16, start: [1, 0, 0], count: [2, 4, 5])
        try writer.addArray("time", [0, 300, 600], type: .int32)
        try writer.addArray("y", [1, 2, 3, 4], type: .float64)
        try writer.addArray("x", [1, 2, 3, 4, 5], type: .float64)
        try writer.addArray("half", [0.5, -2, 65504], type: .float16)
        try writer.attach(["time", "y", "x"], to: "group/rain")
        try writer.setAttribute("units", of: "group/rain", to: .text("mm/h"))
        try writer.setAttribute("scale_factor", of: "group/rain", to: .numbers([0.01], .float64))
        try writer.setAttribute("pair", of: "", to: .numbers([3, -4], .int32))
        try writer.setAttribute("name", of: "group", to: .text("Zürich"))
        try writer.commit()
        return try HDF5File(path: folder.file("x.h5"))
    }

    private func numbers(_ array: HDF5Dataset, from start: [Int], count: [Int]) throws -> [Double] {
        var bytes = [UInt8](repeating: 0, count: count.reduce(array.type.size, *)), span = bytes.mutableSpan
        try array.read(from: start, count: count, as: array.type, into: &span)
        return bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: array.type.size).map { array.type.value(in: bytes, at: $0) }
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let file = try written(), names = try file.names()
        #expect(names.arrays == ["group/rain", "half", "time", "x", "y"] && names.groups == ["group"])
        let rain = try file.dataset("/group/rain")
        #expect(rain.shape == [3, 4, 5] && rain.type == .int16 && rain.chunk == [1, 4, 5])
        #expect(try numbers(rain, from: [0, 0, 0], count: [1, 4, 5]) == [Double](repeating: -7, count: 20))
        #expect(try numbers(rain, from: [1, 1, 2], count: [2, 2, 3]) == [4, 5, 6, 9, 10, 11, 24, 25, 26, 29, 30, 31])
        #expect(try file.numbers(of: "time") == [0, 300, 600])
        #expect(try numbers(file.dataset("half"), from: [0], count: [3]) == [0.5, -2, 65504])
        #expect(try file.axes(of: "group/rain") == ["time", "y", "x"] && file.axes(of: "x") == nil)
        #expect(try file.attributes(of: "")["pair"] == .numbers([3, -4]))
        #expect(try file.attributes(of: "group")["name"] == .texts(["Zürich"]))
        let said = try file.attributes(of: "group/rain")
        #expect(said["units"]?.text == "mm/h" && said["scale_factor"]?.number == 0.01)
    }

    @Test func aNameThatIsNotThereIsAnsweredWithTheNearest() throws {
        let file = try written()
        for (name, phrase) in [
            ("group/rian", "it has group/rain"), ("group", "holds arrays"), ("q", "it has x, y"), ("", "no dataset"),
        ] {
            let error = #expect(throws: FormatError.self) { try file.dataset(name) }
            #expect(error?.description.contains(phrase) == true, "\(name): \(String(describing: error))")
        }
    }

    @Test func aFileIsWholeOrNotThere() throws {
        var writer: HDF5Writer? = try HDF5Writer(path: folder.file("y.h5"))
        try writer?.addGroup("a")
        #expect(try folder.names.contains { $0.hasPrefix(".y.h5.") })
        writer = nil
        #expect(try folder.names.isEmpty)
        #expect(throws: FormatError.self) { try HDF5Writer(path: folder.file("none/y.h5")) }
    }

    /// Wherever the file ends early, there is a sentence, or the numbers of before.
    @Test func aFileThatIsCutShortIsRefused() throws {
        _ = try written()
        let whole = try folder.bytes(of: "x.h5")
        for length in stride(from: 0, to: whole.count, by: 97) {
            let path = try folder.write([UInt8](whole[..<length]), to: "cut.h5")
            let error = #expect(throws: FormatError.self) { _ = try HDF5File(path: path).dataset("group/rain") }
            let text = error?.description ?? ""
            #expect(DamageTrial.fault(of: error!) == nil)
            #expect(text.contains("cut short") || text.contains("not an HDF5 file"), "\(length): \(text)")
        }
    }

    @Test func otherFilesAreNamed() throws {
        for (bytes, phrase) in [
            ([UInt8]("CDF\u{1}".utf8) + [0, 0, 0, 0], "NetCDF"), ([0x1F, 0x8B, 8, 0], "gzip"),
            ([UInt8]("GRIB".utf8), "GRIB"),
        ] {
            let path = try folder.write(bytes, to: "x.nc")
            let error = #expect(throws: FormatError.self) { try HDF5File(path: path) }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
    }
}
