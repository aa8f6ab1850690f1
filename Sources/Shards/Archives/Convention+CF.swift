// CF: NetCDF-4 files and Zarr folders whose axes have names, units and coordinates. The choice: an array is taken where it alone
// has times and a map; in all other cases the candidates are listed.

import Foundation
import Formats

/// Source: NetCDF Climate and Forecast Metadata Conventions 1.11.
extension ArchiveContents {
    func cf() throws -> FoundFilms? {
        var variables: [CFVariable] = []
        for name in arrays { if let variable = try CFVariable(name, in: self) { variables.append(variable) } }
        let pictures = variables.filter(\.isPicture)
        guard !pictures.isEmpty else { return nil }
        let chosen = try cfChoice(pictures)
        guard let chosen else { return nil }
        var draft = FilmDraft(array: chosen.name, axes: try chosen.filmAxes(path))
        cfValues(chosen.attributes, chosen.type, into: &draft)
        try addGrid(of: chosen, to: &draft.values.attributes)
        draft.times = try cfTimes(of: chosen, draft.axes, variables)
        let count = draft.axes.extent(.films, of: chosen.shape)
        let films = (0..<count).map { film in
            var one = draft
            one.film = film
            return one
        }
        return FoundFilms(what: "CF, \(chosen.name.quotable)", films: films)
    }

    /// The variable that is asked for, or the only one; nil for one that is no variable of CF.
    private func cfChoice(_ pictures: [CFVariable]) throws -> CFVariable? {
        if let wanted { return pictures.first { $0.name == wanted } }
        let timed = pictures.filter { $0.axes.contains { $0.role == .time } }
        let candidates = timed.isEmpty ? pictures : timed
        guard candidates.count == 1 else { throw choice("several variables", among: candidates.map(\.name)) }
        return candidates[0]
    }

    /// What the attributes of an array say of its numbers.
    func cfValues(_ attributes: [String: AttributeValue], _ type: NumberType, into draft: inout FilmDraft) {
        draft.isUnsigned = attributes["_Unsigned"]?.text?.lowercased() == "true" && type.unsigned != type
        let size = Double(sign: .plus, exponent: 8 * type.size, significand: 1)
        let marks = ["_FillValue", "missing_value"].flatMap { name -> [Double] in
            guard case .numbers(let numbers)? = attributes[name] else { return [] }
            return numbers.map { draft.isUnsigned && $0 < 0 ? $0 + size : $0 }
        }.filter { !$0.isNaN }
        draft.values.missing = marks.first
        draft.alsoMissing = marks.filter { $0 != marks.first }
        draft.values.scale = attributes["scale_factor"]?.number ?? 1
        draft.values.offset = attributes["add_offset"]?.number ?? 0
        draft.values.unit = attributes["units"]?.text.map(Self.unit)
        for name in ["long_name", "standard_name", "cell_methods"] {
            draft.values.attributes[name] = attributes[name]?.text
        }
    }

    /// The project's name of a unit; others stay as they are written.
    private static func unit(_ text: String) -> String {
        switch text.lowercased().filter({ !$0.isWhitespace }) {
        case "mm/h", "mmh-1", "mm/hr", "mmhr-1", "mmh^-1", "mm.h-1", "kgm-2h-1", "mm/hour", "mmhour-1": "mm/h"
        case "mm", "kgm-2", "kg/m2", "kgm^-2", "millimeter", "millimeters": "mm"
        case "dbz": "dBZ"
        default: text
        }
    }

    /// The projection, and the places of the first row and column and the distances to the next ones.
    private func addGrid(of variable: CFVariable, to attributes: inout [String: String]) throws {
        if let mapping = variable.attributes["grid_mapping"]?.text, arrays.contains(mapping) {
            attributes["grid_mapping"] = mapping
            for (name, value) in try store.attributes(of: mapping) { attributes[name] = value.inWords }
        }
        for (role, label) in [(FilmAxes.Role.height, "y"), (.width, "x")] {
            guard let axis = variable.axes.first(where: { $0.role == role }), let name = axis.coordinate else {
                continue
            }
            let places = try store.numbers(of: name)
            guard let first = places.first, let last = places.last, places.count > 1 else { continue }
            let step = (last - first) / Double(places.count - 1)
            guard places.indices.allSatisfy({ abs(places[$0] - first - Double($0) * step) <= abs(step) * 1e-3 }) else {
                continue
            }
            attributes["\(label)_name"] = String(name.split(separator: "/").last ?? "")
            attributes["\(label)_start"] = "\(first)"
            attributes["\(label)_step"] = "\(step)"
            attributes["\(label)_units"] = axis.attributes["units"]?.text
            attributes["\(label)_standard_name"] = axis.attributes["standard_name"]?.text
        }
    }

