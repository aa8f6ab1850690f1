// Tests that need two hosts. The choice: they are skipped where a machine cannot simulate two, with the reason.

import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    static var onTwoHosts: Self {
        .enabled(if: TwoHosts.obstacle == nil, Comment(rawValue: TwoHosts.obstacle ?? ""))
    }
}
