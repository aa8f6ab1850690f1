import Platform
import Distribution
import Testing

@Suite struct SumTreeTests {
    private typealias Node = SumTree.Node

    /// The order of additions as text.
    private func text(of ranges: [Range<Int>], leaves: Int) -> [String] {
        let tree = SumTree(leaves: leaves)
        var sum = TreeSum<String>(tree)
        for range in ranges {
            var part = TreeSum<String>(tree)
            for leaf in range { part.append("\(leaf)", at: leaf) { "(\($0)+\($1))" } }
            for (node, value) in part.parts { sum.append(value, at: node) { "(\($0)+\($1))" } }
        }
        return sum.parts.map(\.value)
    }

    @Test func theOrderIsThatOfABinaryTree() {
        #expect(text(of: [0..<1], leaves: 1) == ["0"])
        #expect(text(of: [0..<2], leaves: 2) == ["(0+1)"])
        #expect(text(of: [0..<3], leaves: 3) == ["((0+1)+2)"])
        #expect(text(of: [0..<7], leaves: 7) == ["(((0+1)+(2+3))+((4+5)+6))"])
        #expect(text(of: [0..<9], leaves: 9) == ["((((0+1)+(2+3))+((4+5)+(6+7)))+8)"])
        #expect(text(of: [1..<7], leaves: 8) == ["1", "(2+3)", "(4+5)", "6"])
    }

    /// Any division of the virtual ranks among ranks, and of each rank's among threads, adds in the same order.
    @Test(arguments: 1...19) func whoeverAddsTheOrderIsTheSame(leaves: Int) {
        let alone = text(of: [0..<leaves], leaves: leaves)
        for parts in 1...leaves {
            let ranges = (0..<parts).map { (0..<leaves).part($0, of: parts) }
            #expect(text(of: ranges, leaves: leaves) == alone)
        }
        for cut in 1..<max(leaves, 2) where leaves > 1 {
            #expect(text(of: [0..<cut, cut..<leaves], leaves: leaves) == alone)
        }
    }

    /// Checked against all nodes of the tree: the fewest that cover a range are those within it whose parent is
    /// not.
    @Test(arguments: [1, 2, 3, 5, 8, 11, 16]) func aRangeHasTheFewestNodes(leaves: Int) {
        let tree = SumTree(leaves: leaves)
        func within(_ node: Node, _ range: Range<Int>) -> Bool {
            let leaves = tree.leaves(of: node)
            return !leaves.isEmpty && range.lowerBound <= leaves.lowerBound && leaves.upperBound <= range.upperBound
        }
        for first in 0..<leaves {
            for last in first + 1...leaves {
                let range = first..<last
                let all = (0...tree.root.height).flatMap { height in
                    (0..<leaves).map { Node(height: height, place: $0) }
                }
                let fewest = all.filter { node in
                    let parent = Node(height: node.height + 1, place: node.place / 2)
                    return within(node, range) && (node == tree.root || !within(parent, range))
                }
                let nodes = tree.nodes(within: range)
                #expect(Set(nodes) == Set(fewest) && nodes.count == fewest.count)
                #expect(nodes.flatMap { Array(tree.leaves(of: $0)) } == Array(range))
                #expect(tree.mostParts(within: range) >= nodes.count)
            }
        }
        #expect(tree.nodes(within: 0..<leaves) == [tree.root])
    }

    /// A thread that adds up n virtual ranks needs memory for about log2 n of them.
    @Test func sumsTakeLittleMemory() {
        #expect((1...9).map { SumTree(leaves: $0).mostParts(within: 0..<$0) } == [1, 2, 2, 3, 3, 3, 3, 4, 4])
        #expect(SumTree(leaves: 1024).mostParts(within: 0..<1024) == 11)
        #expect(SumTree(leaves: 8).mostParts(within: 5..<6) == 1)
    }

    @Test func rowsAreAddedInTheOrderOfTheTree() {
        let rows: [[Double]] = [[1e16, 1], [1, 2], [-1e16, 3], [1, 4]]
        #expect(SumTree(leaves: 4).sum(rows) == [(1e16 + 1) + (-1e16 + 1), 10])
        #expect(SumTree(leaves: 4).sum(rows)[0] != rows.reduce(0) { $0 + $1[0] })
    }
}
