import Shards
import Testing

/// Values in another unit than that of the source.
@Suite struct UnitTests {
    private var amounts: ValueDescription {
        var values = ValueDescription()
        (values.missing, values.scale, values.unit) = (65_535, 0.01, "mm")
        values.undetected = .init(stored: 0, value: 0.5)
        return values
    }

    /// A hundredth of a millimeter in five minutes is 0.12 mm/h.
    @Test func amountsWithinAStepAreRates() throws {
        let rates = try #require(
            try GivenMeaning(unit: "mm/h").applied(to: amounts, storedAs: .uint16, step: 300, in: "knmi"))
        #expect(rates.unit == "mm/h" && rates.missing == 65_535)
        #expect(abs(rates.value(of: 250) - 30) < 1e-9 && rates.value(of: 0) == 6 && rates.value(of: 65_535).isNaN)
        #expect(amounts.converted(to: "mm", step: nil) == amounts)
    }

    /// A unit alone never changes what a number means.
    @Test(arguments: [("dBZ", 300), ("mm/h", nil)]) func whatIsNotKnownIsAskedFor(unit: String, step: Int?) throws {
        #expect {
            try GivenMeaning(unit: unit).applied(to: amounts, storedAs: .uint16, step: step, in: "knmi")
        } throws: {
            "\($0)".contains("knmi holds values in mm, and how they become \(unit) is not known")
        }
        let told = try GivenMeaning(scale: 2, offset: 0, unit: unit).applied(to: amounts, storedAs: .uint16, in: "knmi")
        #expect(told?.unit == unit && told?.scale == 2)
    }
}