    /// The time of each frame: by the coordinate of the axis of times, or by the single time of a file with one frame.
    func cfTimes(of variable: CFVariable, _ axes: FilmAxes, _ all: [CFVariable]) throws -> [Date]? {
        let coordinate: (name: String, attributes: [String: AttributeValue])
        if let axis = variable.axes.first(where: { $0.role == .time }) {
            guard let name = axis.coordinate else { return nil }
            coordinate = (name, axis.attributes)
        } else {
            let single = all.filter {
                $0.shape.allSatisfy { $0 == 1 } && CFTimeUnit.mayBe($0.attributes["units"]?.text)
            }
            let named = ["time", "valid_time"].lazy.compactMap { name in single.first { $0.lastName == name } }.first
            guard let found = named ?? (single.count == 1 ? single.first : nil) else { return nil }
            coordinate = (found.name, found.attributes)
        }
        guard let text = coordinate.attributes["units"]?.text, CFTimeUnit.mayBe(text) else { return nil }
        let unit = try CFTimeUnit(text, calendar: coordinate.attributes["calendar"]?.text, file: path)
        let numbers = try store.numbers(of: coordinate.name)
        let times = try numbers.enumerated().map { index, number in
            guard let time = unit.date(number) else {
                throw ShardError(
                    "\(path) has the time \(number) of frame \(index) in \(coordinate.name.quotable), which is none")
            }
            return time
        }
        for (index, pair) in zip(times, times.dropFirst()).enumerated() where pair.0 >= pair.1 {
            throw ShardError(
                "\(path) has times in \(coordinate.name.quotable) that do not ascend from frame \(index) to the next; sort it first"
            )
        }
        return times.count == axes.extent(.time, of: variable.shape) ? times : nil
    }
}

/// An array with what CF says of its axes.
struct CFVariable {
    /// An axis, and the array of its coordinates.
    struct Axis {
        var name: String
        var role: FilmAxes.Role?
        var coordinate: String?
        var attributes: [String: AttributeValue]
    }

    let name: String
    let shape: [Int]
    let type: NumberType
    let attributes: [String: AttributeValue]
    let axes: [Axis]

    var lastName: String { String(name.split(separator: "/").last ?? "") }

    /// nil for an array without named axes or numbers.
    init?(_ name: String, in contents: ArchiveContents) throws {
        let array: any StoredArray
        do { array = try contents.store.array(name) } catch is FormatError { return nil }
        (self.name, shape, type) = (name, array.shape, array.type)
        attributes = try contents.store.attributes(of: name)
        if shape.isEmpty || shape == [1] {
            axes = []
            return
        }
        guard let names = try contents.store.axes(of: name), names.count == shape.count else { return nil }
        let group = name.split(separator: "/").dropLast().joined(separator: "/")
        axes = try names.map { axis in
            // Zarr names axes without the group, HDF5 with it.
            let places = [axis, group.isEmpty ? axis : "\(group)/\(axis)"]
            let coordinate = places.first(where: contents.arrays.contains),
                own = String(axis.split(separator: "/").last ?? "")
            let said = try coordinate.map { try contents.store.attributes(of: $0) } ?? [:]
            return Axis(name: own, role: Self.role(own, said), coordinate: coordinate, attributes: said)
        }
    }

    /// Whether it may be frames: two axes or more, and no coordinates of a map.
    var isPicture: Bool {
        guard shape.count >= 2, shape.count(where: { $0 > 1 }) >= 2, shape.suffix(2).allSatisfy({ $0 > 1 }) else {
            return false
        }
        let units = attributes["units"]?.text ?? "", standard = attributes["standard_name"]?.text ?? ""
        let isPlace =
            units.hasPrefix("degrees_north") || units.hasPrefix("degrees_east")
            || ["latitude", "longitude"].contains(standard)
            || ["lat", "lon", "latitude", "longitude"].contains(lastName.lowercased())
        return !isPlace && !lastName.hasSuffix("_bnds") && !lastName.hasSuffix("_bounds")
    }

    /// What an axis is, by its attributes, and else by its name.
    private static func role(_ name: String, _ said: [String: AttributeValue]) -> FilmAxes.Role? {
        if CFTimeUnit.mayBe(said["units"]?.text) { return .time }
        let units = said["units"]?.text ?? "", standard = said["standard_name"]?.text ?? ""
        switch said["axis"]?.text {
        case "T": return .time
        case "Y": return .height
        case "X": return .width
        default: break
        }
        if units.hasPrefix("degrees_north")
            || ["projection_y_coordinate", "latitude", "grid_latitude"].contains(standard)
        {
            return .height
        }
        if units.hasPrefix("degrees_east")
            || ["projection_x_coordinate", "longitude", "grid_longitude"].contains(standard)
        {
            return .width
        }
        switch name.lowercased() {
        case "time", "t", "valid_time": return .time
        case "y", "lat", "latitude", "ny", "row", "rows", "south_north", "yc", "rlat", "north": return .height
        case "x", "lon", "longitude", "nx", "column", "columns", "cols", "west_east", "xc", "rlon", "east":
            return .width
        default: return nil
        }
    }

    /// The axes as those of films: the last two are a picture where nothing else is known, one more is times.
    func filmAxes(_ path: String) throws(ShardError) -> FilmAxes {
        var roles = axes.map(\.role)
        let long = shape.indices.filter { shape[$0] > 1 || roles[$0] == .time }
        if !roles.contains(.height) && !roles.contains(.width), roles.suffix(2).allSatisfy({ $0 == nil }) {
            (roles[shape.count - 2], roles[shape.count - 1]) = (.height, .width)
        }
        let open = long.filter { roles[$0] == nil }
        if open.count == 1, !roles.contains(.time) {
            roles[open[0]] = .time
        } else if !open.isEmpty || Set(roles.compactMap { $0 }).count != roles.compactMap({ $0 }).count
            || !roles.contains(.height) || !roles.contains(.width)
        {
            throw ShardError(
                "\(path) has \(name.quotable) of shape \(shape) along \(axes.map(\.name.quotable).joined(separator: ", ")); say what "
                    + "they are with --dataset \(name.quotable) and --axes, such as NTHW (N films, T times)")
        }
        return FilmAxes(roles)
    }
}
