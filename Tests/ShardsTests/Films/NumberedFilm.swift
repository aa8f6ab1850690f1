import Foundation
import Shards

/// A film in memory: a frame of 1 x 2 pixels holds its own number and that of the film.
struct NumberedFilm: FrameSeries {
    var name = "film"
    var number: UInt8 = 0
    var count: Int
    var times: [Date]?
    var values: ValueDescription?
    var height = 1, width = 2, channels = 1
    var elementType = Shards.ElementType.uint8

    /// A film whose frames have times in minutes after midnight.
    init(minutes: [Int], number: UInt8 = 0, missing: Double? = nil) {
        (self.number, count) = (number, minutes.count)
        times = minutes.map { Self.midnight.addingTimeInterval(60 * Double($0)) }
        values = missing.map {
            var values = ValueDescription()
            values.missing = $0
            return values
        }
    }

    init(count: Int, number: UInt8 = 0) { (self.count, self.number) = (count, number) }

    static let midnight = UTCTime("2010-08-26T00:00")!.date

    func read(frames: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws {
        for (place, frame) in frames.enumerated() {
            (bytes[2 * place], bytes[2 * place + 1]) = (UInt8(frame), number)
        }
    }
}
