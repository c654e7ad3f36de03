#ifndef GROVE_CKERNELS_H
#define GROVE_CKERNELS_H
#include <stddef.h>

#endif
