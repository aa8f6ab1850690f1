// zlib: .gz files and the deflated members of .npz.
#pragma once
#include <zlib.h>
