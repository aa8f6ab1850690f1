// What only C can ask of the processor and of the compiler.
#pragma once

// Asks for a cache line before it is wanted.
static inline void ckernels_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
static inline void ckernels_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1, 3); }

// Keeps the compiler from moving reads and writes of memory from one side to the other; the processor may.
static inline void ckernels_keep_order(void) { __asm__ volatile("" : : : "memory"); }

// Makes the stores past the caches in vectors.h visible to other threads.
static inline void ckernels_fence_streams(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// The control register of this thread's floating-point arithmetic, and the bits in it that take numbers below the normal
// ones as zero, in arguments and in results.
#if defined(__x86_64__)
static inline unsigned long ckernels_float_control(void) { return __builtin_ia32_stmxcsr(); }
static inline void ckernels_set_float_control(unsigned long control) { __builtin_ia32_ldmxcsr((unsigned)control); }
static inline unsigned long ckernels_denormals_are_zero(void) { return 0x8040; }
#elif defined(__aarch64__)
static inline unsigned long ckernels_float_control(void) {
    unsigned long control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    return control;
}
static inline void ckernels_set_float_control(unsigned long control) { __asm__ volatile("msr fpcr, %0" : : "r"(control)); }
static inline unsigned long ckernels_denormals_are_zero(void) { return 1ul << 24; }
#else
static inline unsigned long ckernels_float_control(void) { return 0; }
static inline void ckernels_set_float_control(unsigned long control) { (void)control; }
static inline unsigned long ckernels_denormals_are_zero(void) { return 0; }
#endif

static inline int ckernels_has_avx512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
#else
    return 0;
#endif
}

static inline int ckernels_has_avx2(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

// The widest vectors that the code is compiled for.
static inline const char *ckernels_compiled_for(void) {
#if defined(__AVX512F__)
    return "AVX-512";
#elif defined(__AVX2__)
    return "AVX2";
#elif defined(__x86_64__)
    return "SSE2";
#else
    return "the processor's base instructions";
#endif
}

// The name of an instruction set that the code is compiled for and the processor lacks, or NULL.
static inline const char *ckernels_missing_instructions(void) {
#if defined(__AVX512F__)
    if (!__builtin_cpu_supports("avx512f")) return "AVX-512";
#endif
#if defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
    if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
    return 0;
}
