#include <zmq.h>
#ifdef __GLIBC__
// How the memory of its messages goes back to the system.
#include <malloc.h>
#endif
