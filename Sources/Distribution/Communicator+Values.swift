// A broadcast of a value that rank 0 computes. The choice: JSON, since only a few small values are sent.

import Collectives
import Foundation

extension Communicator {
    /// Evaluates `value` on rank 0 only and broadcasts the result. Collective.
    package func shared<Value: Codable>(_ value: () throws -> Value) throws -> Value {
        var bytes = rank == 0 ? [UInt8](try JSONEncoder().encode(value())) : []
        try broadcast(&bytes, from: 0)
        return try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
