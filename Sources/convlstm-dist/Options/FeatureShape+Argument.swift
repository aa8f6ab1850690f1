// The size of a frame as an option: 64x64x1, or 64x64 for one channel.

import ArgumentParser
import Model

extension FeatureShape: ExpressibleByArgument {
    /// The maximum number of values per frame.
    private static let largest = 1 << 26

    package init?(argument: String) {
        let extents = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (2...3).contains(extents.count), extents.allSatisfy({ (1...65_536).contains($0) }) else { return nil }
        self.init(height: extents[0], width: extents[1], channels: extents.count == 3 ? extents[2] : 1)
        guard count <= Self.largest else { return nil }
    }
}
