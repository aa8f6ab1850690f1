// Tests that want two hosts. The choice: elsewhere they are skipped, with the reason why this machine cannot be two.

import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    static var onTwoHosts: Self {
        .enabled(if: TwoHosts.obstacle == nil, Comment(rawValue: TwoHosts.obstacle ?? ""))
    }
}
