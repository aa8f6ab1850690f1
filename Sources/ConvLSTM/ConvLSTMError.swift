// What is wrong with a call, as a sentence. The choice: one type for all of the library, because a caller either shows the
// sentence or mends the call; no program has to tell one mistake from another.

import Foundation
import Platform

/// A call that cannot be carried out, as a sentence that says what is wrong, where, and what to do about it.
///
/// Every throwing function of this library throws this type and no other. The sentence is the ``description``, so
/// printing the error shows it.
public struct ConvLSTMError: Error, Sendable, Equatable, CustomStringConvertible, LocalizedError {
    /// The sentence, on one line.
    public let description: String

    /// The same sentence, for `localizedDescription`.
    public var errorDescription: String? { description }

    init(_ sentence: String) { description = sentence.bounded }

    /// The sentence of an error from below. What the programs call an option is an argument here.
    init(_ error: any Error) {
        self.init((sentence(ofFoundations: error) ?? "\(error)").replacing("--threads", with: "threads"))
    }

    /// Runs what throws errors of other types.
    static func wrapping<Result>(_ work: () throws -> Result) throws(ConvLSTMError) -> Result {
        do { return try work() } catch let error as ConvLSTMError { throw error } catch { throw ConvLSTMError(error) }
    }
}
