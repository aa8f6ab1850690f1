// Suites that start programs dozens of times. The choice: they carry a tag, and are left out where somebody is in a
// hurry and says so with CONVLSTM_FAST, as `Launch/test --fast` does.

import Foundation
import Testing

extension Tag {
    @Tag static var slow: Self
}

extension Trait where Self == ConditionTrait {
    static var unlessFast: Self {
        let isFast = ProcessInfo.processInfo.environment["CONVLSTM_FAST"]?.isEmpty == false
        return .disabled(if: isFast, "it is slow, and CONVLSTM_FAST is set")
    }
}
