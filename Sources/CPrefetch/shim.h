// Swift has no words for these: ask for a cache line before it is wanted, to read or to write.
static inline void convlstm_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
static inline void convlstm_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1, 3); }
