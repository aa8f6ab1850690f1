// The order in which values of virtual ranks are added. The choice: a binary tree over their indices, because
// rounding depends on the order. The same additions give the same bits, whichever rank performs them.

/// The tree over the leaves 0 ..< leaves.
package struct SumTree: Sendable, Equatable {
    package let leaves: Int

    package init(leaves: Int) {
        precondition(leaves > 0, "a tree without leaves")
        self.leaves = leaves
    }

    /// The sum of the leaves from place * 2^height to (place + 1) * 2^height, as far as they exist.
    package struct Node: Sendable, Hashable {
        package var height, place: Int

        package init(height: Int, place: Int) { (self.height, self.place) = (height, place) }
    }

    package var root: Node { Node(height: Int.bitWidth - (leaves - 1).leadingZeroBitCount, place: 0) }

    package func leaves(of node: Node) -> Range<Int> {
        min(node.place << node.height, leaves)..<min((node.place + 1) << node.height, leaves)
    }

    /// The fewest nodes that cover exactly the leaves of a range, from left to right.
    package func nodes(within range: Range<Int>) -> [Node] { summed(range).parts.map(\.node) }

    /// The largest number of partial sums that exist at a time while a range is added leaf by leaf.
    package func mostParts(within range: Range<Int>) -> Int {
        var most = 0
        _ = summed(range) { most = max(most, $0.parts.count + 1) }
        return most
    }

    private func summed(_ range: Range<Int>, before: (TreeSum<Void>) -> Void = { _ in }) -> TreeSum<Void> {
        var sum = TreeSum<Void>(self)
        for leaf in range {
            before(sum)
            sum.append((), at: leaf) { _, _ in }
        }
        return sum
    }

    /// The highest ancestor with the same leaves: where the right child is empty, the left child's sum is the
    /// parent's.
    fileprivate func lifted(_ node: Node) -> Node {
        var node = node
        while node.height < root.height, node.place % 2 == 0, leaves(of: node).upperBound == leaves {
            node = Node(height: node.height + 1, place: node.place / 2)
        }
        return node
    }
}

/// A running sum along a tree whose leaves, or nodes, arrive from left to right.
package struct TreeSum<Value> {
    private let tree: SumTree

    /// The partial sums that still wait for a right sibling, from left to right.
    package private(set) var parts: [(node: SumTree.Node, value: Value)] = []

    package init(_ tree: SumTree) { self.tree = tree }

    /// Appends the next leaf; see `append(_:at:adding:)`.
    package mutating func append(_ value: Value, at leaf: Int, adding: (Value, Value) -> Value) {
        append(value, at: SumTree.Node(height: 0, place: leaf), adding: adding)
    }

    /// Appends the next node, and adds all siblings that are complete.
    ///
    /// - Parameter adding: returns the sum of the left and the right value.
    package mutating func append(_ value: Value, at node: SumTree.Node, adding: (Value, Value) -> Value) {
        var (node, value) = (tree.lifted(node), value)
        while node.place % 2 == 1, let left = parts.last, left.node.height == node.height,
            left.node.place == node.place - 1
        {
            parts.removeLast()
            value = adding(left.value, value)
            node = tree.lifted(SumTree.Node(height: node.height + 1, place: node.place / 2))
        }
        parts.append((node, value))
    }
}

extension SumTree {
    /// Sums one list of values per leaf.
    package func sum(_ rows: [[Double]]) -> [Double] {
        precondition(rows.count == leaves, "\(rows.count) rows for \(leaves) leaves")
        var sum = TreeSum<[Double]>(self)
        for (leaf, row) in rows.enumerated() { sum.append(row, at: leaf) { zip($0, $1).map(+) } }
        return sum.parts[0].value
    }
}
