// Grows with the first capability of Kernels.
