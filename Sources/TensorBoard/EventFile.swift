// A file of events that TensorBoard reads. The choice: one file for a run, cut back to the step that the run goes on from, as its
// tables are, so that no step appears twice and no curve runs backwards.
//
//     record = length (8 bytes), masked CRC-32C of the length (4), data, masked CRC-32C of the data (4), little endian

import Formats
import Foundation
import SwiftProtobuf

/// The events of a run in its folder.
package final class EventFile {
    private let path: String
    private var file: AppendedFile

    /// TensorBoard takes every file whose name has "tfevents" in it.
    package static let name = "events.out.tfevents.convlstm-dist"

    /// The maximum size of a record in bytes; what claims more is damaged.
    private static let largest = 1 << 28

    /// Opens the file of a run's folder, keeping its whole events of steps up to `step`.
    ///
    /// Throws `FormatError` for a file that cannot be read or written.
    package init(folder: String, through step: Int) throws {
        path = folder + "/" + Self.name
        file = try Self.cut(path, through: step)
    }

    /// Removes the events of steps beyond `step`.
    package func cutBack(to step: Int) throws { file = try Self.cut(path, through: step) }

    private static func cut(_ path: String, through step: Int) throws -> AppendedFile {
        let old = try Folder.holds(path) ? InputFile(path: path).bytes() : []
        var kept = wholeRecords(of: old).filter { $0.event.step <= Int64(step) }.flatMap(\.record)
        if kept.isEmpty {
            var first = TBEvent()
            (first.wallTime, first.fileVersion) = (Date().timeIntervalSince1970, "brain.Event:2")
            kept = try record(of: first)
        }
        let new = try AtomicFile(path: path, expecting: kept.count)
        try new.append(kept.span)
        try new.commit()
        return try AppendedFile(path: path)
    }

    /// The whole records and their events, up to the first one that is cut off or damaged.
    private static func wholeRecords(of bytes: [UInt8]) -> [(record: ArraySlice<UInt8>, event: TBEvent)] {
        var records: [(ArraySlice<UInt8>, TBEvent)] = [], place = 0
        while let (end, event) = record(of: bytes, at: place) {
            records.append((bytes[place..<end], event))
            place = end
        }
        return records
    }

    /// The end of the record that begins at a place, and its event; nil where none is whole.
    private static func record(of bytes: [UInt8], at place: Int) -> (end: Int, event: TBEvent)? {
        guard place + 16 <= bytes.count else { return nil }
        let length = bytes[place..<place + 8].littleEndian, start = place + 12
        guard bytes[place + 8..<start].littleEndian == UInt64(CRC32C.masked(bytes[place..<place + 8])),
            length <= UInt64(largest), start + Int(length) + 4 <= bytes.count
        else { return nil }
        let data = bytes[start..<start + Int(length)], end = start + Int(length) + 4
        guard bytes[end - 4..<end].littleEndian == UInt64(CRC32C.masked(data)),
            let event = try? TBEvent(serializedBytes: [UInt8](data))
        else { return nil }
        return (end, event)
    }

    private static func record(of event: TBEvent) throws -> [UInt8] {
        let data: [UInt8] = try event.serializedBytes(), length = UInt64(data.count).bytes
        return length + CRC32C.masked(length[...]).bytes + data + CRC32C.masked(data[...]).bytes
    }

    /// Appends one event, stamped with the time.
    func append(_ values: [TBSummary.Value], at step: Int) throws {
        var event = TBEvent()
        event.wallTime = Date().timeIntervalSince1970
        event.step = Int64(step)
        event.summary.value = values
        let bytes = try Self.record(of: event)
        try file.append(bytes.span)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

extension FixedWidthInteger {
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
