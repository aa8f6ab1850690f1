// Attributes of HDF5 objects. The choice: all numbers become doubles and all texts strings; the rest, such as references and
// records, says nothing about pictures and is left out.

import CHDF5

extension HDF5Library {
    /// Larger attributes than any that describe an array; those above are left out.
    private static let mostBytes = 1 << 20

    func attributes(of object: hid_t) throws -> [String: AttributeValue] {
        var names: [String] = [], position: hsize_t = 0
        let code = withUnsafeMutablePointer(to: &names) { names in
            c.H5Aiterate2(
                object, H5_INDEX_NAME, H5_ITER_NATIVE, &position,
                { _, name, _, names in
                    let names = names!.assumingMemoryBound(to: [String].self)
                    names.pointee.append(String(cString: name!))
                    return names.pointee.count > 10_000 ? -1 : 0
                }, names)
        }
        try check(code, "read")
        var values: [String: AttributeValue] = [:]
        for name in names { values[name] = try attribute(name, of: object) }
        return values
    }

    private func attribute(_ name: String, of object: hid_t) throws -> AttributeValue? {
        try using(c.H5Aopen(object, name, 0), c.H5Aclose, "read") { attribute in
            try using(c.H5Aget_type(attribute), c.H5Tclose, "read") { type in
                try using(c.H5Aget_space(attribute), c.H5Sclose, "read") { space in
                    let count = Int(c.H5Sget_simple_extent_npoints(space)), size = c.H5Tget_size(type)
                    guard count >= 0, size > 0, count <= Self.mostBytes, size <= Self.mostBytes,
                        max(size, 8) * count <= Self.mostBytes
                    else { return nil }
                    if count == 0 { return .numbers([]) }
                    switch c.H5Tget_class(type) {
                    case H5T_INTEGER, H5T_FLOAT, H5T_ENUM: return try numbers(of: attribute, count)
                    case H5T_STRING where c.H5Tis_variable_str(type) > 0:
                        return try longTexts(of: attribute, type, space, count)
                    case H5T_STRING: return try texts(of: attribute, type, count, size)
                    default: return nil
                    }
                }
            }
        }
    }

    private func numbers(of attribute: hid_t, _ count: Int) throws -> AttributeValue {
        var numbers = [Double](repeating: 0, count: count)
        try check(c.H5Aread(attribute, type(.float64), &numbers), "read")
        return .numbers(numbers)
    }

    /// Texts of one length, which zeros or blanks fill up.
    private func texts(of attribute: hid_t, _ type: hid_t, _ count: Int, _ size: Int) throws -> AttributeValue {
        var bytes = [UInt8](repeating: 0, count: count * size)
        try check(c.H5Aread(attribute, type, &bytes), "read")
        return .texts(
            (0..<count).map { index in
                let text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
                return String(decoding: text, as: UTF8.self).trimmedAtEnd
            })
    }

    /// Texts of any length, which the library allocates.
    private func longTexts(of attribute: hid_t, _ type: hid_t, _ space: hid_t, _ count: Int) throws -> AttributeValue {
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        try check(c.H5Aread(attribute, type, &pointers), "read")
        let texts = pointers.map { $0.map { String(cString: $0).trimmedAtEnd } ?? "" }
        _ = c.H5Dvlen_reclaim(type, space, 0, &pointers)
        return .texts(texts)
    }

    /// The names of the arrays along an array's axes, which it refers to in DIMENSION_LIST; nil if it has none.
    ///
    /// Source: HDF5 Dimension Scale Specification and Design Notes.
    func scales(of object: hid_t, rank: Int) throws -> [String]? {
        let name = "DIMENSION_LIST"
        guard rank > 0, c.H5Aexists(object, name) > 0 else { return nil }
        return try using(c.H5Aopen(object, name, 0), c.H5Aclose, "read") { attribute in
            try using(c.H5Aget_type(attribute), c.H5Tclose, "read") { type in
                try using(c.H5Aget_space(attribute), c.H5Sclose, "read") { space in
                    guard c.H5Tget_class(type) == H5T_VLEN, Int(c.H5Sget_simple_extent_npoints(space)) == rank,
                        try using(c.H5Tget_super(type), c.H5Tclose, "read", { c.H5Tget_class($0) == H5T_REFERENCE })
                    else { return nil }
                    var lists = [hvl_t](repeating: hvl_t(), count: rank)
                    try check(c.H5Aread(attribute, type, &lists), "read")
                    defer { _ = c.H5Dvlen_reclaim(type, space, 0, &lists) }
                    let names = lists.map { $0.len > 0 ? self.name(at: $0.p, from: object) : nil }
                    return names.contains(nil) ? nil : names.map { $0! }
                }
            }
        }
    }

    /// The name of what a reference refers to, without the leading slash.
    private func name(at reference: UnsafeMutableRawPointer, from object: hid_t) -> String? {
        let target = c.H5Rdereference2(object, 0, H5R_OBJECT, reference)
        guard target >= 0 else { return nil }
        defer { _ = c.H5Oclose(target) }
        var name = [CChar](repeating: 0, count: 4096)
        guard c.H5Iget_name(target, &name, name.count) > 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            .split(separator: "/").joined(separator: "/")
    }
}

extension String {
    /// Without the blanks at its end, with which some writers fill up.
    fileprivate var trimmedAtEnd: String {
        var view = self[...]
        while view.last == " " { view.removeLast() }
        return String(view)
    }
}
