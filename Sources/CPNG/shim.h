// libpng's simplified interface: a picture in memory to a file and back.
#pragma once
#include <png.h>
