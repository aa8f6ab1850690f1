// Vectors that fill a register, and what is done with them. Each function is one instruction, or a few. Swift's own SIMD
// types take their operations apart, lane by lane, and leave it to the optimizer to put them together again: that takes
// minutes, and does not always succeed.
#pragma once

// The bytes of a vector register and the number of registers.
#if defined(__AVX512F__)
#define CKERNELS_VECTOR_BYTES 64
#define CKERNELS_VECTOR_REGISTERS 32
#elif defined(__AVX__)
#define CKERNELS_VECTOR_BYTES 32
#define CKERNELS_VECTOR_REGISTERS 16
#elif defined(__aarch64__)
#define CKERNELS_VECTOR_BYTES 16
#define CKERNELS_VECTOR_REGISTERS 32
#else
#define CKERNELS_VECTOR_BYTES 16
#define CKERNELS_VECTOR_REGISTERS 16
#endif

#define CKERNELS_INLINE static inline __attribute__((always_inline))

// The number of vectors that a product accumulates at once beside each other, for six rows of them.
CKERNELS_INLINE int ckernels_columns_at_once(void) { return CKERNELS_VECTOR_REGISTERS == 32 ? 4 : 2; }

typedef float ckernels_floats __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 4)));
typedef double ckernels_doubles __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 8)));

// Vectors at any address, half a vector of floats among them.
typedef float ckernels_floats_anywhere __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 4), aligned(4)));
typedef double ckernels_doubles_anywhere __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 8), aligned(8)));
typedef float ckernels_half_anywhere __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 8), aligned(4)));

typedef int ckernels_ints __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 4)));
typedef long ckernels_longs __attribute__((ext_vector_type(CKERNELS_VECTOR_BYTES / 8)));

// Streaming needs an address that is a multiple of the vector's bytes. In `select`, the comparison gives all ones where
// it holds, so that lanes are chosen by their bits. `sum_after` adds the lanes to a number, from the first to the last.
#define CKERNELS_OPERATIONS(element, vector, bits)                                                                     \
    CKERNELS_INLINE vector vector##_load(const void *address) { return *(const vector##_anywhere *)address; }          \
    CKERNELS_INLINE void vector##_store(void *address, vector x) { *(vector##_anywhere *)address = x; }                \
    CKERNELS_INLINE void vector##_stream(void *address, vector x) {                                                    \
        __builtin_nontemporal_store(x, (vector *)address);                                                             \
    }                                                                                                                  \
    CKERNELS_INLINE vector vector##_repeating(element x) { return (vector)x; }                                         \
    CKERNELS_INLINE vector vector##_add(vector a, vector b) { return a + b; }                                          \
    CKERNELS_INLINE vector vector##_subtract(vector a, vector b) { return a - b; }                                     \
    CKERNELS_INLINE vector vector##_multiply(vector a, vector b) { return a * b; }                                     \
    CKERNELS_INLINE vector vector##_divide(vector a, vector b) { return a / b; }                                       \
    CKERNELS_INLINE vector vector##_negate(vector a) { return -a; }                                                    \
    CKERNELS_INLINE vector vector##_fused(vector a, vector b, vector c) { return __builtin_elementwise_fma(b, c, a); } \
    CKERNELS_INLINE vector vector##_square_root(vector a) { return __builtin_elementwise_sqrt(a); }                    \
    CKERNELS_INLINE vector vector##_select(vector x, vector a, vector b, vector y) {                                   \
        bits where_below = a < b;                                                                                      \
        return (vector)(((bits)x & where_below) | ((bits)y & ~where_below));                                           \
    }                                                                                                                  \
    CKERNELS_INLINE vector vector##_lane_numbers(void) {                                                               \
        vector numbers = {0};                                                                                          \
        for (int lane = 0; lane < (int)(CKERNELS_VECTOR_BYTES / sizeof(element)); lane++) numbers[lane] = lane;        \
        return numbers;                                                                                                \
    }                                                                                                                  \
    CKERNELS_INLINE element vector##_sum_after(element sum, vector a) {                                                \
        for (int lane = 0; lane < (int)(CKERNELS_VECTOR_BYTES / sizeof(element)); lane++) sum += a[lane];              \
        return sum;                                                                                                    \
    }

CKERNELS_OPERATIONS(float, ckernels_floats, ckernels_ints)
CKERNELS_OPERATIONS(double, ckernels_doubles, ckernels_longs)

// Loads half a vector of floats and makes doubles of them.
CKERNELS_INLINE ckernels_doubles ckernels_doubles_load_floats(const void *address) {
    return __builtin_convertvector(*(const ckernels_half_anywhere *)address, ckernels_doubles);
}

// Multiplies each lane of x by 2 to the power of the integer in the low bits of the lane of n.
CKERNELS_INLINE ckernels_floats ckernels_floats_scale(ckernels_floats x, ckernels_floats n) {
    return (ckernels_floats)((ckernels_ints)x + ((ckernels_ints)n << 23));
}
