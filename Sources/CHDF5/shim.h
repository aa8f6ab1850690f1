// HDF5, whose functions are looked up at run time: libhdf5 needs forty other libraries, and no rank that trains reads HDF5.
#pragma once
#include <dlfcn.h>
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#include <hdf5/serial/hdf5.h>
#endif

// The functions, by names that no macro of hdf5.h replaces and that its versions since 1.10 share.
#define CHDF5_FUNCTIONS(F) \
    F(H5open) F(H5dont_atexit) F(H5get_libversion) F(H5Eset_auto2) F(H5Eclear2) F(H5Ewalk2) \
    F(H5Aopen) F(H5Aclose) F(H5Aexists) F(H5Acreate2) F(H5Aget_space) F(H5Aget_type) F(H5Aread) F(H5Awrite) F(H5Aiterate2) \
    F(H5Dopen2) F(H5Dcreate2) F(H5Dclose) F(H5Dget_create_plist) F(H5Dget_space) F(H5Dget_type) F(H5Dread) F(H5Dwrite) \
    F(H5Dvlen_reclaim) \
    F(H5Fopen) F(H5Fcreate) F(H5Fclose) F(H5Gopen2) F(H5Gcreate2) F(H5Gclose) F(H5Iget_type) F(H5Iget_name) F(H5Lexists) \
    F(H5Oopen) F(H5Oclose) \
    F(H5Pcreate) F(H5Pclose) F(H5Pget_chunk) F(H5Pget_filter2) F(H5Pget_layout) F(H5Pget_nfilters) F(H5Pset_chunk) \
    F(H5Pset_chunk_cache) F(H5Pset_deflate) F(H5Pset_fill_value) F(H5Pset_link_creation_order) F(H5Pset_shuffle) \
    F(H5Rcreate) F(H5Rdereference2) \
    F(H5Sclose) F(H5Screate) F(H5Screate_simple) F(H5Sget_simple_extent_dims) F(H5Sget_simple_extent_ndims) \
    F(H5Sget_simple_extent_npoints) F(H5Sselect_hyperslab) \
    F(H5Tclose) F(H5Tcopy) F(H5Tcreate) F(H5Tget_class) F(H5Tget_fields) F(H5Tget_sign) F(H5Tget_size) F(H5Tget_super) \
    F(H5Tinsert) F(H5Tis_variable_str) F(H5Tset_cset) F(H5Tset_ebias) F(H5Tset_fields) F(H5Tset_size) F(H5Tset_strpad) \
    F(H5Tvlen_create) F(H5Zfilter_avail)

// A visitor of links, and the function that walks through them; what it tells of a link differs between versions.
typedef herr_t (*chdf5_visitor)(hid_t group, const char *name, const void *info, void *context);
typedef herr_t (*chdf5_iterate)(hid_t group, int index, int order, hsize_t *position, chdf5_visitor visitor, void *context);

struct chdf5 {
    void *library;
#define CHDF5_FIELD(name) __typeof__(name) *name;
    CHDF5_FUNCTIONS(CHDF5_FIELD)
#undef CHDF5_FIELD
    chdf5_iterate iterate;
};

// Looks up all functions in an open library; the name of the first that it lacks, or NULL.
static inline const char *chdf5_find(void *library, struct chdf5 *found) {
    found->library = library;
#define CHDF5_FIND(name) if (!(found->name = (__typeof__(name) *)dlsym(library, #name))) return #name;
    CHDF5_FUNCTIONS(CHDF5_FIND)
#undef CHDF5_FIND
    // H5Literate until 1.10, and two of them since 1.12.
    found->iterate = (chdf5_iterate)dlsym(library, "H5Literate2");
    if (!found->iterate) found->iterate = (chdf5_iterate)dlsym(library, "H5Literate");
    return found->iterate ? NULL : "H5Literate";
}

// The identifier in one of the library's variables, such as H5T_STD_U8LE_g; they are set by H5open.
static inline hid_t chdf5_id(const struct chdf5 *found, const char *name) {
    const hid_t *id = (const hid_t *)dlsym(found->library, name);
    return id ? *id : -1;
}

// Numbers that hdf5.h has as macros in a form that only C understands.
enum { CHDF5_READ_ONLY = 0, CHDF5_TRUNCATE = 2, CHDF5_ORDERED = 3 };
