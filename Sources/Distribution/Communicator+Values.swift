// A value that rank 0 works out for all. The choice: as JSON, for the few small ones that ranks have to agree on.

import Collectives
import Foundation

extension Communicator {
    /// What `value` gives on rank 0, where alone it runs. Collective.
    package func shared<Value: Codable>(_ value: () throws -> Value) throws -> Value {
        var bytes = rank == 0 ? [UInt8](try JSONEncoder().encode(value())) : []
        try broadcast(&bytes, from: 0)
        return try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
