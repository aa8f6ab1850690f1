// What only C can ask of the processor and of the compiler.
#pragma once

// Asks for a cache line before it is wanted.
static inline void ckernels_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Swift would convert one lane after the other.
typedef float ckernels_floats __attribute__((ext_vector_type(16)));
typedef double ckernels_doubles __attribute__((ext_vector_type(16)));
static inline __attribute__((always_inline)) ckernels_doubles ckernels_widened(ckernels_floats x) {
    return __builtin_convertvector(x, ckernels_doubles);
}

// Sixteen numbers from and to any address: Swift would call a function for them in large kernels.
typedef float ckernels_floats_anywhere __attribute__((ext_vector_type(16), aligned(4)));
typedef double ckernels_doubles_anywhere __attribute__((ext_vector_type(16), aligned(8)));
static inline __attribute__((always_inline)) ckernels_floats ckernels_load_floats(const void *address) {
    return *(const ckernels_floats_anywhere *)address;
}
static inline __attribute__((always_inline)) ckernels_doubles ckernels_load_doubles(const void *address) {
    return *(const ckernels_doubles_anywhere *)address;
}
static inline __attribute__((always_inline)) void ckernels_store_floats(void *address, ckernels_floats x) {
    *(ckernels_floats_anywhere *)address = x;
}
static inline __attribute__((always_inline)) void ckernels_store_doubles(void *address, ckernels_doubles x) {
    *(ckernels_doubles_anywhere *)address = x;
}

// Sixteen numbers to an address that is a multiple of 64, past the caches; other threads see them after the fence.
static inline __attribute__((always_inline)) void ckernels_stream_floats(void *address, ckernels_floats x) {
    __builtin_nontemporal_store(x, (ckernels_floats *)address);
}
static inline __attribute__((always_inline)) void ckernels_stream_doubles(void *address, ckernels_doubles x) {
    __builtin_nontemporal_store(x, (ckernels_doubles *)address);
}
static inline void ckernels_fence_streams(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// Whether the code is compiled for 32 registers of sixteen floats, rather than 16 smaller ones.
static inline int ckernels_has_wide_registers(void) {
#if defined(__AVX512F__)
    return 1;
#else
    return 0;
#endif
}

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
