import Foundation
import Shards
import Testing

/// Times in whole seconds: their texts, and those found in names.
@Suite struct UTCTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2010-08-26T06:05:00Z", 1_282_802_700), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("1900-03-01T00:00:00Z", -2_203_891_200), ("2100-02-28T12:00:00Z", 4_107_499_200),
    ])
    func textsAndSecondsAreOfOneCalendar(text: String, seconds: Int) throws {
        let time = try #require(UTCTime(text))
        #expect(time.seconds == seconds && time.description == text)
        #expect(UTCTime(time.date) == time)
    }

    /// The last second of a day of each week of 300 years.
    @Test func everyDayComesBack() throws {
        for day in stride(from: -25_567, to: 84_000, by: 7) {
            let time = UTCTime(seconds: day * 86_400 + 86_399)
            #expect(UTCTime(time.description) == time, "\(time)")
        }
    }

    @Test(arguments: [
        "2010-08-26T06:05", "2010-08-26 06:05", "201008260605", "20100826T0605", "20100826_060500", "2010_08_26_06_05",
        "2010/08/26T06:05Z",
    ])
    func formsOfATime(text: String) {
        #expect(UTCTime(text)?.description == "2010-08-26T06:05:00Z")
    }

    @Test(arguments: [
        "", "2010", "2010-02-29T00:00", "2010-13-01T00:00", "2010-08-26T24:00", "2010-08-26T06:60", "2010-08-26T06",
        "today", "2010-08-26T06:05 or so", "20100826", "2010-8-26T06:05",
    ])
    func otherTextsAreNoTime(text: String) {
        #expect(UTCTime(text) == nil, "\(String(describing: UTCTime(text)))")
    }

    @Test func aDayIsItsBeginning() {
        #expect(UTCTime("2010-08-26")?.description == "2010-08-26T00:00:00Z")
    }

    @Test(arguments: [
        ("RAD_NL25_RAP_5min_201008260005", "2010-08-26T00:05:00Z"),
        ("201609281445_fmi.radar.composite", "2016-09-28T14:45:00Z"),
        ("a 2010-08-26T00-05-10 b", "2010-08-26T00:05:10Z"), ("x20100826000510y", "2010-08-26T00:05:10Z"),
        ("20100826.0005.comp", "2010-08-26T00:05:00Z"), ("v2_20100826-000500", "2010-08-26T00:05:00Z"),
    ])
    func namesTellTimes(name: String, time: String) throws {
        let found = try #require(NameTimes(recognizing: [name]))
        #expect(found.times.map(\.description) == [time])
    }

    @Test(arguments: ["RAD100826000500", "frame 12", "00000001", "20100826", "201008260005123", "12345678901234"])
    func numbersThatAreNoTimesAreNotTakenForThem(name: String) {
        #expect(NameTimes(recognizing: [name]) == nil)
        #expect(NameTimes(recognizing: ["201008260005", name]) == nil)
    }

    @Test func aFormFindsTimesInNames() throws {
        for (form, name, time) in [
            ("%y%m%d%H%M", "RAD100826000500.png", "2010-08-26T00:05:00Z"),
            ("d%d%m%Y-%H", "d26082010-06", "2010-08-26T06:00:00Z"),
            ("%Y%j%H%M", "x20102380605", "2010-08-26T06:05:00Z"),
            ("100%%_%Y%m%d", "100%_20100826", "2010-08-26T00:00:00Z"),
        ] {
            let format = try #require(TimeFormat(form))
            #expect(format.time(in: name)?.description == time)
        }
        for form in ["", "%Y", "%Y%m", "%q%Y%m%d", "%Y%m%d%"] { #expect(TimeFormat(form) == nil, "\(form)") }
        let error = #expect(throws: ShardError.self) {
            try NameTimes(of: ["20100826", "mask"], format: #require(TimeFormat("%Y%m%d")))
        }
        #expect(error?.description.contains("mask has no time of the form %Y%m%d") == true)
    }

    @Test func givenTimesAreAFirstOneAndAStep() throws {
        let both = try #require(GivenTimes("2010-08-26T00:00,5min"))
        #expect(both.first?.description == "2010-08-26T00:00:00Z" && both.step == 300)
        #expect(GivenTimes("300")?.step == 300 && GivenTimes("300")?.first == nil && GivenTimes("1h")?.step == 3600)
        for text in [
            "", ",300", "2010-08-26T00:00", "2010-08-26T00:00,0", "300,300", "-5", "5 m", "99999999999999999999",
        ] {
            #expect(GivenTimes(text) == nil, "\(text)")
        }
    }
}
