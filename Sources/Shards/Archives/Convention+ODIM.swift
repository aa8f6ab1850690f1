// ODIM, the data model of the European weather radars. The choice: what is not detected is dry, and what is no data is missing;
// they are two numbers, and never one.

import Foundation
import Formats

/// Source: OPERA Data Information Model for HDF5, version 2.4.
extension ArchiveContents {
    func odim() throws -> FoundFilms? {
        let all = arrays.filter { $0.wholeMatch(of: /dataset\d+\/data\d+\/data/) != nil }
        let says = root["Conventions"]?.text?.hasPrefix("ODIM") ?? false
        guard says || !all.isEmpty && groups.contains("what") else { return nil }
        guard !all.isEmpty else {
            throw ShardError("\(path) is ODIM, and has no dataset1/data1/data; name a file with a picture")
        }
        let object = try attributes(of: "what")["object"]?.text ?? ""
        guard !["PVOL", "SCAN", "RAY", "AZIM", "ELEV", "VP", "XSEC"].contains(object) else {
            throw ShardError(
                "\(path) is ODIM and holds no pictures of a map (its object is \(object)); make a composite of it first"
            )
        }
        let (array, what) = try odimChoice(all)
        let quantity = what["quantity"]?.text ?? "no quantity"
        var draft = FilmDraft(array: array, axes: try FilmAxes.chosen(nil, for: store.array(array)))
        guard draft.axes.extent(.time, of: try store.array(array).shape) == 1 else {
            throw ShardError(
                "\(path) is ODIM, whose pictures have two axes, and \(array) has more; name them with --axes")
        }
        draft.values = try odimValues(what, quantity)
        draft.times = try odimTime(what).map { [$0] }
        return FoundFilms(what: "ODIM, \(quantity)", films: [draft])
    }

    /// The array that is asked for, by name or quantity, or the only one, with what is said of it.
    private func odimChoice(_ all: [String]) throws -> (String, [String: AttributeValue]) {
        let described = try all.map { ($0, try odimWhat($0)) }
        func inWords(_ choices: [(String, [String: AttributeValue])]) -> [String] {
            choices.map { "\($0.1["quantity"]?.text ?? "no quantity") in \($0.0)" }
        }
        var choices = described
        if let wanted {
            choices = described.filter { name, what in
                name == wanted || name == wanted + "/data" || name.hasPrefix(wanted + "/")
                    || what["quantity"]?.text == wanted
            }
            guard !choices.isEmpty else { throw choice("no \(wanted.quotable)", among: inWords(described)) }
        }
        guard choices.count == 1 else { throw choice("several arrays", among: inWords(choices)) }
        return choices[0]
    }

    /// What is said of an array, in its own group and in those above it.
    private func odimWhat(_ array: String) throws -> [String: AttributeValue] {
        let parts = array.split(separator: "/"), places = ["what", "\(parts[0])/what", "\(parts[0])/\(parts[1])/what"]
        return try places.reduce(into: [:]) { all, place in all.merge(try attributes(of: place)) { $1 } }
    }

    private func odimValues(_ what: [String: AttributeValue], _ quantity: String) throws -> ValueDescription {
        var values = ValueDescription()
        values.scale = what["gain"]?.number ?? 1
        values.offset = what["offset"]?.number ?? 0
        values.missing = what["nodata"]?.number
        values.unit = Self.odimUnits[quantity]
        if let dry = what["undetect"]?.number, dry != values.missing {
            let value = Self.dryValue(of: dry * values.scale + values.offset, unit: values.unit)
            if value != dry * values.scale + values.offset { values.undetected = .init(stored: dry, value: value) }
        }
        for (name, value) in try attributes(of: "where") { values.attributes[name] = value.inWords }
        values.attributes["quantity"] = quantity
        values.attributes["source"] = what["source"]?.text
        return values
    }

    /// The value of dry pixels: no rain, and of reflectivity what the packed number says, or -32 dBZ where it says nonsense.
    private static func dryValue(of packed: Double, unit: String?) -> Double {
        unit == "dBZ" ? ((-100...0).contains(packed) ? packed : -32) : 0
    }

    private static let odimUnits = [
        "RATE": "mm/h", "ACRR": "mm", "DBZH": "dBZ", "DBZV": "dBZ", "TH": "dBZ", "TV": "dBZ", "DBZ": "dBZ",
        "HGHT": "km",
        "VIL": "kg/m2",
    ]

    /// The nominal time of the file, or the start of what it measures.
    private func odimTime(_ what: [String: AttributeValue]) throws -> Date? {
        let names = [("date", "time"), ("startdate", "starttime"), ("enddate", "endtime")]
        for (date, time) in names {
            if let found = ArchiveTime.odim(date: what[date]?.text, time: what[time]?.text) { return found }
        }
        return nil
    }
}
