// The HDF5 files of the Dutch weather service, KNMI. The choice: the time of a picture is that at which its measurement ends,
// which is also that of its name.

import Foundation
import Formats

/// Source: KNMI HDF5 Data Format Specification, version 3.5 (Roozekrans and Holleman, 2003).
extension ArchiveContents {
    func knmi() throws -> FoundFilms? {
        let all = arrays.filter { $0.wholeMatch(of: /image\d+\/image_data/) != nil }
        guard !all.isEmpty, groups.contains("overview") else { return nil }
        let chosen = wanted.map { wanted in all.filter { $0 == wanted || $0 == wanted + "/image_data" } } ?? all
        guard chosen.count == 1 else {
            throw choice(chosen.isEmpty ? "no \(wanted!.quotable)" : "several pictures", among: all)
        }
        let image = String(chosen[0].split(separator: "/")[0])
        let calibration = try attributes(of: image + "/calibration"), parameter = try attributes(of: image)
        let quantity = parameter["image_geo_parameter"]?.text ?? "no parameter"
        var draft = FilmDraft(array: chosen[0], axes: try FilmAxes.chosen(nil, for: store.array(chosen[0])))
        guard draft.axes.extent(.time, of: try store.array(chosen[0]).shape) == 1 else {
            throw ShardError(
                "\(path) is one of KNMI, whose pictures have two axes; name those of \(chosen[0]) with --axes")
        }
        (draft.values, draft.alsoMissing) = try knmiValues(calibration)
        draft.values.unit = Self.knmiUnit(quantity)
        draft.values.attributes["quantity"] = quantity
        for group in ["geographic", "geographic/map_projection"] {
            for (name, value) in try attributes(of: group) { draft.values.attributes[name] = value.inWords }
        }
        let overview = try attributes(of: "overview")
        let time = ["product_datetime_end", "product_datetime_start"].lazy.compactMap {
            ArchiveTime.knmi(overview[$0]?.text)
        }
        draft.times = time.first.map { [$0] }
        return FoundFilms(what: "KNMI, \(quantity)", films: [draft])
    }

    /// The numbers by the formula GEO = scale * PV + offset.
    private func knmiValues(_ calibration: [String: AttributeValue]) throws -> (ValueDescription, alsoMissing: [Double])
    {
        var values = ValueDescription()
        if !options.hasScale, let formula = calibration["calibration_formulas"]?.text {
            let text = formula.filter { !$0.isWhitespace }
            guard let parts = text.wholeMatch(of: /GEO=([-+0-9.eE]+)\*PV(?:\+?([-+0-9.eE]+))?/)?.output,
                let scale = Double(parts.1), let offset = parts.2.map({ Double($0) }) ?? 0
            else {
                throw ShardError(
                    "\(path) has the formula \(formula.quotable), which is not of the form GEO=A*PV+B; give --scale and --offset"
                )
            }
            (values.scale, values.offset) = (scale, offset)
        }
        let missing = calibration["calibration_missing_data"]?.number,
            outside = calibration["calibration_out_of_image"]?.number
        // Where 0 stands for missing beside another number for what is out of range, it is the least echo: dry.
        let marks = [outside, missing == 0 && outside != nil && outside != 0 ? nil : missing].compactMap { $0 }
        values.missing = marks.first
        return (values, marks.filter { $0 != marks.first })
    }

    private static func knmiUnit(_ parameter: String) -> String? {
        guard let bracketed = parameter.firstMatch(of: /\[(.*)\]/)?.1 else { return nil }
        return ["MM": "mm", "DBZ": "dBZ", "MM/H": "mm/h", "MM/HR": "mm/h", "KM": "km"][bracketed.uppercased()]
            ?? String(bracketed)
    }
}
