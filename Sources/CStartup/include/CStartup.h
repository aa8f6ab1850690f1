// Nothing to call: linking is enough, see startup.c.
#pragma once
