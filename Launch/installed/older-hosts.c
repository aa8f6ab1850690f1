// Lets programs that are built with glibc 2.35 and GCC 12 (Debian 12) run where these are 2.34 and 11 (Rocky 9): binds what
// Swift's static libraries take from newer versions to the versions that both have. The choice: an object that the linker is
// given, because only the versions differ, not what the functions do. Without effect for libraries that are no newer.
#include <features.h>

#if defined(__x86_64__) && defined(__GLIBC__)

__asm__(".symver old_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver old_hypotf, hypotf@GLIBC_2.2.5");
__asm__(".symver old_wait, _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");

double old_hypot(double, double);
float old_hypotf(float, float);
void old_wait(void *condition, void *lock);

double hypot(double x, double y) { return old_hypot(x, y); }
float hypotf(float x, float y) { return old_hypotf(x, y); }

// std::condition_variable::wait(std::unique_lock<std::mutex> &)
void _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(void *condition, void *lock) { old_wait(condition, lock); }

#endif
