// Nothing but fused multiply-adds in registers: what a core can do at most, for the products to be held against.

/// Adds the products of the first two numbers of a tensor to twelve vectors that do not depend on each other, and writes
/// the sum of all lanes to the third.
///
/// - Returns: the operations, two for each lane and round.
@discardableResult
package func fusedMultiplyAdds(rounds: Int, _ numbers: Tensor<Float>) -> Int {
    typealias V = Float.Vector
    let x = V(repeating: numbers.pointer[0]), y = V(repeating: numbers.pointer[1])
    var a = V(repeating: 0), b = V(repeating: 1), c = V(repeating: 2), d = V(repeating: 3)
    var e = V(repeating: 4), f = V(repeating: 5), g = V(repeating: 6), h = V(repeating: 7)
    var i = V(repeating: 8), j = V(repeating: 9), k = V(repeating: 10), l = V(repeating: 11)
    for _ in 0..<rounds {
        a.addProduct(x, y)
        b.addProduct(x, y)
        c.addProduct(x, y)
        d.addProduct(x, y)
        e.addProduct(x, y)
        f.addProduct(x, y)
        g.addProduct(x, y)
        h.addProduct(x, y)
        i.addProduct(x, y)
        j.addProduct(x, y)
        k.addProduct(x, y)
        l.addProduct(x, y)
    }
    let sums = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l))
    numbers.pointer[2] = sums.added(to: 0)
    return 2 * 12 * V.width * rounds
}
