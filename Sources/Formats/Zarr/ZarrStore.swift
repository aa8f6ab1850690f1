// A Zarr folder, of version 2 or 3: groups and arrays are folders with JSON in them. The choice: the folders themselves are
// walked; a consolidated copy of their JSON is not believed, since it may be older.

import Foundation

/// A Zarr group or array in a folder.
///
/// Sources: Zarr Storage Specification 2; Zarr Core Specification 3.0.
package struct ZarrStore: ArrayStore {
    package let path: String

    private static let deepest = 16, mostNames = 100_000, mostMetadata = 16 << 20
    private static let marks = ["zarr.json", ".zarray", ".zgroup"]

    /// Whether a folder is a Zarr group or array.
    package static func isOne(_ path: String) throws -> Bool {
        try marks.contains { try Folder.holds("\(path)/\($0)") }
    }

    package init(path: String) throws {
        self.path = path
        guard try Self.isOne(path) else {
            throw FormatError(
                file: path, problem: "is no Zarr folder: it has neither zarr.json nor .zgroup", advice: "check the path"
            )
        }
    }

    private func folder(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

    package func names() throws -> (arrays: [String], groups: [String]) {
        var arrays: [String] = [], groups: [String] = [], level = [""]
        for depth in 0..<Self.deepest where !level.isEmpty {
            var below: [String] = []
            for name in level {
                if try isArray(name) {
                    arrays.append(name)
                    continue
                }
                if depth > 0 { groups.append(name) }
                for inner in try (Folder.names(in: folder(name)) ?? []).sorted() where !inner.hasPrefix(".") {
                    let full = name.isEmpty ? inner : "\(name)/\(inner)"
                    if try Folder.isOne(folder(full)), try Self.isOne(folder(full)) { below.append(full) }
                }
            }
            guard arrays.count + groups.count + below.count <= Self.mostNames else {
                throw FormatError(
                    file: path, problem: "has more than \(Self.mostNames) names", advice: "check the path")
            }
            level = below
        }
        return (arrays.sorted(), groups.sorted())
    }

    private func isArray(_ name: String) throws -> Bool {
        if try Folder.holds(folder(name) + "/.zarray") { return true }
        guard try Folder.holds(folder(name) + "/zarr.json") else { return false }
        return try json(name, "zarr.json")["node_type"]?.text == "array"
    }

    func json(_ name: String, _ file: String) throws -> JSONValue {
        let path = folder(name) + "/" + file, input = try InputFile(path: path)
        guard input.size <= Self.mostMetadata else {
            throw FormatError(
                file: path, problem: "has \(input.size) bytes of metadata", advice: "check where it is from")
        }
        return try JSONValue(parsing: input.bytes(), file: path)
    }

    package func array(_ name: String) throws -> any StoredArray {
        let name = name.split(separator: "/").joined(separator: "/")
        guard try isArray(name) else {
            let there = try names().arrays
            throw FormatError(
                file: path, problem: "has no array \(name.quotable)",
                advice: NearestNames.advice(for: name, among: there, what: "array"))
        }
        return try ZarrArray(of: self, name: name, folder: folder(name))
    }

    package func attributes(of name: String) throws -> [String: AttributeValue] {
        let place = folder(name)
        if try Folder.holds(place + "/zarr.json") {
            let json = try json(name, "zarr.json")
            var attributes = Self.attributes(json["attributes"])
            // xarray writes the number of a float in base 64.
            if let text = attributes["_FillValue"]?.text, json["data_type"]?.text?.hasPrefix("float") ?? false,
                let bytes = Data(base64Encoded: text), bytes.count == 8
            {
                attributes["_FillValue"] = .numbers([
                    bytes.withUnsafeBytes { NumberType.float64.value(in: $0, at: 0) }
                ])
            }
            return attributes
        }
        var attributes = try Folder.holds(place + "/.zattrs") ? Self.attributes(json(name, ".zattrs")) : [:]
        // In version 2 xarray takes the fill value for the missing one. 0 is the one that Zarr gives by itself: it is no rain.
        if attributes["_FillValue"] == nil, try isArray(name),
            let fill = try json(name, ".zarray")["fill_value"]?.number,
            fill != 0
        {
            attributes["_FillValue"] = .numbers([fill])
        }
        return attributes
    }

    private static func attributes(_ json: JSONValue?) -> [String: AttributeValue] {
        guard case .object(let members)? = json else { return [:] }
        return members.compactMapValues { value in
            switch value {
            case .text(let text): return .texts([text])
            case .number(let number): return .numbers([number])
            case .boolean(let isOn): return .texts(["\(isOn)"])
            case .list(let list):
                let numbers = list.compactMap(\.number), texts = list.compactMap(\.text)
                return texts.count == list.count ? .texts(texts) : numbers.count == list.count ? .numbers(numbers) : nil
            default: return nil
            }
        }
    }

    package func axes(of name: String) throws -> [String]? {
        let isNew = try Folder.holds(folder(name) + "/zarr.json")
        let list = isNew ? try json(name, "zarr.json")["dimension_names"] : nil
        if let names = list?.list?.compactMap(\.text), !names.isEmpty { return names }
        guard case .texts(let names)? = try attributes(of: name)["_ARRAY_DIMENSIONS"] else { return nil }
        return names
    }
}
