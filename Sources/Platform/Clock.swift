// The one clock that durations are measured with: it never goes back.

import Foundation

/// Seconds since some moment in the past.
package func now() -> Double { ProcessInfo.processInfo.systemUptime }
