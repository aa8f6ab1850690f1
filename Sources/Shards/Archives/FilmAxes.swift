// Which axis of an array is what. The choice: letters, as a person writes them behind --axes, so that a sentence of the program
// can be copied into its next command.

import Formats

/// The meaning of the axes of an array that holds films.
struct FilmAxes: Equatable, Sendable {
    /// N films, T times, H rows, W columns, C channels.
    enum Role: Character, CaseIterable {
        case films = "N"
        case time = "T"
        case height = "H"
        case width = "W"
        case channels = "C"
    }

    /// The axes with their roles; an axis of one element may have none, and is written as 1.
    let roles: [Role?]

    init(_ roles: [Role?]) { self.roles = roles }

    /// Reads letters such as "NHWT"; nil unless they name height and width, and nothing twice.
    init?(_ letters: String) {
        var roles: [Role?] = []
        for letter in letters.uppercased() {
            if letter == "1" {
                roles.append(nil)
            } else {
                guard let role = Role(rawValue: letter), !roles.contains(role) else { return nil }
                roles.append(role)
            }
        }
        guard roles.contains(.height), roles.contains(.width) else { return nil }
        self.roles = roles
    }

    var letters: String { String(roles.map { $0?.rawValue ?? "1" }) }

    func axis(_ role: Role) -> Int? { roles.firstIndex(of: role) }

    /// The extent of a role in a shape; 1 for one that there is no axis for.
    func extent(_ role: Role, of shape: [Int]) -> Int { axis(role).map { shape[$0] } ?? 1 }
}

extension FilmAxes {
    /// The axes that are given for an array, or those that leave no doubt.
    ///
    /// Throws `ShardError` that asks for --axes where there is doubt, or if those that are given do not fit.
    static func chosen(_ given: String?, for array: any StoredArray) throws -> FilmAxes {
        let shape = array.shape, what = "\(array.path) has \(array.name.quotable) of shape \(shape)"
        guard (2...5).contains(shape.count) else {
            throw ShardError(
                "\(what), and frames have 2 to 5 axes: films, times, height, width and channels; choose another with --dataset"
            )
        }
        if let given {
            guard let axes = FilmAxes(given) else {
                throw ShardError(
                    "--axes \(given.quotable) is not an order of axes; write T for times, H and W, if need be N for films and C for "
                        + "channels, each once, such as THW")
            }
            guard axes.roles.count == shape.count else {
                throw ShardError(
                    "\(what), and --axes \(given) names \(axes.roles.count) axes; name each of its \(shape.count)")
            }
            for (role, extent) in zip(axes.roles, shape) where role == nil && extent != 1 {
                throw ShardError(
                    "\(what), and --axes \(given) leaves out an axis of \(extent); 1 is for axes of one element")
            }
            return axes
        }
        if shape.count == 2 { return FilmAxes([.height, .width]) }
        // Axes of one element are no times of a film, and no films.
        let long = shape.indices.filter { shape[$0] > 1 }
        if shape.count > 2, long.count == 2, long == [shape.count - 2, shape.count - 1] {
            return FilmAxes(shape.indices.map { $0 == long[0] ? .height : $0 == long[1] ? .width : nil })
        }
        guard shape.count == 3, !(shape[2] < shape[0] && shape[2] < shape[1]) else {
            let orders = shape.count == 3 ? "THW or HWT" : shape.count == 4 ? "NTHW, NHWT or THWC" : "NTHWC or NCTHW"
            throw ShardError(
                "\(what), whose axes may be in several orders; name them with --axes, such as \(orders) (N films, T times, C "
                    + "channels)")
        }
        return FilmAxes([.time, .height, .width])
    }
}
