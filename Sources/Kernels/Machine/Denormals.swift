// Numbers below the smallest normal one, 1.2e-38, count as zero in all work of a thread pool, as in TensorFlow's kernels.
// The choice: states and gradients of a recurrent network over an empty background shrink from step to step until they
// are that small. Nothing is learned from them, and an Intel processor takes a hundred cycles more for each: nine tenths
// of a step.

import CProcessor

/// Runs the body with denormal arguments and results of this thread's arithmetic taken as zero.
func takingDenormalsAsZero(_ body: () -> Void) {
    let control = ckernels_float_control()
    ckernels_set_float_control(control | ckernels_denormals_are_zero())
    defer { ckernels_set_float_control(control) }
    body()
}
