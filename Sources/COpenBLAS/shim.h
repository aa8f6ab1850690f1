// OpenBLAS: matrix products, and what the library says of itself.
#pragma once
#include <cblas.h>
