import Kernels

extension Workload {
    /// A loop of nothing but fused multiply-adds: the peak that the products are held against.
    public static let peak = Workload("fused multiply-adds", .operations) {
        let rounds = 1 << 17, numbers = Tensor<Float>(3)
        numbers.fill(0.5)
        return PreparedWorkload(
            operations: fusedMultiplyAdds(rounds: 1, numbers) * rounds, results: { [numbers] },
            run: { fusedMultiplyAdds(rounds: rounds, numbers) })
    }
}
