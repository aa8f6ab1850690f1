import Shards
import Testing

/// Stored numbers of every type, and what they mean.
@Suite struct StoredNumbersTests {
    private func values(_ bytes: [UInt8], _ numbers: StoredNumbers) -> [Float] {
        var values = [Float](repeating: -1, count: bytes.count / numbers.type.size), span = values.mutableSpan
        numbers.decode(bytes[...], into: &span)
        return values
    }

    private static let examples: [(Shards.ElementType, [Double])] = [
        (.uint8, [0, 1, 128, 255]), (.uint16, [0, 255, 256, 65_535]), (.int16, [-32_768, -1, 0, 32_767]),
        (.int32, [-2_147_483_648, -1, 70_000, 2_147_483_647]), (.float16, [-65_504, -0.5, 0, 52.5]),
        (.float32, [-1024.25, -0.25, 0, 1e6]),
    ]

    @Test(arguments: examples) func everyNumberOfAnyTypeIsItsOwnValue(type: Shards.ElementType, numbers: [Double]) {
        let bytes = numbers.flatMap(type.bytes)
        #expect(bytes.count == numbers.count * type.size && numbers.allSatisfy(type.holds))
        #expect(values(bytes, StoredNumbers(type)) == numbers.map { Float($0) })
        let measured = StoredNumbers(type).measure(bytes[...])
        #expect(measured.range == Float(numbers.min()!)...Float(numbers.max()!) && !measured.isOdd)
    }

    @Test(arguments: examples) func valuesAreInTheUnitAndMissingPixelsNaN(type: Shards.ElementType, numbers: [Double]) {
        var description = ValueDescription()
        (description.scale, description.offset) = (0.5, -32)
        description.missing = numbers[3]
        description.undetected = .init(stored: numbers[0], value: -5)
        let stored = StoredNumbers(type, description), bytes = numbers.flatMap(type.bytes)
        let found = values(bytes, stored)
        #expect(found[0] == -5 && found[3].isNaN)
        #expect(found[1] == Float(numbers[1] * 0.5 - 32) && found[2] == Float(numbers[2] * 0.5 - 32))
        let measured = stored.measure(bytes[...])
        #expect(measured.missing == 1 && !measured.isOdd)
        #expect(measured.range == min(-5, found[1], found[2])...max(-5, found[1], found[2]))
        #expect(stored.missingBytes == type.bytes(of: numbers[3]))
    }

    @Test(arguments: [Shards.ElementType.float16, .float32]) func ofFloatsNaNIsMissingWhereTheNumbersAreDescribed(
        type: Shards.ElementType
    ) throws {
        let bytes = [1, .nan, 2].flatMap(type.bytes), described = StoredNumbers(type, ValueDescription())
        #expect(values(bytes, described)[1].isNaN && described.measure(bytes[...]).missing == 1)
        #expect(!described.measure(bytes[...]).isOdd && StoredNumbers(type).measure(bytes[...]).isOdd)
        let missing = try #require(described.missingBytes)
        #expect(values(missing, described)[0].isNaN && StoredNumbers(type).missingBytes == nil)
        let infinite = [1, .infinity].flatMap(type.bytes)
        #expect(described.measure(infinite[...]).isOdd)
    }

    @Test func aTypeHoldsOnlyItsOwnNumbers() {
        for (type, number) in [
            (.uint8, 256), (.uint8, -1), (.uint8, 0.5), (.int16, 65_535), (.uint16, -1), (.float16, 0.1),
            (.uint8, .nan),
            (.int32, 4e9), (.float32, 0.1),
        ] as [(Shards.ElementType, Double)] {
            #expect(!type.holds(number), "\(type) \(number)")
        }
    }

    @Test func whatNoNumberCanMeanIsRefused() throws {
        for (given, type, phrase) in [
            (GivenMeaning(missing: 256), .uint8, "missing is 256.0, which uint8 does not hold"),
            (GivenMeaning(missing: .nan), .int16, "which has no NaN"), (GivenMeaning(scale: 0), .uint8, "scale is 0"),
            (GivenMeaning(offset: .infinity), .uint8, "offset is inf"),
            (GivenMeaning(unit: "a\nb"), .uint8, "unit is not a text"),
        ] as [(GivenMeaning, Shards.ElementType, String)] {
            let error = #expect(throws: ShardError.self) { try given.applied(to: nil, storedAs: type, in: "x.npy") }
            #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
        }
        var own = ValueDescription()
        (own.missing, own.scale, own.unit) = (255, 0.5, "dBZ")
        let made = try GivenMeaning(offset: -32).applied(to: own, storedAs: .uint8, in: "x")
        #expect(made?.missing == 255 && made?.scale == 0.5 && made?.offset == -32 && made?.unit == "dBZ")
        #expect(try GivenMeaning().applied(to: nil, storedAs: .uint8, in: "x") == nil)
        #expect(
            try GivenMeaning(missing: 0.1).applied(to: nil, storedAs: .float32, in: "x")?.missing == Double(Float(0.1)))
    }
}
