// What a checkpoint holds, to look at: the tensors of its parts.

extension Checkpoint {
    /// Tensors that belong together.
    package enum Part: String, CaseIterable, Sendable {
        case parameters, firstMoments = "first moments", secondMoments = "second moments"

        fileprivate init(tensor name: String) {
            self = name.hasPrefix("optimizer.m.") ? .firstMoments
                : name.hasPrefix("optimizer.v.") ? .secondMoments : .parameters
        }
    }

    /// How many tensors and numbers a part has.
    package func contents(of part: Part) -> (tensors: Int, numbers: Int) {
        let own = tensors.filter { Part(tensor: $0.name) == part }
        return (own.count, own.reduce(0) { $0 + $1.shape.reduce(1, *) })
    }
}
