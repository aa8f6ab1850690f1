// What stored numbers mean, as options of a command.

import ArgumentParser
import Shards

struct MeaningOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "The stored number of missing pixels, such as 255; nan for floats of which NaN is missing.")
    var missing: Double?

    @Option(parsing: .unconditional, help: "value = stored * scale + offset (default: 1, or what the source says).")
    var scale: Double?

    @Option(parsing: .unconditional, help: "See --scale (default: 0, or what the source says).")
    var offset: Double?

    @Option(help: "The unit of the values, such as mm/h or dBZ.")
    var unit: String?

    func validate() throws {
        if let missing, missing.isInfinite { throw ValidationError("--missing is \(missing); give a number, or nan.") }
        if let scale, !scale.isFinite || scale == 0 {
            throw ValidationError("--scale is \(scale); give a number other than 0.")
        }
        if let offset, !offset.isFinite { throw ValidationError("--offset is \(offset); give a number.") }
    }

    var given: GivenMeaning { GivenMeaning(missing: missing, scale: scale, offset: offset, unit: unit) }
}
