// A network whose layers hold the weights that their next products want. The choice: only `Network.prepare` makes one
// and every pass takes one, so that no pass runs before there are weights, or with those of an earlier update.

import Kernels

/// The weights of a network as they were when it was prepared last.
package struct PreparedNetwork<S: Scalar> {
    package let network: Network<S>

    /// Which call of `prepare` made it.
    private let preparation: Int

    init(_ network: Network<S>, preparation: Int) { (self.network, self.preparation) = (network, preparation) }

    /// Traps where these are the weights of another network, or where the network has newer ones.
    func requireCurrent(for network: Network<S>) {
        precondition(self.network === network, "a pass with the weights of another network")
        precondition(preparation == network.preparations, "a pass with the weights of an earlier update")
    }
}
